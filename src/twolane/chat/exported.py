"""A conversation as a file: Markdown with its sources as footnotes, under a name that is safe."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime

from twolane.answers import CatalogueRow, Conversation, KeptTurn, Source, TurnState
from twolane.documents import display_path
from twolane.system.names import is_reserved

_MOST_NAME_CHARS = 60
_CODE_OR_MARK = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]*`)|\[(\d+)\]", re.DOTALL)
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
_STATES = {TurnState.STOPPED: "stopped", TurnState.ANSWERING: "not finished", TurnState.ERROR: "error"}


def markdown(whole: Conversation) -> str:
    """Return a conversation as Markdown: what was asked and answered, and the files and pages it rests on."""
    parts = [f"# {_plain(whole.title) or 'Conversation'}", *(_turn(turn) for turn in whole.turns)]
    notes = "\n".join(note for turn in whole.turns for note in _footnotes(turn))
    return "\n\n".join([*parts, notes] if notes else parts) + "\n"


def file_name(title: str) -> str:
    """Return a title as a file's name without ending, safe on every system."""
    letters = "".join(char if _is_safe(char) else " " for char in unicodedata.normalize("NFC", title))
    name = "-".join(letters.split())[:_MOST_NAME_CHARS].strip("-.")
    return "conversation" if not name or is_reserved(name) else name


def _is_safe(char: str) -> bool:
    return char.isalnum() or char in "-_" or unicodedata.category(char) in {"Mn", "Mc"}


def _turn(turn: KeptTurn) -> str:
    lines = [f"## {_plain(turn.question)}", f"*{_moment(turn.asked_at)}{_state(turn)}*"]
    if turn.full_question and turn.full_question != turn.question:
        lines.append(f"*Searched for: {_plain(turn.full_question)}*")
    if turn.text:
        lines.append(_noted(turn))
    if turn.refusal and turn.refusal.reason != turn.text:
        lines.append(_plain(turn.refusal.reason))
    if turn.catalogue:
        lines.append("\n".join(_row(row) for row in turn.catalogue.rows))
    if turn.error:
        lines.append(f"*{_plain(turn.error.what)}*")
    return "\n\n".join(line for line in lines if line)


def _state(turn: KeptTurn) -> str:
    state = _STATES.get(turn.state, "")
    return f" · {state}" if state else ""


def _noted(turn: KeptTurn) -> str:
    """Return an answer whose citations are footnotes; what stands in code is none."""
    known = {source.number for source in turn.sources}

    def note(found: re.Match[str]) -> str:
        cites = found[2] is not None and int(found[2]) in known
        return f"[^{turn.number}-{found[2]}]" if cites else found[0]

    return _CODE_OR_MARK.sub(note, _told(turn))


def _told(turn: KeptTurn) -> str:
    """Return an answer's text, without the files that it lists where they follow as rows."""
    if not turn.catalogue:
        return turn.text
    return "\n".join(line for line in turn.text.splitlines() if not line.startswith("- "))


def _footnotes(turn: KeptTurn) -> Iterator[str]:
    cited = {citation.number for citation in turn.citations}
    cited |= {int(found[2]) for found in _CODE_OR_MARK.finditer(_told(turn)) if found[2]}
    for source in turn.sources:
        if source.number in cited:
            yield f"[^{turn.number}-{source.number}]: {_place(source)}"


def _place(source: Source) -> str:
    path = source.passage.path
    name, whole = _plain(display_path(path.name)), _plain(display_path(path))
    return f"{', '.join(filter(None, (name, _plain(source.passage.place))))} ({whole})"


def _row(row: CatalogueRow) -> str:
    told = (row.dated_at and row.dated_at.isoformat(), row.correspondent, row.amount, row.place)
    return f"- {', '.join(_plain(str(part)) for part in (display_path(row.path), *told) if part)}"


def _plain(text: str) -> str:
    """Return a text in one line, in which nothing is Markdown."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%Y-%m-%d %H:%M}"
