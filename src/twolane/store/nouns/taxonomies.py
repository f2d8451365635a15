"""The versions of the taxonomy: rows that are only ever added, and what follows from the newest of them."""

from __future__ import annotations

import json
from collections.abc import Collection

from twolane.documents import ReviewCause
from twolane.store.nouns.transaction import Transaction
from twolane.store.session import Database, Row
from twolane.store.values import CategoryUse, MachineFiled, TaxonomyVersion
from twolane.text.full_text import clean


class TaxonomyTable:
    """Obeys `twolane.store.base.Taxonomies`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self) -> int:
        return int(self._database.number("taxonomies.newest"))

    def current(self) -> TaxonomyVersion | None:
        row = self._database.row("taxonomies.current")
        return None if row is None else _version_of(row)

    def history(self) -> list[TaxonomyVersion]:
        return [_version_of(row) for row in self._database.rows("taxonomies.history")]

    def uses(self) -> list[CategoryUse]:
        return [_use_of(row) for row in self._database.rows("taxonomies.uses")]

    def decided(self) -> list[CategoryUse]:
        return [_use_of(row) for row in self._database.rows("taxonomies.decided")]

    def machine_filed(self) -> list[MachineFiled]:
        return [_filed_of(row) for row in self._database.rows("taxonomies.machine_filed")]


class TaxonomyTableWriter(Transaction):
    """Obeys `twolane.store.base.TaxonomyWriter`."""

    def lock_taxonomy(self) -> int:
        self._session.run("taxonomies.lock")
        return int(self._session.number("taxonomies.newest"))

    def save_taxonomy(self, version: TaxonomyVersion) -> int:
        row = {
            "categories": clean(version.categories),
            "moves": json.dumps(dict(version.moves)),
            "origin": version.origin,
            "source": version.source,
            "what": clean(version.what),
            "refiled": json.dumps(version.refiled),
            "last_decision": self._session.number("taxonomies.last_decision"),
            "undoes": version.undoes or None,
            "changed_by": clean(version.by),
        }
        number = int(self._session.number("taxonomies.add", row))
        self._session.run("taxonomies.forget_moves")
        moves = [{"category": gone, "moved_to": to} for gone, to in sorted(version.moves.items())]
        self._session.run_many("taxonomies.add_move", moves)
        self._session.run("taxonomies.forget_places")
        places = [{"category": category, "lies_within": within} for category, within in version.places]
        self._session.run_many("taxonomies.add_place", places)
        return number

    def take_back_refiled(self, categories: Collection[str], since: int, by: str = "") -> int:
        documents = set()
        for row in self._session.rows("taxonomies.decided_since", since=since):
            waited = row["review_cause"] and "" in categories
            if waited or (row["moved_to"] or row["category"]) in categories:
                self._session.run(
                    "taxonomies.take_back", decision_id=row["decision_id"], decided_by=clean(by)
                )
                documents.add(row["document_id"])
        for document_id in sorted(documents):
            self._session.run("decisions.settle_document", document_id=document_id)
        return len(documents)


def _version_of(row: Row) -> TaxonomyVersion:
    return TaxonomyVersion(
        categories=row["categories"],
        moves=json.loads(row["moves"]),
        places=(),
        origin=row["origin"],
        source=row["source"],
        what=row["what"],
        refiled=tuple(json.loads(row["refiled"])),
        undoes=row["undoes"] or 0,
        by=row["changed_by"],
        version=row["version_id"],
        at=row["changed_at"],
        last_decision=row["last_decision"],
    )


def _use_of(row: Row) -> CategoryUse:
    return CategoryUse(row["category"], row["documents"], row["people"])


def _filed_of(row: Row) -> MachineFiled:
    cause = ReviewCause(row["review_cause"]) if row["review_cause"] else None
    return MachineFiled(row["hash"], row["file_id"], row["category"], cause)
