"""Ending what was cut off: the journal says which moves were begun, and the disk what became of them."""

from __future__ import annotations

from twolane.documents import display_path
from twolane.errors import MoveError
from twolane.organize.disk.metadata import from_text, to_text
from twolane.organize.disk.places import OpenFolders
from twolane.organize.disk.settling import Became
from twolane.organize.disk.steps import Steps
from twolane.organize.journal import MoveJournal
from twolane.organize.renamed import renamed
from twolane.plans import Move, MoveState
from twolane.store.organized import JournalLine, NewLine
from twolane.store.values import FileRenamed

_BEGUN = (MoveState.STARTED, MoveState.UNDOING)


class Settler:
    """Ends the moves of a plan that were cut off; what cannot be told just now stays begun, with a note."""

    def __init__(self, journal: MoveJournal, folders: OpenFolders, steps: Steps) -> None:
        self._journal = journal
        self._folders = folders
        self._steps = steps

    def settle(self) -> None:
        """End all of them, and write what became of them. Raises `StoreError`."""
        for lines in self._journal.groups(_BEGUN, backwards=False):
            news: list[NewLine] = []
            files: list[FileRenamed] = []
            for line in lines:
                try:
                    news.append(self._settled(line))
                except MoveError as error:
                    news.append(NewLine(line.move.number, line.move.state, error.what))
                else:
                    files += self._moved(line, news[-1].state)
            self._journal.end(news, (), files)
            self._folders.close()

    def _settled(self, line: JournalLine) -> NewLine:
        move, past = line.move, from_text(line.before)
        back = move.state is MoveState.UNDOING
        became = (self._steps.settle_back if back else self._steps.settle)(move, past)
        if became is Became.VANISHED:
            return NewLine(move.number, MoveState.KEPT, _vanished(move))
        if became is Became.NOTHING:
            return NewLine(move.number, MoveState.DONE if back else MoveState.PROPOSED)
        if back:
            return NewLine(move.number, MoveState.UNDONE)
        after = self._steps.after(move, past)
        return NewLine(move.number, MoveState.DONE, before=to_text(after) if after else None)

    def _moved(self, line: JournalLine, state: MoveState) -> list[FileRenamed]:
        if state in {MoveState.DONE, MoveState.UNDONE}:
            back, past = state is MoveState.UNDONE, from_text(line.before)
            return renamed(self._folders, line.move, past, back=back)
        return []


def _vanished(move: Move) -> str:
    return f"is neither at {display_path(move.source)} nor at its new place: is its disk there?"
