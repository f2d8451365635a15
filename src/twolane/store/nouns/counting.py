"""Counting: how many documents pass a filter, what their fields add up to, and which come first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from twolane.documents import EVERYTHING, Filter
from twolane.store.filters import VISIBLE, filter_values, passing
from twolane.store.nouns.records import records_of
from twolane.store.session import Database, Row, Session
from twolane.store.values import CountedFile, CountedOrder, CurrencySum, Tally

# of the words of two documents that must be the same, or they are two papers: two people may fill in one form
_MOST_ALIKE = 0.9
_ALL = 1 << 62
_ANY_CURRENCY = "*"
_BY_VALUE: frozenset[CountedOrder] = frozenset({"valued", "largest", "smallest", "first", "last"})


class TallyTable:
    """Obeys `twolane.store.known.Tallies`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tally(self, within: Filter = EVERYTHING, field: str = "", instead: str = "") -> Tally:
        statement = passing("counting.tally", within, VISIBLE)
        rows = self._database.rows(
            statement, filter_values(within), field=field, instead=instead, most_alike=_MOST_ALIKE
        )
        counted = [row for row in rows if row["is_newest"]]
        return Tally(
            documents=_added(counted, "documents"),
            copies=_added(rows, "files") - _added(counted, "documents"),
            reviewed=_added(counted, "reviewed"),
            dated=_added(counted, "dated"),
            valued=_added([row for row in counted if row["has_value"]], "documents"),
            sums=tuple(_sum_of(row) for row in counted if row["has_value"]),
        )

    def files(
        self,
        within: Filter = EVERYTHING,
        field: str = "",
        instead: str = "",
        *,
        order: CountedOrder = "newest",
        currency: str | None = None,
        limit: int = 0,
    ) -> list[CountedFile]:
        statement = passing("counting.rows", within, VISIBLE)
        values = {
            **filter_values(within),
            "field": field,
            "instead": instead,
            "most_alike": _MOST_ALIKE,
            "order": order,
            "by_value": int(order in _BY_VALUE),
            "currency": _ANY_CURRENCY if currency is None else currency,
            "limit": limit or _ALL,
        }

        def look(session: Session) -> list[CountedFile]:
            rows = session.rows(statement, values)
            records = records_of(session, [row["file_id"] for row in rows])
            return [
                CountedFile(records[row["file_id"]], row["value"], row["page"], bool(row["is_numbered"]))
                for row in rows
                if row["file_id"] in records
            ]

        return self._database.read(look)

    def amounts(self, within: Filter = EVERYTHING) -> dict[str, int]:
        statement = passing("counting.amounts", within, VISIBLE)
        rows = self._database.rows(statement, filter_values(within))
        return {row["field"]: row["documents"] for row in rows}


def _added(rows: Sequence[Row], column: str) -> int:
    return sum(int(row[column]) for row in rows)


def _sum_of(row: Row) -> CurrencySum:
    total = Decimal(int(row["total_e4"])) / 10_000
    return CurrencySum(row["currency"], total, int(row["documents"]))
