"""`twolane review`: go through the files that wait for a person, with one key a file."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import Context, Json, output_for
from twolane.cli.keys import BACKSPACE, END, ENTER, ESCAPE, reading_keys
from twolane.cli.named import category_ids, known_folders, say_if_empty
from twolane.cli.output import Output
from twolane.cli.placements import ask_about_placements
from twolane.cli.review_screen import (
    ACCEPT,
    HELP,
    MORE,
    NONE,
    QUIT,
    SEARCH,
    SKIP,
    UNDO,
    Option,
    Screen,
    choices,
    is_offered,
    matching,
)
from twolane.documents import NO_CATEGORY, FileRecord, FileState, Filter, display_path
from twolane.errors import FileReplacedError, NotFoundError, SettingsError

if TYPE_CHECKING:
    from twolane.app import App

_PATIENCE_S = 3600.0
_AT_ONCE = 100


def review(
    ctx: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="Only files at and under these.")] = None,
    category: Annotated[
        str,
        typer.Option(
            "--category",
            help="All files of this category, such as one that was split.",
            autocompletion=completing.categories,
        ),
    ] = "",
    json: Json = False,
) -> None:
    """Go through the files that wait for you: one key a file; every decision is kept at once."""
    context: Context = ctx.obj
    output = output_for(json)
    if not json and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise SettingsError(
            "`twolane review` needs a terminal with a keyboard",
            "list the files by `twolane review --json`, and decide by `twolane correct FILE CATEGORY`",
        )
    with context.app() as app:
        named = category_ids(app, category)
        if say_if_empty(app, output):
            return
        within = Filter(states=(FileState.REVIEW,), folders=known_folders(app, paths))
        if category:
            states = (FileState.FILED, FileState.REVIEW)
            within = replace(within, states=states, categories=named)
        if json:
            _list(app, within, output)
            return
        with reading_keys() as key:
            sitting = Sitting(app, within, output, lambda: key(_PATIENCE_S))
            if category or ask_about_placements(app, within, output, sitting.pressed):
                sitting.run()


def _list(app: App, within: Filter, output: Output) -> None:
    from twolane.api.schemas.files import FileOut

    for record in app.library.find(within).files:
        output.value(FileOut.model_validate(record))


class Sitting:
    """One person at one terminal; `key` waits for the next key."""

    def __init__(self, app: App, within: Filter, output: Output, key: Callable[[], str]) -> None:
        self._app = app
        self._within = within
        self._output = output
        self._key = key
        self._skipped: set[int] = set()
        self._decided: list[FileRecord] = []
        self._next: FileRecord | None = None

    def run(self) -> None:
        """Show one file after another until none is left or the person ends it."""
        while record := self._take():
            if not self._one(record):
                break
        else:
            self._output.line("nothing waits for you" if not self._skipped else "that was the last one")
        done, left = len(self._decided), self._left()
        self._output.line(f"{done} decided, {left} left" if done or left else "")
        decided = list({record.document for record in self._decided})
        if decided and (affected := self._app.reclassifier.affected(decided)):
            self._output.line(
                f"{affected} similar files would be filed otherwise now: `twolane reclassify --preview`"
            )

    def _take(self) -> FileRecord | None:
        """Return the file that was gone back to, or the first that waits and was not skipped."""
        if self._next:
            taken, self._next = self._app.library.file(self._next.file_id), None
            return taken
        offset = 0
        while found := self._app.library.find(self._within, limit=_AT_ONCE, offset=offset).files:
            for record in found:
                if record.file_id not in self._skipped and self._is_due(record):
                    return record
            offset += len(found)
        return None

    def _is_due(self, record: FileRecord) -> bool:
        """Say whether a file is to be asked about: of a category, what stands in it and not within it."""
        if not self._within.categories:
            return True
        found, decided = record.classification, {one.file_id for one in self._decided}
        here = found is not None and found.category in self._within.categories
        return here and record.file_id not in decided

    def _left(self) -> int:
        return self._app.library.find(self._within, limit=1).total

    def _one(self, record: FileRecord) -> bool:
        """Show a file and do what the person says until the next one is due; False ends the session."""
        record = self._looked_at_anew(record)
        found = choices(self._app.taxonomy.titled(), record.classification)
        facts, shown = self._facts(record), 0
        self._screen().file(record, self._beginning(record), _why(record), found, self._left(), facts)
        while True:
            pressed = self.pressed()
            if pressed == MORE:
                shown = self._screen().more(self._text(record), shown)
                continue
            if pressed in {QUIT, END}:
                return False
            if pressed == SKIP:
                self._skipped.add(record.file_id)
                return True
            if pressed == UNDO and self._undone():
                return True
            category = self._category(pressed, record, found)
            if category is not None:
                self._decide(record, category)
                return True

    def _looked_at_anew(self, record: FileRecord) -> FileRecord:
        """Return a file with what would be proposed now: what was decided here has taught something."""
        anew = self._decided or self._within.categories
        decision = self._app.reclassifier.proposal(record.document) if anew else None
        return replace(record, classification=decision.classification) if decision else record

    def _category(self, pressed: str, record: FileRecord, found: tuple[Option, ...]) -> str | None:
        """Return the category that a key takes, None where it takes none."""
        proposed = record.classification
        if pressed in {ACCEPT, ENTER} and proposed and is_offered(proposed.category, found):
            return proposed.category
        if pressed == NONE:
            return NO_CATEGORY
        if pressed == SEARCH:
            return self._sought(found)
        taken = next((one.category.id for one in found if one.key and one.key == pressed), None)
        if taken is None and pressed not in {UNDO, ESCAPE}:
            self._output.line(HELP)
        return taken

    def _sought(self, found: tuple[Option, ...]) -> str | None:
        """Ask for words and return the category that is chosen of those which have them."""
        offered = matching(found, self._typed("search: "))
        if not offered:
            self._output.line("no category has these words")
            return None
        self._screen().choices(offered)
        self._output.line("a digit takes one, Enter the first, any other key none")
        pressed = self.pressed()
        pressed = offered[0].key if pressed == ENTER else pressed
        return next((one.category.id for one in offered if one.key == pressed), None)

    def _typed(self, prompt: str) -> str:
        """Return a line that is typed; Escape returns nothing."""
        words = ""
        self._output.stream(prompt)
        while (pressed := self._key()) not in {ENTER, ESCAPE, END}:
            if pressed == BACKSPACE:
                words = words[:-1]
                self._output.stream(f"\n{prompt}{words}")
            elif pressed.isprintable():
                words += pressed
                self._output.stream(pressed)
        self._output.line()
        return "" if pressed == ESCAPE else words

    def pressed(self) -> str:
        """Wait for a key; letters are lower case."""
        while not (pressed := self._key()):
            pass
        return pressed.lower() if pressed.isalpha() else pressed

    def _decide(self, record: FileRecord, category: str) -> None:
        try:
            self._app.review.correct(record.file_id, category, document=record.document)
        except FileReplacedError as error:
            self._output.notice(str(error))
            return
        self._decided.append(record)
        titled = self._app.taxonomy.titled()
        name = next((one.name for one in titled if one.id == category), "none of these")
        self._output.line(f"→ {name}", "green")

    def _undone(self) -> bool:
        """Take the last decision of this session back and go to its file; False where there is none."""
        if not self._decided:
            self._output.line("nothing to undo")
            return False
        record = self._decided.pop()
        try:
            self._app.review.undo(record.file_id, document=record.document)
        except (FileReplacedError, NotFoundError) as error:
            self._output.notice(str(error))
            return False
        self._output.line(f"taken back: {display_path(record.path.name)}")
        self._next = record
        return True

    def _screen(self) -> Screen:
        return Screen(self._output, shutil.get_terminal_size())

    def _facts(self, record: FileRecord) -> list[str]:
        """Return what the document states, each as a name and a value."""
        found = self._app.facts.of(record) if record.document else []
        return [f"{one.spec.name}: {one.value.value}" for one in found if one.value and one.value.value]

    def _text(self, record: FileRecord) -> str:
        """Return all of its text, each page under its number."""
        reading = self._app.library.reading(record)
        pages = [page for page in reading.pages if page.text.strip()] if reading else []
        if len(pages) < 2:
            return "".join(page.text for page in pages)
        return "\n".join(f"page {page.number}\n{page.text}" for page in pages)

    def _beginning(self, record: FileRecord) -> str:
        reading = self._app.library.reading(record)
        return next((page.text for page in reading.pages if page.text.strip()), "") if reading else ""


def _why(record: FileRecord) -> str:
    """Return in words why a file is in review."""
    cause = record.classification.review_cause if record.classification else None
    return cause.words if cause else ""
