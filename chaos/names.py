"""`python -m chaos names [LIST]`: takes odd names of files through plan, apply and undo.

LIST has a name a line, its bytes percent-escaped where they are not plain; lines that begin with # say where
they are from. Without one, names of countries, languages and currencies as people write them in all languages
that CLDR knows are taken, and what is odd in itself. A name that the disk refuses is counted, and no more.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from standins.desk import CATEGORIES, Desk, desk, disagreements, snapshot
from standins.disks import KINDS, mounted

from twolane.documents import FileState
from twolane.plans import MoveState

_OWN = Path(__file__).with_name("odd_names.txt")


@dataclass(frozen=True, slots=True)
class Named:
    """What became of names on a disk; `wrong` says which files are not as the journal has them."""

    on: str
    names: int
    refused: int  # by the disk itself, when files were made
    skipped: int  # by scans: notes of programs
    left: int
    moved: int
    kept: int  # of those moved, with every byte of their name; others are one with another to some disk
    wrong: tuple[str, ...]


def main(argv: list[str]) -> int:
    """Take the names through, and print what became of them; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m chaos names",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("list", nargs="?", type=Path)
    parser.add_argument("--on", default="ext4", help=f"of {', '.join(KINDS)}, with commas between")
    parser.add_argument("--most", type=int, default=2000)
    given = parser.parse_args(argv)
    names = list(listed(given.list) if given.list else made(given.most))
    is_wrong = False
    for name in given.on.split(","):
        with tempfile.TemporaryDirectory() as folder, mounted(name, Path(folder), size_mb=128) as place:
            found = there_and_back(name, place, Path(folder, "library"), names)
        is_wrong |= bool(found.wrong)
        print(json.dumps(asdict(found)), flush=True)
    return int(is_wrong)


def listed(path: Path) -> Iterator[bytes]:
    """Read the names of a list."""
    for line in path.read_text("utf-8").split("\n"):
        if line and not line.startswith("#"):
            yield unquote_to_bytes(line)


def made(most: int) -> Iterator[bytes]:
    """Return what is odd in itself, and names that people gave in all languages: the same ones each time."""
    from babel import Locale, localedata

    own = list(listed(_OWN))
    known = [Locale.parse(name) for name in sorted(localedata.locale_identifiers()) if "_" not in name]
    said = {
        text
        for one in known
        for table in (one.territories, one.languages, one.currencies)
        for text in table.values()
    }
    texts = sorted(text for text in said if text and "/" not in text and len(text.encode()) < 250)
    chosen = random.Random(1).sample(texts, max(0, most - len(own)))
    yield from own[:most]
    yield from (text.encode() + b".txt" for text in chosen)


def there_and_back(on: str, place: Path, data: Path, names: Iterable[bytes]) -> Named:
    """Make a file of each name in a folder of its own, plan by category, apply, and undo."""
    with desk(data, place / "inbox") as one:
        written, refused = _written(one, names, is_frail=bool(KINDS[on].helper))
        one.add()
        before = snapshot(place)
        plan = one.organizer.save(one.organizer.draft())
        one.apply(plan.name)
        moves = one.store.plans.moves(plan.plan_id, limit=len(written) + 1)
        there = {os.fsdecode(os.path.basename(path)) for path in snapshot(one.root)}  # noqa: PTH119 - bytes
        done = [move for move in moves if move.state is MoveState.DONE]
        wrong = [f"{move.source!r}: {move.note}" for move in moves if move.state is not MoveState.DONE]
        wrong += [f"{move.target!r} is not there" for move in done if move.target.name not in there]
        wrong += disagreements(one, plan.name)
        one.undo(plan.name)
        wrong += disagreements(one, plan.name)
        after = snapshot(place)
        paths = before.keys() | after.keys()
        wrong += [f"{path!r} is not as it was" for path in paths if before.get(path) != after.get(path)]
        skipped = sum(file.state is FileState.SKIPPED for file in one.store.files())
    kept = sum(move.target.name == move.source.name for move in done)
    left = len(written) - skipped - len(moves)
    return Named(on, len(written) + refused, refused, skipped, left, len(done), kept, tuple(wrong))


def _written(one: Desk, names: Iterable[bytes], *, is_frail: bool) -> tuple[list[Path], int]:
    """Return what could be written, and how many names the disk refuses.

    What mounts a frail one, in user space, may die of names that are no text.
    """
    written, refused = [], 0
    for number, name in enumerate(names):
        folder = one.inbox / f"{number:05}"
        folder.mkdir()
        path = folder / os.fsdecode(name)
        if is_frail and not _is_text(name):
            refused += 1
            continue
        try:
            one.write(path.relative_to(one.inbox).as_posix(), f"number {number}", CATEGORIES[number % 3])
        except OSError:
            refused += 1
        else:
            written.append(path)
    return written, refused


def _is_text(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
