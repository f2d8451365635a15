"""Conversations: questions with their answers as they grow, each seen by its owner alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from twolane.answers import Conversation, FoundConversations, KeptTurn, Turn, TurnState
from twolane.errors import NotFoundError
from twolane.store.conversed import Answering, NewTurn
from twolane.store.nouns.quotes import lost_quotes
from twolane.store.nouns.titles import name_by, titled
from twolane.store.paths import fold
from twolane.store.session import Database, Row, Session
from twolane.text.full_text import clean

_COLUMNS = {"number", "question", "state", "text", "asked_at"}  # the rest of a turn is one text of JSON


class ConversationTable:
    """Obeys `twolane.store.conversed.ConversationRows`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, conversation_id: str, owner: str, title: str = "") -> None:
        values = {"conversation_id": conversation_id, "named": bool(title.strip()), **titled(title)}

        def add(session: Session) -> None:
            session.run("conversations.forget_empty", owner=owner)
            session.run("conversations.start", values, owner=owner)

        self._database.write(add)

    def get(self, conversation_id: str, owner: str, *, turns: bool = True) -> Conversation:
        def look(session: Session) -> Conversation:
            row = session.row("conversations.get", conversation_id=clean(conversation_id), owner=owner)
            if row is None:
                raise _unknown(conversation_id)
            found = session.rows("conversations.turns", conversation_id=conversation_id) if turns else ()
            return _conversation_of(row, found)

        return self._database.read(look, whole=True)

    def ids(self, beginning: str, owner: str) -> list[str]:
        rows = self._database.rows("conversations.ids", beginning=clean(beginning), owner=owner)
        return [row["conversation_id"] for row in rows]

    def find(self, words: Sequence[str], owner: str, *, limit: int, offset: int = 0) -> FoundConversations:
        folded = [fold(clean(word)) for word in words]
        names = ("search", "count_found") if folded else ("newest", "count")
        values: dict[str, object] = {"owner": owner} | ({"words": folded} if folded else {})

        def look(session: Session) -> FoundConversations:
            rows = session.rows(f"conversations.{names[0]}", values, limit=limit, offset=offset)
            total = offset + len(rows)
            if len(rows) == limit or (offset and not rows):  # there may be others
                total = int(session.number(f"conversations.{names[1]}", values))
            return FoundConversations(tuple(_conversation_of(row) for row in rows), total)

        return self._database.read(look, whole=True)

    def rename(self, conversation_id: str, owner: str, title: str) -> None:
        values = {"conversation_id": clean(conversation_id), "owner": owner, "named": True, **titled(title)}
        if not self._database.run("conversations.rename", values):
            raise _unknown(conversation_id)

    def delete(self, conversation_id: str, owner: str) -> None:
        if not self._database.run(
            "conversations.delete", conversation_id=clean(conversation_id), owner=owner
        ):
            raise _unknown(conversation_id)

    def begin(self, turn: NewTurn, owner: str) -> int:
        question, own = clean(turn.question), clean(turn.conversation_id)

        def keep(session: Session) -> int:
            if not _lock(session, own, owner):
                raise _unknown(turn.conversation_id)
            if turn.replaces and not session.number(
                "conversations.has_turn", conversation_id=own, number=turn.replaces
            ):
                raise _unknown_turn(turn)
            number = int(session.number("conversations.last", conversation_id=own)) + 1
            row = {"turn_id": turn.turn_id, "conversation_id": own, "holder": turn.holder}
            row |= {"question": question, "folded": fold(question)}
            session.run("conversations.begin", row, number=number, replaces=turn.replaces)
            session.run("conversations.touch", conversation_id=own)
            if number == 1:
                name_by(session, own, question)
            return number

        return self._database.write(keep)

    def history(self, conversation_id: str, before: int, limit: int) -> list[Turn]:
        rows = self._database.rows(
            "conversations.history", conversation_id=clean(conversation_id), before=before, limit=limit
        )
        return [_turn_before(row) for row in reversed(rows)]

    def take_place(self, turn_id: str) -> int:
        def take(session: Session) -> int:
            row = session.row("conversations.place", turn_id=turn_id)
            if row is not None:  # another turn may take its place just now, and this one go with the replaced
                _lock(session, row["conversation_id"], row["owner"])
                row = session.row("conversations.place", turn_id=turn_id)
            if row is None:
                return 0
            number, replaces, own = row["number"], row["replaces"], row["conversation_id"]
            if not replaces:
                return int(number)
            session.run(
                "conversations.forget_replaced", conversation_id=own, number=number, replaces=replaces
            )
            session.run("conversations.take_place", turn_id=turn_id)
            if replaces == 1:
                name_by(session, own, row["question"])
            return int(replaces)

        return self._database.write(take)

    def save(self, turn_id: str, turn: KeptTurn) -> None:
        text, told = clean(turn.text), _details(turn)
        values = {
            "turn_id": turn_id,
            "state": turn.state.value,
            "refused": turn.refusal is not None,
            "text": text,
            "folded": fold(f"{clean(turn.question)}\n{text}"),
        }

        def keep(session: Session) -> None:
            if turn.state in {TurnState.STOPPED, TurnState.ERROR}:
                session.run("conversations.forget_repeated", turn_id=turn_id)
            details = json.dumps(lost_quotes(session, told))
            session.run("conversations.save", values, details=details)

        self._database.write(keep)

    def answering(self, conversation_id: str) -> list[Answering]:
        rows = self._database.rows("conversations.answering", conversation_id=clean(conversation_id))
        return [Answering(row["holder"], row["silent_s"]) for row in rows]

    def stop(self, holder: str) -> None:
        def stop(session: Session) -> None:
            session.run("conversations.forget_all_repeated", holder=holder)
            session.run("conversations.stop", holder=holder)

        self._database.write(stop)


def _lock(session: Session, conversation_id: str, owner: str) -> bool:
    """Keep every other change of a conversation out until the transaction ends; False where there is none."""
    return session.row("conversations.lock", conversation_id=conversation_id, owner=owner) is not None


def _conversation_of(row: Row, turns: Sequence[Row] = ()) -> Conversation:
    return Conversation(
        conversation_id=row["conversation_id"],
        title=row["title"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        turn_count=row["turns"],
        turns=tuple(map(_turn_of, turns)),
    )


def _turn_of(row: Row) -> KeptTurn:
    own = {name: row[name] for name in _COLUMNS}
    return _adapter().validate_python({**json.loads(row["details"]), **own})


def _turn_before(row: Row) -> Turn:
    details = json.loads(row["details"])
    answer = "" if details.get("extracts") else row["text"]  # quotes are no answer to go on from
    return Turn(row["question"], answer, tuple(details.get("without", ())))


def _details(turn: KeptTurn) -> Any:
    return _plain(_adapter().dump_python(turn, exclude=_COLUMNS))


def _plain(value: Any) -> Any:
    """Return a value as JSON takes it; a path keeps the bytes that are no text, as escapes."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, str):
        return clean(value)
    return value if value is None or isinstance(value, int | float) else str(value)


@cache
def _adapter() -> TypeAdapter[KeptTurn]:
    return TypeAdapter(KeptTurn)


def _unknown(conversation_id: str) -> NotFoundError:
    return NotFoundError(
        f"there is no conversation {conversation_id}", "`twolane conversations list` shows those there are"
    )


def _unknown_turn(turn: NewTurn) -> NotFoundError:
    return NotFoundError(
        f"the conversation {turn.conversation_id} has no turn {turn.replaces} that could be replaced",
        "look at it again: it has been changed meanwhile",
    )
