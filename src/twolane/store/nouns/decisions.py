"""What has been decided about documents: rows that are only ever added, and what can be learned from them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from twolane.documents import Decision, ModelAnswer, ReviewCause, Tier
from twolane.principal import Share
from twolane.store.nouns.shares import share_of
from twolane.store.nouns.transaction import Transaction
from twolane.store.rows import classification_of
from twolane.store.seeing import lineages_in
from twolane.store.seen import shares_about
from twolane.store.session import Database, Row
from twolane.store.values import Changes, FiledVector, Floats, Guess, Halves, Lesson, Mark
from twolane.text.full_text import clean

_KINDS = ("decisions", "vectors", "drops")
_RUNNING = "running"
_DIGITS = 6  # of a log-probability or a share: more only makes rows longer


class DecisionTableWriter(Transaction):
    """Obeys `twolane.store.base.DecisionWriter`.

    See docs/why/filing.md#a-decision-is-taken-back-by-a-further-row.
    """

    def decide(self, document: str, decision: Decision) -> None:
        found = self._session.row("documents.lock", hash=document)
        if found is None:
            return  # the file has changed since, and nothing has this content any more
        document_id = found["document_id"]
        self._session.run("decisions.add", _row_of(decision), document_id=document_id)
        self._session.run("decisions.settle_document", document_id=document_id)

    def undo(self, document: str, by: str = "", only_by: str | None = None) -> bool:
        found = self._session.row("documents.lock", hash=document)
        if found is None:
            return False
        document_id = found["document_id"]
        undone = self._session.run(
            "decisions.undo", document_id=document_id, decided_by=clean(by), only_by=only_by
        )
        self._session.run("decisions.settle_document", document_id=document_id)
        return bool(undone)

    def shares_about(self, document: str) -> frozenset[Share]:
        row = self._session.row("decisions.standing_on", hash=document)
        if row is None:
            return frozenset()
        shares = map(share_of, self._session.rows("shares.all"))
        return shares_about(row["as_decided"], shares, lineages_in(self._session))

    def save_document_vector(self, document: str, model: str, vector: Floats) -> None:
        found = self._session.row("documents.lock", hash=document)
        if found is not None:
            halves = np.asarray(vector).astype("<f2").tobytes()
            self._session.run(
                "decisions.save_vector", document_id=found["document_id"], model=model, vector=halves
            )


class DecisionTable:
    """Obeys `twolane.store.base.Decisions`.

    Rows are numbered as they are written, and a reader asks for those with a greater number than it has read.
    PostgreSQL's transactions run side by side, and a row may be committed after one with a greater number.
    So a number is settled, which means that no row with a smaller one can still come, only when every
    transaction has ended that ran when the number was read. (Each of them locks its document before it is
    given a number, so that the server counts it among those that run.) Until then, rows beyond the settled
    number are read again, and those that were returned before are left out.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, document: str) -> list[Decision]:
        return [_decision_of(row) for row in self._rows("decisions.of_document", hash=document)]

    def has_vector(self, document: str) -> bool:
        return bool(self._rows("decisions.has_vector", hash=document))

    def vector(self, document: str, model: str) -> Halves | None:
        rows = self._rows("decisions.vector", hash=document, model=model)
        return _halves(rows[0]["vector"]) if rows else None

    def labelled(self) -> list[int]:
        return [row["document_id"] for row in self._rows("decisions.labelled")]

    def filed_vectors(self, model: str, *, after: int = 0, limit: int) -> list[FiledVector]:
        rows = self._rows("decisions.filed_vectors", model=model, after=after, limit=limit)
        return [
            FiledVector(
                row["document_id"],
                row["hash"],
                row["category"],
                ReviewCause(row["review_cause"]) if row["review_cause"] else None,
                np.frombuffer(row["vector"], dtype="<f2"),
            )
            for row in rows
        ]

    def changed(self, since: Mark | None) -> Changes:
        mark = since or Mark()
        found = self._rows("decisions.changed", **dict(zip(_KINDS, mark.settled, strict=True)))
        running = [(row["number"], row["document_id"]) for row in found if row["kind"] == _RUNNING]
        rows = [(row["kind"], row["number"], row["document_id"]) for row in found if row["kind"] != _RUNNING]
        fresh = {document_id for kind, number, document_id in rows if (kind, number) not in mark.read}
        newest = tuple(
            max([number for kind, number, _ in rows if kind == wanted], default=settled)
            for wanted, settled in zip(_KINDS, mark.settled, strict=True)
        )
        return Changes(tuple(sorted(fresh)), _next_mark(mark, newest, rows, running))

    def lessons(self, document_ids: Collection[int], model: str) -> list[Lesson]:
        rows = self._rows("decisions.lessons", ids=list(document_ids), model=model)
        return [_lesson_of(row) for row in rows]

    def vectors(self, document_ids: Collection[int], model: str) -> dict[int, Halves]:
        rows = self._rows("decisions.vectors", ids=list(document_ids), model=model) if document_ids else ()
        return {row["document_id"]: np.frombuffer(row["vector"], dtype="<f2") for row in rows}

    def _rows(self, name: str, **values: object) -> Sequence[Row]:
        # without what this thread has written and may still roll back
        return self._database.read(lambda session: session.rows(name, values), committed=True)


