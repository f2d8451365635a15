"""The titles of conversations: of their first question, where no person has given one."""

from __future__ import annotations

from twolane.store.paths import fold
from twolane.store.session import Session
from twolane.text.full_text import clean

_MOST_TITLE_CHARS = 80


def title_of(question: str) -> str:
    """Return a question as the title of its conversation: one line, cut at a word where it is long."""
    line = " ".join(clean(question).split())
    if len(line) <= _MOST_TITLE_CHARS:
        return line
    at_word = line[:_MOST_TITLE_CHARS].rpartition(" ")[0]
    # in scripts without spaces any place will do
    head = at_word if len(at_word) > _MOST_TITLE_CHARS // 2 else line[: _MOST_TITLE_CHARS - 1]
    return f"{head.rstrip()}…"


def titled(title: str) -> dict[str, str]:
    """Return a title as its columns have it."""
    title = " ".join(clean(title).split())
    return {"title": title, "folded_title": fold(title)}


def name_by(session: Session, conversation_id: str, question: str) -> None:
    """Name a conversation by a question, unless a person has named it."""
    values = titled(title_of(question))
    session.run("conversations.name_by_question", values, conversation_id=conversation_id)
