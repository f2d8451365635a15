"""What `twolane add` says at its end: what needs a person first, then what was filed, by category."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from twolane.cli.context import EXIT_SOME_FAILED
from twolane.cli.output import Output
from twolane.documents import FileRecord, FileState, Filter, display_path

if TYPE_CHECKING:
    from twolane.app import App
    from twolane.store.values import ScanResult

_MOST_ROWS = 20  # of each list
_MOST_SHOWN = 10  # so many filed files are shown one by one; more are summed by category
_LISTED_AT_ONCE = 500
_COLUMNS = ("file", "category", "confidence", "note")
NOT_READ = (FileState.UNREAD, FileState.QUARANTINED)
READ_AGAIN = "`twolane add --redo FILE` reads one again"


class _AddedFiles:
    """What stands at and under some roots, counted; of each list only what is shown is kept."""

    def __init__(self) -> None:
        self.states: Counter[FileState] = Counter()
        self.categories: Counter[str] = Counter()
        self.copies = 0
        self.shown: dict[FileState, list[FileRecord]] = {}

    def take(self, record: FileRecord) -> None:
        """Count a file."""
        self.states[record.state] += 1
        self.copies += bool(record.copies)
        if record.state is FileState.FILED and record.classification:
            self.categories[record.classification.category] += 1
        shown = self.shown.setdefault(record.state, [])
        if len(shown) < _MOST_ROWS:
            shown.append(record)

    def not_read(self) -> list[FileRecord]:
        """Return the first of those that nothing could be read of, or that were given up."""
        return [record for state in NOT_READ for record in self.shown.get(state, ())]


def report(app: App, roots: Sequence[Path], found: ScanResult, output: Output, *, wide: bool = False) -> int:
    """Say how the files at and under the roots stand; returns the exit code."""
    from twolane.api.schemas.files import FileOut

    summary = _AddedFiles()
    for record in _files(app, roots):
        output.value(FileOut.model_validate(record))
        summary.take(record)
    names = {one.id: one.name for one in app.taxonomy.titled()}
    _for_a_person(summary, roots, names, output, wide=wide)
    _filed(summary, roots, names, output, wide=wide)
    states = summary.states
    output.line(", ".join(f"{number} {state.value}" for state, number in states.items()) or "nothing to do")
    _still_to_do(app, roots, output)
    if summary.copies:
        output.line(f"{summary.copies} have copies or other versions: `twolane duplicates` lists them")
    output.value({"found": found, "states": {state.value: number for state, number in states.items()}})
    return EXIT_SOME_FAILED if states[FileState.QUARANTINED] else 0


def _for_a_person(
    summary: _AddedFiles, roots: Sequence[Path], names: dict[str, str], output: Output, *, wide: bool
) -> None:
    """Show what waits for a decision, and what could not be read and why."""
    if waiting := summary.shown.get(FileState.REVIEW, ()):
        rows = [_row(one, roots, names) for one in waiting]
        output.table(_COLUMNS, rows, "waiting for you", wide=wide)
        _and_more(summary.states[FileState.REVIEW], rows, "twolane review", "asks about each", output)
    if unread := summary.not_read():
        rows = [(_name(one, roots), one.note) for one in unread[:_MOST_ROWS]]
        output.table(("file", "why"), rows, "not read", wide=wide)
        states = summary.states
        number = sum(states[state] for state in NOT_READ)
        _and_more(number, rows, "twolane files --state unread", f"lists them; {READ_AGAIN}", output)
        if given_up := states[FileState.QUARANTINED]:
            output.line(
                f"{given_up} given up: `twolane files --state quarantined` says why; `add` tries again"
            )


def _filed(
    summary: _AddedFiles, roots: Sequence[Path], names: dict[str, str], output: Output, *, wide: bool
) -> None:
    """Show what was filed: a few files each, more by category."""
    filed = summary.shown.get(FileState.FILED, [])
    if not filed:
        return
    if summary.states[FileState.FILED] <= _MOST_SHOWN:
        output.table(_COLUMNS, [_row(one, roots, names) for one in filed], "filed", wide=wide)
        return
    rows = [(names.get(one, one) or "none of these", str(n)) for one, n in summary.categories.most_common()]
    output.table(("category", "files"), rows, "filed")


def _and_more(total: int, rows: Sequence[object], command: str, what: str, output: Output) -> None:
    more = f"… and {total - len(rows)} more: " if total > len(rows) else ""
    output.line(f"{more}`{command}` {what}")


def _still_to_do(app: App, roots: Sequence[Path], output: Output) -> None:
    """Say what machines and people will still be asked of these files."""
    if asking := app.library.pending(roots).later:
        output.line(
            f"facts of {asking} are still to be asked of the small model: `twolane serve` does it when idle"
        )
    if asked := app.placements.count():
        output.line(f"{asked} moved by you may belong to other categories: `twolane review` asks")


def _files(app: App, roots: Sequence[Path]) -> Iterator[FileRecord]:
    """Return the files under the roots, read page by page: all at once took more memory than filing them."""
    within = Filter(folders=tuple(roots))
    for offset in count(0, _LISTED_AT_ONCE):
        page = app.library.find(within, limit=_LISTED_AT_ONCE, offset=offset).files
        yield from page
        if len(page) < _LISTED_AT_ONCE:
            return


def _name(record: FileRecord, roots: Sequence[Path]) -> str:
    root = next((root for root in roots if root in record.path.parents), None)
    return display_path(record.path.relative_to(root) if root else record.path)


def _row(record: FileRecord, roots: Sequence[Path], names: dict[str, str]) -> tuple[str, ...]:
    """Return a file's row; what was proposed for it is not filed, and its cause is its note."""
    result = record.classification
    if result is None:
        return _name(record, roots), "", "", record.note
    cause = result.review_cause.words if result.review_cause and record.state is FileState.REVIEW else ""
    category = names.get(result.category, result.category) or "none of these"
    return _name(record, roots), category, f"{result.confidence:.2f}", record.note or cause
