"""The part of port 3 that keeps conversations: their turns as they grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from twolane.answers import Conversation, FoundConversations, KeptTurn, Turn


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A question that is to be kept; `replaces` is the turn whose place it takes once it is answered, or 0.

    `holder` names the process that answers it.
    """

    turn_id: str
    conversation_id: str
    question: str
    holder: str
    replaces: int = 0


@dataclass(frozen=True, slots=True)
class Answering:
    """A process that answers in a conversation, and for how long it has written nothing there."""

    holder: str
    silent_s: float


class ConversationRows(Protocol):
    """Conversations, each seen by its owner alone: to anybody else it does not exist."""

    def start(self, conversation_id: str, owner: str, title: str = "") -> None:
        """Begin an empty conversation; without a title, its first question gives it one.

        Earlier ones of the owner go that have neither, after an hour.
        """

    def get(self, conversation_id: str, owner: str, *, turns: bool = True) -> Conversation:
        """Return one with its turns, or without. Raises `NotFoundError`."""

    def ids(self, beginning: str, owner: str) -> list[str]:
        """List the first two ids that begin so."""

    def find(self, words: Sequence[str], owner: str, *, limit: int, offset: int = 0) -> FoundConversations:
        """List those that hold every word, in title, questions or answers, in any case; newest first."""

    def rename(self, conversation_id: str, owner: str, title: str) -> None:
        """Give it a title that stays. Raises `NotFoundError`."""

    def delete(self, conversation_id: str, owner: str) -> None:
        """Delete it with all its turns. Raises `NotFoundError`."""

    def begin(self, turn: NewTurn, owner: str) -> int:
        """Keep a question as the last turn; return its number. Raises `NotFoundError`.

        It is raised too where the turn that is to be replaced is not there.
        """

    def history(self, conversation_id: str, before: int, limit: int) -> Sequence[Turn]:
        """Return the last turns that were answered before one, oldest first."""

    def take_place(self, turn_id: str) -> int:
        """Put a turn in the place of the one that it replaces, and drop those up to itself.

        Returns its number then, 0 where the turn is no more.
        """

    def save(self, turn_id: str, turn: KeptTurn) -> None:
        """Keep the answer as far as it is; nothing where the turn is no more.

        A turn that ends without having taken its place stays the last one; it goes where it asked the same
        as the turn that it was to replace.
        """

    def answering(self, conversation_id: str) -> Sequence[Answering]:
        """List the processes that answer in a conversation."""

    def stop(self, holder: str) -> None:
        """Mark all that a process was answering as stopped."""


class Conversing(Protocol):
    """A library that keeps conversations."""

    @property
    def conversations(self) -> ConversationRows:
        """The conversations."""