def _next_mark(
    mark: Mark,
    newest: tuple[int, ...],
    rows: Sequence[tuple[str, int, int]],
    running: Sequence[tuple[int, int]],
) -> Mark:
    # SQLite has one writer at a time: rows appear in the order of their numbers. PostgreSQL tells of no
    # transaction where there is no row beyond the settled ones.
    if not running:
        return Mark(newest)
    [(oldest, following)] = running
    settled = mark.reached if mark.reached and oldest >= mark.settled_from else mark.settled
    beyond = dict(zip(_KINDS, settled, strict=True))
    read = frozenset((kind, number) for kind, number, _ in rows if number > beyond[kind])
    if mark.reached and oldest < mark.settled_from:
        return Mark(settled, read, mark.reached, mark.settled_from)
    return Mark(settled, read, newest, following)


def _row_of(decision: Decision) -> dict[str, Any]:
    """Return a decision's row, without the document and the time."""
    made = decision.classification
    return {
        "category": clean(made.category),
        "confidence": made.confidence,
        "tier": made.tier.value,
        "reason": clean(made.reason),
        "review_cause": made.review_cause or "",
        "scores": json.dumps([(score.category, score.probability) for score in made.scores]),
        "seconds": made.seconds,
        "taxonomy": made.taxonomy,
        "left_out": json.dumps([(one.tier, clean(one.why)) for one in made.left_out]),
        "uncalibrated": decision.uncalibrated,
        "answer": _text_of(decision.answers),
        "decided_by": clean(decision.by),
    }


def _decision_of(row: Row) -> Decision:
    """Return a row of `decisions`."""
    classification = classification_of(row)
    assert classification is not None
    answers = _answers_of(row["answer"])
    return Decision(
        classification, row["decided_by"], row["decided_at"], answers, row["undone_at"], row["uncalibrated"]
    )


def _lesson_of(row: Row) -> Lesson:
    return Lesson(
        document_id=row["document_id"],
        category=row["category"],
        labelled=row["tier"] == Tier.PERSON,
        has_vector=bool(row["has_vector"]),
        answers=_answers_of(row["answer"]),
        answer_taxonomy=row["answer_taxonomy"] or "",
        guess=None if row["guess"] is None else _guess_of(row),
    )


def _guess_of(row: Row) -> Guess:
    cause = ReviewCause(row["guess_cause"]) if row["guess_cause"] else None
    return Guess(row["guess"], Tier(row["guess_tier"]), row["guess_probability"], cause)


def _halves(vector: bytes | None) -> Halves | None:
    return None if vector is None else np.frombuffer(vector, dtype="<f2")


def _text_of(answers: Sequence[ModelAnswer]) -> str:
    rows = [
        {
            "model": clean(answer.model),
            "logprobs": {category: round(value, _DIGITS) for category, value in answer.logprobs.items()},
            "shares": {category: round(value, _DIGITS) for category, value in answer.shares.items()},
        }
        for answer in answers
    ]
    return json.dumps(rows) if rows else ""


def _answers_of(text: str | None) -> tuple[ModelAnswer, ...]:
    found = json.loads(text) if text else []
    # before the large model could be asked, too, a row held the one answer of the small model
    return tuple(ModelAnswer(**row) for row in (found if isinstance(found, list) else [found]))
