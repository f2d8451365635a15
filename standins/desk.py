"""A library without models, and a folder of files that it files by what their first word says."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from twolane.documents import (
    Classification,
    Decision,
    FileRecord,
    Page,
    Passage,
    Reading,
    ReadStatus,
    Tier,
    display_path,
)
from twolane.files.scan import scan
from twolane.organize.apply import Applier
from twolane.organize.organizer import OrganizeDefaults, Organizer
from twolane.organize.rules import OrganizedCategory
from twolane.organize.undo import Undoer
from twolane.plans import DraftPlan, Move, MoveKind, MoveState, Plan
from twolane.store.nouns.filed import FiledTable
from twolane.store.sqlite.store import SqliteStore, open_sqlite

CATEGORIES = ("invoice", "letter", "contract")
_BATCH, _PAGE = 500, 5000
_TEXT = 1000  # characters of a file that are indexed
Place = Callable[[FileRecord], Path]


@dataclass(frozen=True, slots=True)
class Entry:
    """All that is to come back of a file or folder; `digest` is that of what is in it, or where it leads."""

    kind: int
    digest: str = ""
    accessed_ns: int = 0
    modified_ns: int = 0
    mode: int = 0
    owner: tuple[int, int] = (0, 0)
    links: int = 0
    attributes: tuple[tuple[str, bytes], ...] = ()


def snapshot(root: Path, *, accessed: bool = False) -> dict[bytes, Entry]:
    """Return what lies below a folder, by its path from there as bytes; changes nothing, access times either.

    Access times are only told where asked for, and those of folders never: merely listing one changes it.
    """
    found: dict[bytes, Entry] = {}
    for folder, _, names in os.walk(os.fsencode(root)):
        found[os.path.relpath(folder, os.fsencode(root))] = _entry(folder, accessed=False)
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118 - bytes
            found[os.path.relpath(path, os.fsencode(root))] = _entry(path, accessed=accessed)
    return found


def differences(before: dict[bytes, Entry], after: dict[bytes, Entry]) -> list[str]:
    """Say what is not as it was."""
    paths = sorted(before.keys() | after.keys())
    return [f"{p!r}: {before.get(p)} is {after.get(p)}" for p in paths if before.get(p) != after.get(p)]


def contents(root: Path) -> list[str]:
    """Return the digests of all files below a folder, in their order: what nothing may lose."""
    return sorted(entry.digest for entry in snapshot(root).values() if stat.S_ISREG(entry.kind))


def digest_of(path: bytes | Path) -> str:
    """Return the SHA-256 of a file's content, as documents are named."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOATIME", 0))
    with os.fdopen(descriptor, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _entry(path: bytes, *, accessed: bool) -> Entry:
    status = os.lstat(path)
    kind = stat.S_IFMT(status.st_mode)
    digest = ""
    attributes: tuple[tuple[str, bytes], ...] = ()
    if stat.S_ISREG(kind):
        digest = digest_of(path)
    elif stat.S_ISLNK(kind):
        digest = os.fsdecode(Path(os.fsdecode(path)).readlink())
    if stat.S_ISREG(kind) and hasattr(os, "listxattr"):
        with suppress(OSError):  # the disk has none
            attributes = tuple((name, os.getxattr(path, name)) for name in sorted(os.listxattr(path)))
    return Entry(
        kind,
        digest,
        status.st_atime_ns if accessed else 0,
        status.st_mtime_ns,
        stat.S_IMODE(status.st_mode),
        (status.st_uid, status.st_gid),
        0 if stat.S_ISDIR(kind) else status.st_nlink,
        attributes,
    )


class Desk:
    """Files in `inbox` and below `root`, and the library that knows them, in `data`."""

    def __init__(self, store: SqliteStore, data: Path, inbox: Path, root: Path | None = None) -> None:
        self.store, self.data, self.inbox = store, data, inbox
        self.root = root or inbox.parent / "filed"
        self.inbox.mkdir(exist_ok=True)

    def write(self, name: str | bytes, text: str, category: str = CATEGORIES[0]) -> Path:
        """Write a file into the inbox."""
        path = self.inbox / os.fsdecode(name)
        path.write_bytes(f"{category} {text}\n".encode())
        return path

    def add(self) -> None:
        """Scan all folders, and read and file what is new, as workers do."""
        roots = [folder for folder in (self.inbox, self.root) if folder.exists()]
        number = self.store.next_scan()
        seen = list(scan(roots, [self.data]))
        for begin in range(0, len(seen), _BATCH):
            with self.store.writing() as write:
                write.see(seen[begin : begin + _BATCH], number)
        with self.store.writing() as write:
            write.end_scan(roots, number)
        while jobs := self.store.claim(["read"], "desk", 60, limit=_BATCH).jobs:
            with self.store.finishing(*jobs) as write:
                for job in jobs:
                    path = self.store.file(job.file_id).path
                    text = path.read_text("utf-8")[:_TEXT]
                    reading = Reading(ReadStatus.TEXT, "text/plain", (Page(1, text),), path.name, 1)
                    document = digest_of(path)
                    passages = [Passage(1, 1, 0, len(text), text, "")]
                    write.save_reading(job.file_id, document, path.stat().st_size, reading, passages)
                    filed = Classification(text.partition(" ")[0], 0.99, Tier.RULES, "its first word")
                    write.decide(document, Decision(filed))

    def place(self, record: FileRecord) -> Path:
        """Return where a file belongs: below the folder of its category, under its name."""
        assert record.classification
        return self.root / record.classification.category / record.path.name

    def draft(self, place: Place | None = None, kind: MoveKind = MoveKind.MOVE) -> DraftPlan:
        """Return a plan for all files that are not where they belong."""
        where = place or self.place
        records = [record for record in self.store.files() if record.classification]
        wanted = [(record, where(record)) for record in records]
        moved = [(record, target) for record, target in wanted if record.path != target]
        return DraftPlan(
            tuple(self._move(n, record, target, kind) for n, (record, target) in enumerate(moved, 1))
        )

    def apply(self, name: str) -> Plan:
        """Apply a plan."""
        return Applier(self.store, self.data / "run").apply(name)

    def undo(self, name: str) -> Plan:
        """Undo a plan."""
        return self.undoer.undo(name)

    def strays(self) -> list[str]:
        """Name what was left on the disk by moves that were cut off."""
        below = (self.inbox, self.root)
        found = [path for root in below for path in root.rglob(".twolane-*")]
        return [f"{display_path(path)} was left behind" for path in found]

    @property
    def undoer(self) -> Undoer:
        """All that is undone otherwise."""
        return Undoer(self.store, self.data / "run")

    @cached_property
    def organizer(self) -> Organizer:
        """Plans by the rules that the product has; every category has a folder of its own."""
        categories = [OrganizedCategory(name, name, (name,), (name,)) for name in CATEGORIES]
        defaults = OrganizeDefaults(self.root, own=self.data)
        return Organizer(self.store, FiledTable(self.store.session), lambda: categories, dict, defaults)

    def save(self, draft: DraftPlan, name: str = "") -> Plan:
        """Keep a plan."""
        with self.store.writing() as write:
            return write.plans.add(draft, name)

    def _move(self, number: int, record: FileRecord, target: Path, kind: MoveKind) -> Move:
        assert record.classification
        seen = self.store.scanned(record.file_id)
        return Move(
            number,
            record.file_id,
            record.document,
            record.path,
            target,
            kind,
            seen.size_bytes,
            seen.stamp,
            record.classification.category,
        )


@contextmanager
def desk(data: Path, inbox: Path, root: Path | None = None) -> Iterator[Desk]:
    """Open a library of its own in a folder; the files may lie on another disk."""
    data.mkdir(exist_ok=True)
    store = open_sqlite(data / "library.db", max_attempts=3, backoff_s=0.01)
    try:
        yield Desk(store, data, inbox, root)
    finally:
        store.close()


def disagreements(desk: Desk, name: str, numbers: Collection[int] | None = None) -> Iterator[str]:
    """Say of which moves of a plan the journal and the disk tell different things.

    With numbers, only these are looked at, and all that are under way.
    """
    plan = desk.store.plans.get(name)
    for move in _all_moves(desk, plan) if numbers is None else _some_moves(desk, plan, numbers):
        if wrong := _wrong(move):
            yield f"{move.number}, {move.state}: {display_path(move.source)}: {wrong}"


def _all_moves(desk: Desk, plan: Plan) -> Iterator[Move]:
    for begin in range(0, plan.total, _PAGE):
        yield from desk.store.plans.moves(plan.plan_id, limit=_PAGE, offset=begin)


def _some_moves(desk: Desk, plan: Plan, numbers: Collection[int]) -> Iterator[Move]:
    under_way = (MoveState.STARTED, MoveState.UNDOING)
    yield from desk.store.plans.moves(plan.plan_id, under_way, limit=_PAGE)
    for number in numbers:
        lines = desk.store.plans.journal(plan.plan_id, tuple(MoveState), after=number - 1, limit=1)
        yield from (line.move for line in lines)


def holds(path: Path, document: str) -> bool | None:
    """Say whether a path has a document's bytes; None where there is nothing, or no such name can be."""
    try:
        return digest_of(path) == document
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in (errno.EILSEQ, errno.EINVAL, errno.ENAMETOOLONG, errno.ENOTDIR, errno.ENXIO):
            return None
        raise


def _wrong(move: Move) -> str:
    at_source, at_target = holds(move.source, move.document), holds(move.target, move.document)
    if not at_source and not at_target:
        return "lost"
    if move.kind is not MoveKind.MOVE:
        is_expected = at_source and (at_target if move.state is MoveState.DONE else True)
        return "" if is_expected else f"{at_source} at its source, {at_target} at its target"
    if move.state in (MoveState.STARTED, MoveState.UNDOING):
        return ""
    is_moved = move.state in (MoveState.DONE, MoveState.KEPT)
    is_expected = (at_source, at_target) == ((None, True) if is_moved else (True, None))
    return "" if is_expected else f"{at_source} at its source, {at_target} at its target"
