"""What kept conversations quote of documents: it goes with these, and the questions and answers stay."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from twolane.store.nouns.titles import name_by
from twolane.store.paths import fold
from twolane.store.session import Row, Session

_PAGE = 200  # turns that are looked at together
_QUOTED = ("text", "heading", "place", "title", "correspondent", "amount")


def forget_quotes(session: Session, documents: Collection[str], *, whole: bool = False) -> None:
    """Take what was quoted of documents out of all conversations; the turns themselves where `whole`.

    An answer that is made of quotes alone goes in any case.
    """
    gone = frozenset(documents)
    if not gone:
        return
    changed = set()
    for row in _turns(session):
        details = json.loads(row["details"])
        if not cited(details) & gone:
            continue
        if whole:
            session.run("quotes.drop_turn", turn_id=row["turn_id"])
            changed.add(row["conversation_id"])
        else:
            session.run("quotes.save", _without(row, details, gone))
    for conversation_id in sorted(changed):
        session.run("quotes.drop_empty", conversation_id=conversation_id)
        first = session.row("quotes.first_question", conversation_id=conversation_id)
        if first is not None:
            name_by(session, conversation_id, first["question"])


def lost_quotes(session: Session, details: Any) -> Any:
    """Return an answer's details without what is quoted of documents that were taken out meanwhile."""
    documents = cited(details)
    rows = session.rows("quotes.taken_out", documents=sorted(documents)) if documents else ()
    gone = {row["document"] for row in rows}
    return unquoted(details, gone) if gone else details


def cited(details: Any) -> set[str]:
    """Return the documents that anything within an answer's details is of."""
    if isinstance(details, Mapping):
        own = details.get("document")
        return ({own} if isinstance(own, str) and own else set()).union(*map(cited, details.values()))
    if isinstance(details, list):
        return set().union(*map(cited, details))
    return set()


def unquoted(details: Any, gone: Collection[str]) -> Any:
    """Return an answer's details without what is quoted of documents; their names and places stay."""
    if isinstance(details, list):
        return [unquoted(part, gone) for part in details]
    if not isinstance(details, Mapping):
        return details
    told = {name: unquoted(part, gone) for name, part in details.items()}
    passage = told.get("passage")
    if isinstance(passage, Mapping) and passage.get("document") in gone and "value" in told:
        told["value"] = ""
    if told.get("document") in gone:
        told |= {name: "" for name in _QUOTED if name in told}
    return told


def _without(row: Row, details: Mapping[str, Any], gone: Collection[str]) -> dict[str, Any]:
    text = "" if details.get("extracts") else row["text"]
    return {
        "turn_id": row["turn_id"],
        "text": text,
        "folded": fold(f"{row['question']}\n{text}"),
        "details": json.dumps(unquoted(details, gone)),
    }


def _turns(session: Session) -> Iterator[Row]:
    after = ""
    while rows := session.rows("quotes.turns", after=after, limit=_PAGE):
        yield from rows
        after = rows[-1]["turn_id"]
