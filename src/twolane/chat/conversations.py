"""Conversations: the verbs of who asks one question after the other, and comes back to the answers."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from typing import Literal, Protocol

from twolane.answers import (
    AnswerEvent,
    Conversation,
    ConversationEvent,
    ErrorEvent,
    FoundConversations,
    KeptTurn,
    Turn,
)
from twolane.chat.exported import file_name, markdown
from twolane.chat.keeping import Keeping
from twolane.chat.places import where_they_lie
from twolane.errors import ConflictError, StoreError, TwolaneError
from twolane.store.conversed import Answering, Conversing, NewTurn
from twolane.store.scanned import Files

_SILENT_S = 900.0  # a process that cannot be looked at, on another machine, is gone by then
_MOST_HISTORY = 20
_ID_BYTES = 8

Ask = Callable[[Sequence[Turn]], Iterator[AnswerEvent]]


class Presence(Protocol):
    """By what other processes know that this one is there."""

    @property
    def name(self) -> str:
        """The name of this process, which no other ever has."""

    def show(self) -> None:
        """Let others see that it is there."""

    def gone(self) -> Sequence[str]:
        """Name the processes that have ended without a word, as far as that can be seen; each once."""

    def is_gone(self, name: str) -> bool:
        """Say whether a process is surely gone; False also where that cannot be seen from here."""

    def close(self) -> None:
        """Let others see that it goes."""


class Kept(Conversing, Files, Protocol):
    """A library that keeps conversations, and the files that they rest on."""


class Conversations:
    """The conversations of one library; safe to use from several threads.

    Each belongs to an owner, and does not exist for anybody else: "" is everybody who needs no login.
    """

    def __init__(self, store: Kept, presence: Presence) -> None:
        self._store = store
        self._rows = store.conversations
        self._presence = presence
        self._lock = threading.Lock()
        self._shown = False

    def start(self, title: str = "", owner: str = "") -> Conversation:
        """Begin an empty conversation; without a title, its first question gives it one."""
        conversation_id = secrets.token_hex(_ID_BYTES)
        self._rows.start(conversation_id, owner, title)
        return self._rows.get(conversation_id, owner)

    def list(
        self, query: str = "", owner: str = "", *, limit: int = 50, offset: int = 0
    ) -> FoundConversations:
        """List those that hold every word of the query, or part of a word, without turns; newest first."""
        return self._rows.find(query.split(), owner, limit=limit, offset=offset)

    def get(self, conversation_id: str, owner: str = "", *, turns: bool = True) -> Conversation:
        """Return one with its turns, or without. Raises `NotFoundError`.

        Its sources are where their files lie now.
        """
        if not turns:
            return self._rows.get(conversation_id, owner, turns=False)
        for one in self._rows.answering(conversation_id):
            self._settle(one)
        return where_they_lie(self._rows.get(conversation_id, owner), self._store)

    def find(self, beginning: str, owner: str = "") -> Conversation:
        """Return the one whose id begins so, with its turns. Raises `NotFoundError` and `ConflictError`."""
        ids = self._rows.ids(beginning, owner) if beginning else []
        if len(ids) > 1 and beginning not in ids:
            raise ConflictError(f"several conversations begin with {beginning}", "write more of the id")
        return self.get(beginning if beginning in ids or not ids else ids[0], owner)

    def rename(self, conversation_id: str, title: str, owner: str = "") -> Conversation:
        """Give a conversation a title that stays. Raises `NotFoundError` and `ConflictError`."""
        if not title.strip():
            raise ConflictError("a conversation needs a title", "write at least one word")
        self._rows.rename(conversation_id, owner, title)
        return self._rows.get(conversation_id, owner, turns=False)

    def delete(self, conversation_id: str, owner: str = "") -> None:
        """Delete a conversation with all its turns, for good. Raises `NotFoundError`."""
        self._rows.delete(conversation_id, owner)

    def markdown(self, whole: Conversation) -> str:
        """Return a conversation with its turns as Markdown, its sources as footnotes with file and page."""
        return markdown(whole)

    def file_name(self, whole: Conversation, form: Literal["markdown", "json"]) -> str:
        """Return a name for a conversation's file, safe on every system."""
        return file_name(whole.title) + {"markdown": ".md", "json": ".json"}[form]

    def answer(
        self,
        conversation_id: str,
        question: str,
        ask: Ask,
        *,
        replaces: int = 0,
        without: Sequence[str] = (),
        within: Sequence[str] = (),
        owner: str = "",
    ) -> Generator[AnswerEvent, None, None]:
        """Stream the answer to a question within a conversation, and keep both; closing it cancels.

        `ask` is given the turns before it. `without` are the filters that it leaves out, and `within` those
        that it keeps to: they are kept with the turn, for those that go on from it. With `replaces`, the new
        turn takes the place of that one and of those after it, as soon as its answer begins: until then
        nothing is lost. Raises `NotFoundError` at the first step, where there is no such conversation or
        turn, and what `ask` raises.
        """
        self._show()
        new = NewTurn(secrets.token_hex(_ID_BYTES), conversation_id, question, self._presence.name, replaces)
        last = self._rows.begin(new, owner)
        number = replaces or last
        turn = KeptTurn(number, question, without=tuple(without), within=tuple(within))
        keeping = Keeping(self._rows, new.turn_id, turn, replaces=bool(replaces))
        try:
            yield ConversationEvent(conversation_id, number)
            history = self._rows.history(conversation_id, number, _MOST_HISTORY)
            with closing(ask(history)) as events:  # type: ignore[type-var]  # a generator, which cancels
                for event in events:
                    keeping.take(event)
                    yield event  # first: nobody waits for a write
                    keeping.keep(event)
        except TwolaneError as error:
            keeping.fail(ErrorEvent(error.what, error.remedy))
            raise
        finally:
            keeping.end()

    def close(self) -> None:
        """Mark what is still being answered as stopped; safe to call twice."""
        with self._lock, suppress(StoreError):  # the next look finds a dead process, and marks them
            if self._shown:
                self._shown = False
                self._rows.stop(self._presence.name)
                self._presence.close()

    def _show(self) -> None:
        with self._lock:
            if self._shown:
                return
            for name in self._presence.gone():
                self._rows.stop(name)
            self._presence.show()
            self._shown = True

    def _settle(self, one: Answering) -> None:
        """Mark what a process was answering as stopped, where the process is gone."""
        if one.holder == self._presence.name:
            return
        if abs(one.silent_s) > _SILENT_S or self._presence.is_gone(one.holder):
            self._rows.stop(one.holder)
