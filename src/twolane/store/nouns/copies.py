"""Copies: what they are found by, what was found, and what people said of it."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from twolane.store.nouns.records import records_of
from twolane.store.session import Row, Session
from twolane.store.values import CopyKind, CopyPair, FileCopy, Sketch, SketchedDocument
from twolane.text.full_text import clean

# of those that share a band with a document
_MOST_OF_A_BAND = 1000
_MOST_OF_A_TEXT = 100
_SURE = 0.8  # of a number that was drawn out of a document


class CopyTable:
    """Obeys `twolane.store.copied.CopyRows`, over a library or within a transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # what copies are found by

    def save_sketch(self, document: str, sketch: Sketch) -> None:
        found = self._session.row("documents.lock", hash=document)
        if found is None:
            return  # the file has changed since, and nothing has this content any more
        document_id = found["document_id"]
        self._session.run("copies.drop_bands", document_id=document_id)
        self._session.run(
            "copies.save_sketch",
            document_id=document_id,
            form=sketch.form,
            digest=sketch.digest,
            numbers=clean(sketch.numbers),
            terms=sketch.terms,
        )
        bands = [{"band": band} for band in dict.fromkeys(sketch.bands)]
        self._session.run_many("copies.add_band", bands, document_id=document_id)

    def unsketched(self, form: str, *, after: int = 0, limit: int) -> list[tuple[int, str]]:
        rows = self._session.rows("copies.unsketched", form=form, after=after, limit=limit)
        return [(row["document_id"], row["hash"]) for row in rows]

    def unlooked(self, limit: int) -> list[int]:
        return [row["document_id"] for row in self._session.rows("copies.unlooked", limit=limit)]

    def look_again(self, document: str) -> None:
        self._session.run("copies.look_again", hash=document)

    def numbers(self, document_ids: Collection[int]) -> dict[int, frozenset[str]]:
        rows = self._session.rows("copies.numbers", ids=sorted(document_ids))
        return {row["document_id"]: frozenset(row["numbers"].split()) for row in rows}

    def sketched(self, document_ids: Collection[int]) -> dict[int, SketchedDocument]:
        ids = sorted(document_ids)
        rows = self._session.rows("copies.sketched", ids=ids, sure=_SURE)
        stems: dict[int, list[str]] = {number: [] for number in ids}
        for row in self._session.rows("copies.paths", ids=ids):
            stems[row["document_id"]].append(Path(os.fsdecode(bytes(row["path"]))).stem)
        return {row["document_id"]: _sketched_of(row, stems[row["document_id"]]) for row in rows}

    def candidates(self, sought: SketchedDocument, limit: int) -> list[int]:
        number = sought.document_id
        found = self._ids("copies.same_digest", number, digest=sought.digest, limit=_MOST_OF_A_TEXT)
        if sought.number and sought.correspondent_id:
            found += self._ids(
                "copies.same_number",
                number,
                number=sought.number,
                correspondent_id=sought.correspondent_id,
                limit=limit,
            )
        found += self._ids("copies.alike", number, most=_MOST_OF_A_BAND, limit=limit)
        return list(dict.fromkeys(found))

    def text(self, document_id: int) -> str:
        return "\n\n".join(row["text"] for row in self._session.rows("copies.text", document_id=document_id))

    def _ids(self, name: str, document_id: int, **values: object) -> list[int]:
        return [row["document_id"] for row in self._session.rows(name, values, document_id=document_id)]

    # what was found

    def save_pairs(self, document_ids: Sequence[int], pairs: Sequence[CopyPair]) -> None:
        self._session.row("copies.one_at_a_time")  # or two workers would each wait for the other's rows
        these = [{"document_id": number} for number in document_ids]
        self._session.run_many("copies.drop_pairs", these)
        both = [
            {
                "document_id": one,
                "other_id": other,
                "kind": pair.kind.value,
                "likeness": pair.likeness,
                "reason": clean(pair.reason),
            }
            for pair in pairs
            for one, other in ((pair.document_id, pair.other_id), (pair.other_id, pair.document_id))
        ]
        self._session.run_many("copies.add_pair", both)
        self._session.run_many("copies.unsettle", these)
        self._session.run_many("copies.settle", these)
        self._session.run_many("copies.looked", these)

    def among(self, documents: Collection[str]) -> list[CopyPair]:
        return [_pair_of(row) for row in self._session.rows("copies.among", hashes=sorted(documents))]

    def of(self, document: str) -> list[FileCopy]:
        found = self._session.row("documents.id", hash=document)
        if found is None:
            return []
        rows = self._session.rows("copies.of_document", document_id=found["document_id"])
        records = records_of(self._session, {row["file_id"] for row in rows})
        return [
            FileCopy(one, CopyKind(row["kind"]), row["likeness"], row["reason"], _changed_at(row))
            for row in rows
            if (one := records.get(row["file_id"]))
        ]

    def pairs(self) -> list[CopyPair]:
        return [_pair_of(row) for row in self._session.rows("copies.all_pairs")]

    def apart(self) -> list[tuple[int, int]]:
        return [(row["document_id"], row["other_id"]) for row in self._session.rows("copies.apart")]

    def same_bytes(self) -> list[int]:
        return [row["document_id"] for row in self._session.rows("copies.same_bytes")]

    def files_of(self, document_ids: Collection[int]) -> dict[int, list[FileCopy]]:
        files: dict[int, list[FileCopy]] = {number: [] for number in document_ids}
        rows = self._session.rows("copies.files_of", ids=sorted(document_ids))
        records = records_of(self._session, {row["file_id"] for row in rows})
        for row in rows:
            if one := records.get(row["file_id"]):
                copy = FileCopy(one, CopyKind.SAME_BYTES, 1.0, "", _changed_at(row))
                files[row["document_id"]].append(copy)
        return files

    # what people say

    def decide(self, one: str, other: str, *, same: bool, by: str = "") -> bool:
        pair = self._pair(one, other)
        if pair is None:
            return False
        self._session.run("copies.decide", pair, same=int(same), decided_by=clean(by))
        self._settle(pair["document_id"])
        return True

    def undo(self, one: str, other: str, by: str = "", only_by: str | None = None) -> bool:
        pair = self._pair(one, other)
        if pair is None or not self._session.run("copies.undo", pair, decided_by=clean(by), only_by=only_by):
            return False
        self._settle(pair["document_id"])
        return True

    def _settle(self, document_id: int) -> None:
        self._session.run("copies.unsettle", document_id=document_id)
        self._session.run("copies.settle", document_id=document_id)

    def _pair(self, one: str, other: str) -> dict[str, int] | None:
        # a worker may be writing what it has found for one of them
        self._session.row("copies.one_at_a_time")
        rows = [self._session.row("documents.id", hash=document) for document in (one, other)]
        ids = sorted({row["document_id"] for row in rows if row is not None})
        return {"document_id": ids[0], "other_id": ids[1]} if len(ids) == 2 else None


def _sketched_of(row: Row, stems: Sequence[str]) -> SketchedDocument:
    return SketchedDocument(
        document_id=row["document_id"],
        digest=row["digest"],
        numbers=frozenset(row["numbers"].split()),
        day=row["day"],
        day_words=row["day_words"],
        number=row["number"],
        correspondent_id=row["correspondent_id"],
        ocr=bool(row["ocr"]),
        stems=tuple(stems),
    )


def _changed_at(row: Row) -> float:
    changed_ns, _, _ = row["stamp"].partition(":")
    return int(changed_ns) / 1e9 if changed_ns.isdigit() else 0.0


def _pair_of(row: Row) -> CopyPair:
    return CopyPair(
        row["document_id"], row["other_id"], CopyKind(row["kind"]), row["likeness"], row["reason"]
    )
