"""What commands print with: for people, or as JSON; passed in, so that tests can record it.

The library that draws is read once something is drawn: a shell that completes a word draws nothing.
"""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TextIO

from twolane.cli.time_left import TimeLeft, time_words
from twolane.errors import TwolaneError
from twolane.text.printable import json_line, one_line, printable

if (
    TYPE_CHECKING
):  # what draws is read once something is drawn: a shell that completes a word waits for none of it
    from rich.console import Console

_AROUND_ROWS = 6  # a table's head and foot, and the line after it
_WHOLE_WIDTH = 100_000  # of a table that is not to be folded: as wide as what it holds


class Bar(Protocol):
    """A progress bar with rate and time left."""

    def update(self, done: float, total: float, rate: str = "", *, waits_for: str = "") -> None:
        """Show how far the work is, and what it waits for, if anything: that time does not count."""


class Wait(Protocol):
    """What is shown while nothing has come yet, with the seconds of it."""

    def show(self, text: str) -> None:
        """Say what is waited for now."""

    def end(self) -> None:
        """Take it away, before anything else is printed; safe to call twice."""


class Output(Protocol):
    """Where a command's results go."""

    @property
    def json(self) -> bool:
        """Whether results are read by a program."""

    def value(self, value: Any) -> None:
        """Print one result for programs; output for people ignores it."""

    def line(self, text: str = "", style: str = "") -> None:
        """Print a line for people; a line end within it is shown as a sign."""

    def stream(self, text: str) -> None:
        """Print a piece of text for people at once, without ending the line."""

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        title: str = "",
        *,
        wide: bool = False,
    ) -> None:
        """Print a table for people; names are cut in the middle where a terminal is narrow, unless `wide`."""

    def pages(self, rows: int) -> AbstractContextManager[None]:
        """Show people what is printed within by pages, where so many rows are more than a terminal takes."""

    def progress(self, title: str) -> Any:
        """Return a context manager that gives a `Bar`."""

    def wait(self) -> Wait:
        """Return what shows people at a terminal that they wait, and for what."""

    def notice(self, text: str) -> None:
        """Print a notice, which is no error, to standard error."""

    def error(self, error: TwolaneError) -> None:
        """Print an error with its remedy."""


class PeopleOutput:
    """Output for people: tables, colours and bars where the terminal has them.

    Without a terminal, as in a log, progress is a line every `line_every_s`.
    """

    json = False

    def __init__(
        self, out: TextIO | None = None, err: TextIO | None = None, *, line_every_s: float = 30.0
    ) -> None:
        self._line_every_s = line_every_s
        self._files = out or sys.stdout, err or sys.stderr

    @cached_property
    def _out(self) -> Console:
        return _console(self._files[0])

    @cached_property
    def _err(self) -> Console:
        return _console(self._files[1])

    def value(self, value: Any) -> None:
        """Print nothing: people read the lines and tables."""

    def line(self, text: str = "", style: str = "") -> None:
        self._out.print(_styled(one_line(text), style))

    def stream(self, text: str) -> None:
        self._out.print(_styled(printable(text)), end="")
        self._out.file.flush()

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        title: str = "",
        *,
        wide: bool = False,
    ) -> None:
        from rich.table import Table

        from twolane.cli.names_cut import fitted

        shown = [[one_line(cell) for cell in row] for row in rows]
        table = Table(
            title=_styled(one_line(title)) if title else None,
            title_justify="left",
            title_style="bold",
            header_style="bold",
        )
        if wide or not self._out.is_terminal:  # a console gives no table more room than itself has
            for column in columns:
                table.add_column(column, justify=_side(column), min_width=len(column), no_wrap=True)
            out = _console(self._files[0], width=_WHOLE_WIDTH)
        else:
            fit = fitted(columns, shown, self._out.width)
            for column, width, folds in zip(fit.columns, fit.widths, fit.folds, strict=True):
                table.add_column(
                    column, justify=_side(column), overflow="fold", width=width, no_wrap=not folds
                )
            shown, out = fit.rows, self._out
        for row in shown:
            table.add_row(*map(_styled, row))
        out.print(table)

    @contextmanager
    def pages(self, rows: int) -> Iterator[None]:
        is_seen = self._out.is_terminal and sys.stdin.isatty()
        if not is_seen or rows + _AROUND_ROWS <= self._out.height:
            yield
            return
        with self._out.pager():
            yield

    @contextmanager
    def progress(self, title: str) -> Iterator[Bar]:
        if not self._err.is_terminal:
            yield _BarOfLines(title, self._err, self._line_every_s)
            return
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}", markup=False),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}", markup=False),
        )
        rest = TimeLeft()
        with Progress(*columns, console=self._err) as progress:
            task = progress.add_task(one_line(title), total=None, rate="", left="")

            class _Bar:
                def update(self, done: float, total: float, rate: str = "", *, waits_for: str = "") -> None:
                    left = _left(rest.left_s(done, total, waits=bool(waits_for)), waits_for)
                    progress.update(task, completed=done, total=total, rate=one_line(rate), left=left)

            yield _Bar()

    def wait(self) -> Wait:
        return _WaitLine(self._err) if self._err.is_terminal else _NoWait()

    def notice(self, text: str) -> None:
        self._err.print(_styled(one_line(text), "yellow"))

    def error(self, error: TwolaneError) -> None:
        self._err.print(_styled(one_line(error.what), "bold red"))
        if error.remedy:
            self._err.print(_styled(one_line(f"→ {error.remedy}")))


