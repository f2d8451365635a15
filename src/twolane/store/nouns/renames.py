"""Files that lie under other paths: all moves of a call are recorded at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from twolane.documents import FileState, display_path
from twolane.errors import ConflictError
from twolane.store.index import Index
from twolane.store.nouns.documents import drop_unused
from twolane.store.nouns.kept_decisions import decided_text
from twolane.store.nouns.naming import follow_names
from twolane.store.paths import fold
from twolane.store.rows import path_of
from twolane.store.session import Row, Session
from twolane.store.values import FileRenamed
from twolane.text.full_text import clean

_GIVES_WAY = frozenset({FileState.GONE.value, FileState.SKIPPED.value})


def rename(session: Session, index: Index, moves: Sequence[FileRenamed]) -> int:
    """Record moves within a transaction; see `twolane.store.scanned.FileWriter.rename`."""
    targets = [os.fsencode(move.path) for move in moves]
    rows = session.rows(
        "files.to_rename", ids=[move.file_id for move in moves], ranges=[(path, path) for path in targets]
    )
    known = {row["file_id"]: row for row in rows}
    moving = {move.file_id: move for move in moves if _is_as_expected(move, known.get(move.file_id))}
    _check_targets(moving.values())
    _give_way(session, index, moving, rows)
    session.run_many("files.vacate", [{"file_id": number, "parked": b"\0%d" % number} for number in moving])
    session.run_many("files.rename", [_as_renamed(move) for move in moving.values()])
    for document_id in _with_other_names(moving, known):
        follow_names(session, index, document_id)
    return len(moving)


def _is_as_expected(move: FileRenamed, row: Row | None) -> bool:
    return row is not None and (move.source is None or bytes(row["path"]) == os.fsencode(move.source))


def _check_targets(moves: Iterable[FileRenamed]) -> None:
    taken = set[Path]()
    for move in moves:
        if move.path in taken:
            raise _taken(move.path)
        taken.add(move.path)


def _give_way(session: Session, index: Index, moving: Mapping[int, FileRenamed], rows: Sequence[Row]) -> None:
    """Forget the records of what is no longer at the new paths, or is what comes there."""
    documents = {row["file_id"]: row["document_id"] for row in rows}
    targets = {os.fsencode(move.path): documents[number] for number, move in moving.items()}
    standing = [row for row in rows if row["file_id"] not in moving and bytes(row["path"]) in targets]
    for row in standing:
        # a scan may have met it there before it was recorded
        is_same = row["document_id"] in (None, targets[bytes(row["path"])])
        if row["state"] not in _GIVES_WAY and not is_same:
            raise _taken(path_of(row["path"]))
        session.run("files.forget", file_id=row["file_id"])
        if row["document_id"] is not None:
            _keep_decided(session, row)
            drop_unused(session, index, row["document_id"])


def _keep_decided(session: Session, row: Row) -> None:
    """Keep what people decided on a document that goes with its last file, for when it comes back."""
    if session.number("documents.is_used", document_id=row["document_id"]):
        return
    if text := decided_text(session, row["document_id"]):
        values = {"path": bytes(row["path"]), "document": row["hash"], "size_bytes": row["size_bytes"]}
        seen_by = {"owner": row["owner"], "category": row["category"]}
        kept = session.number("removals.add", values | seen_by, trashed=b"", decision=text, removed_by="")
        session.run("removals.end", removal_id=kept)  # nothing was taken out that could be restored


def _taken(path: Path) -> ConflictError:
    return ConflictError(
        f"another file of the library lies at {display_path(path)}",
        "run `twolane add` on its folder, so that the library knows what lies there now",
    )


def _as_renamed(move: FileRenamed) -> dict[str, object]:
    path = os.fsencode(move.path)
    return {
        "file_id": move.file_id,
        "path": path,
        "folded_path": clean(fold(path)),
        "stamp": move.stamp,
        "identity": move.identity,
        "placed_by": move.placed_by,
    }


def _with_other_names(moving: Mapping[int, FileRenamed], known: Mapping[int, Row]) -> list[int]:
    """Return the documents whose passages are found by other names now, each once and in their order."""
    return sorted(
        {
            known[number]["document_id"]
            for number, move in moving.items()
            if known[number]["document_id"] is not None
            and path_of(known[number]["path"]).stem != move.path.stem
        }
    )
