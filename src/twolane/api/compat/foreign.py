"""What clients of other servers send: read leniently, and made a question with the turns before it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from twolane.answers import Turn
from twolane.api.compat.footnotes import without_footnotes
from twolane.api.schemas.asking import ANSWER_LIMIT_CHARS, QUESTION_LIMIT_CHARS
from twolane.errors import PromptTooLongError, SettingsError

MOST_TURNS = 50

# How Open WebUI begins what it asks on its own behalf, and the form in which it wants the answer.
_CHORE = re.compile(r"\s*### Task:\s")
_HISTORY, _HISTORY_END = "<chat_history>", "</chat_history>"
_CHORE_FORM = re.compile(r'\{\s*"(?P<key>\w+)"\s*:\s*(?P<list>\[)?')
_FIRST_QUESTION = re.compile(r"^[ \t]*USER:\s*(?P<question>\S.*)$", re.MULTILINE)
_TITLE_CHARS = 60


class Foreign(BaseModel):
    """What clients of other servers send; fields that mean nothing here are passed over."""

    model_config = ConfigDict(extra="ignore")


class MessagePart(Foreign):
    """A part of a message that is sent in parts."""

    type: str
    text: str | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one side of a conversation has said; the roles are those of OpenAI's and Ollama's APIs."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Chore:
    """What a client asks on its own behalf, such as a title of the conversation: answered without a model."""

    answer: str


@dataclass(frozen=True, slots=True)
class PutQuestion:
    """A question about the files, with the turns before it, oldest first."""

    question: str
    history: tuple[Turn, ...] = ()


def text_of_parts(content: str | Sequence[MessagePart] | None) -> str:
    """Return the text of a message. Raises `SettingsError` where it holds anything else."""
    if content is None or isinstance(content, str):
        return content or ""
    for part in content:
        if part.text is None and part.refusal is None:
            raise SettingsError(
                f"a message holds a part of type {part.type!r}, which is no text",
                "send text alone; files are read once they are added: twolane add FOLDER",
            )
    return "\n".join(part.text or part.refusal or "" for part in content)


def asked_by(said: Iterable[Utterance]) -> PutQuestion | Chore:
    """Return what the last of the user's messages asks.

    What a client says as the system or a tool is not read: the instructions of an answer are twolane's own.
    Of earlier turns that are longer than any here, such as a pasted document, the beginning is.
    Raises `SettingsError` and `PromptTooLongError`.
    """
    turns: list[Turn] = []
    question, answered = "", True
    for one in said:
        if one.role == "user":
            if not answered:
                turns.append(_turn(question, ""))
            question, answered = one.text.strip(), False
        elif one.role == "assistant" and not answered:
            turns.append(_turn(question, without_footnotes(one.text)))
            answered = True
    if answered and turns:  # the client wants an answer gone on with: it is given anew
        turns.pop()
    if not question:
        raise SettingsError("there is no question: no message of the user's holds text", "send one")
    if chore := chore_of(question):
        return chore
    if len(question) > QUESTION_LIMIT_CHARS:
        raise PromptTooLongError(
            f"the question has {len(question)} characters, {QUESTION_LIMIT_CHARS} may be sent",
            "ask in fewer words; documents are read once they are added: twolane add FOLDER",
        )
    return PutQuestion(question, tuple(turns[-MOST_TURNS:]))


def _turn(question: str, answer: str) -> Turn:
    return Turn(question[:QUESTION_LIMIT_CHARS], answer[:ANSWER_LIMIT_CHARS])


def chore_of(question: str) -> Chore | None:
    """Return the answer to what a client asks for itself: a title from the first question, nothing else."""
    task, _, rest = question.partition(_HISTORY)
    history, end, _ = rest.rpartition(_HISTORY_END)
    if not end or not _CHORE.match(task):
        return None
    first = _FIRST_QUESTION.search(history)
    title = first["question"].strip()[:_TITLE_CHARS] if first else ""
    forms = list(_CHORE_FORM.finditer(task))
    if not forms:
        return Chore(title)
    key, is_list = forms[-1]["key"], forms[-1]["list"]
    nothing: object = [] if is_list else ""
    return Chore(json.dumps({key: title if key == "title" else nothing}, ensure_ascii=False))