def _console(file: TextIO, width: int | None = None) -> Console:
    from rich.console import Console

    return Console(file=file, highlight=False, soft_wrap=True, width=width)


def _styled(text: str, style: str = "") -> Any:
    from rich.text import Text

    return Text(text, style=style)


class _WaitLine:
    """A line at the foot of a terminal, which is gone when it ends."""

    def __init__(self, console: Console) -> None:
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.table import Column

        column = Column(no_wrap=True, overflow="ellipsis")
        what = TextColumn("{task.description}", style="dim", markup=False, table_column=column)
        self._line = Progress(SpinnerColumn(), what, TimeElapsedColumn(), console=console, transient=True)
        self._task = self._line.add_task("", total=None)

    def show(self, text: str) -> None:
        self._line.update(self._task, description=one_line(text))
        self._line.start()

    def end(self) -> None:
        self._line.stop()


class _NoWait:
    """For logs and programs: a wait is nothing to write down."""

    def show(self, text: str) -> None:
        pass

    def end(self) -> None:
        pass


class _BarOfLines:
    """Progress in a log: a line now and then, with the time left at the rate so far."""

    def __init__(self, title: str, console: Console, every_s: float) -> None:
        self._title = title
        self._console = console
        self._every_s = every_s
        self._rest = TimeLeft()
        self._began = self._printed_at = time.monotonic()

    def update(self, done: float, total: float, rate: str = "", *, waits_for: str = "") -> None:
        left_s = self._rest.left_s(done, total, waits=bool(waits_for))
        now = time.monotonic()
        if now - self._printed_at < self._every_s or not total:
            return
        self._printed_at = now
        left = _left(left_s, waits_for)
        words = f"{self._title}: {done / total:.0%} {rate}".rstrip()
        line = f"{words}, {_clock(now - self._began)}" + (left and f", {left}")
        self._console.print(_styled(one_line(line)))


def _side(column: str) -> Literal["left", "right"]:
    """Return the side that the cells of a column stand at: numbers at the right."""
    return "right" if column in {"confidence", "seconds", "files", "size", "pages"} else "left"


def _left(left_s: float | None, waits_for: str) -> str:
    """Return how long the rest takes, or what is waited for, in words."""
    if waits_for:
        return f"waits: {one_line(waits_for)}"
    return "" if not left_s else f"{time_words(left_s)} left"


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))


class JsonOutput:
    """Output for programs: one JSON value a line on standard output, errors on standard error."""

    json = True

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._out, self._err = out or sys.stdout, err or sys.stderr

    def value(self, value: Any) -> None:
        # a shape of the API; asked by its verb, for pydantic is read by no command that needs it not
        dump = getattr(value, "model_dump", None)
        shown = dump(mode="json") if dump else plain(value)
        print(json_line(shown), file=self._out, flush=True)

    def line(self, text: str = "", style: str = "") -> None:
        """Print nothing: programs read the values."""

    def stream(self, text: str) -> None:
        """Print nothing: programs read the values."""

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        title: str = "",
        *,
        wide: bool = False,
    ) -> None:
        """Print nothing: programs read the values."""

    def pages(self, rows: int) -> AbstractContextManager[None]:  # noqa: ARG002 - all at once
        return nullcontext()

    @contextmanager
    def progress(self, title: str) -> Iterator[Bar]:  # noqa: ARG002 - nothing is shown
        class _Silent:
            def update(self, done: float, total: float, rate: str = "", *, waits_for: str = "") -> None:
                """Print nothing: `twolane status --json` has the progress."""

        yield _Silent()

    def wait(self) -> Wait:
        return _NoWait()

    def notice(self, text: str) -> None:
        print(json_line({"notice": text}), file=self._err, flush=True)

    def error(self, error: TwolaneError) -> None:
        shape = {"error": error.what, "remedy": error.remedy, "type": type(error).__name__}
        print(json_line(shape), file=self._err, flush=True)


def short_path(path: Path | str) -> str:
    """Return a path as people read it: from the folder that they are in, where it is there."""
    from twolane.documents import display_path

    with suppress(ValueError, OSError):  # it is not, or that folder is gone
        path = Path(path).relative_to(Path.cwd())
    return display_path(path)


def shown_moment(at: float) -> str:
    """Return seconds since the epoch as the day and time of this place."""
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%Y-%m-%d %H:%M}"


def plain(value: Any) -> Any:
    """Turn dataclasses and collections into what JSON can hold; paths and dates become printable text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Path | date):
        from twolane.documents import display_path

        return display_path(value) if isinstance(value, Path) else value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return value


def counted(number: int, word: str = "file", several: str = "") -> str:
    """Return a number of things in words; `several` is the word for more than one, without it with an s."""
    return f"{number} {word if number == 1 else several or f'{word}s'}"


def size(number_bytes: float) -> str:
    """Write a number of bytes for people."""
    for unit in ("B", "kB", "MB"):
        if number_bytes < 1000:
            return f"{number_bytes:.0f} {unit}" if unit != "MB" else f"{number_bytes:.1f} MB"
        number_bytes /= 1000
    return f"{number_bytes:.2f} GB"
