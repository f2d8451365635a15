"""What people decided on a document, kept while it is out of the library, and decided again when it comes in.

It was taken out before, or decided in another program from which it comes.

Nothing of its text is kept beyond the values themselves: of words that a person marked only the place is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from twolane.documents import Classification, Decision, Page, Tier
from twolane.facts import FieldSource, FieldValue, TextSpan
from twolane.store.index import Index
from twolane.store.nouns.decisions import DecisionTableWriter
from twolane.store.nouns.fields import FieldTableWriter
from twolane.store.nouns.tags import TagTableWriter
from twolane.store.session import Row, Session
from twolane.store.taken_out import DecidedElsewhere

_REASON = "a person decided, before it was taken out of the library"


def decided_text(session: Session, document_id: int) -> str:
    """Return what people decided on a document as a text, "" where they did not."""
    decision = session.row("removals.decided", document_id=document_id)
    fields = session.rows("removals.decided_fields", document_id=document_id)
    tags = session.rows("removals.tags", document_id=document_id)
    kept: dict[str, Any] = {}
    if decision is not None:
        kept["category"] = [decision["category"], decision["decided_by"]]
    if fields:
        kept["fields"] = [_kept_field(row) for row in fields]
    if tags:
        kept["tags"] = [[row["tag"], row["tagged_by"]] for row in tags]
    return json.dumps(kept) if kept else ""


def elsewhere_text(decided: DecidedElsewhere) -> str:
    """Return what people decided in another program as a text, "" where they did not."""
    kept: dict[str, Any] = {}
    if decided.category is not None:
        kept["category"] = [decided.category, decided.by]
    if decided.fields:
        kept["fields"] = [
            {"field": field, "value": value, "place": [0, 0, 0], "label": 0, "chars": 0, "by": decided.by}
            for field, value in decided.fields.items()
        ]
    if decided.tags:
        kept["tags"] = [[tag, decided.by] for tag in decided.tags]
    return json.dumps(kept | {"reason": f"a person decided, in {decided.by}"}) if kept else ""


def is_newer(kept: str, elsewhere: str) -> bool:
    """Say whether what is kept counts more than what was decided in another program, or is just that."""
    return kept == elsewhere or bool(kept and "reason" not in json.loads(kept))


def bring_back(
    session: Session, index: Index, document_id: int, document: str, pages: Sequence[Page]
) -> None:
    """Decide on a document that has come in what people decided before, unless they have decided since."""
    left = session.rows("removals.away", document=document)
    if not left:
        return
    text = next((row["decision"] for row in left if row["decision"]), "")
    kept = json.loads(text) if text else {}
    reason = kept.get("reason", _REASON)
    if "category" in kept and session.row("removals.decided", document_id=document_id) is None:
        category, by = kept["category"]
        made = Classification(category, 1.0, Tier.PERSON, reason)
        DecisionTableWriter(session, index).decide(document, Decision(made, by))
    fields = kept.get("fields", ())
    since = session.rows("removals.decided_fields", document_id=document_id) if fields else ()
    decided = {row["field"] for row in since}
    for field in fields:
        if field["field"] not in decided:
            value = _field_of(field, pages, reason)
            FieldTableWriter(session, index).decide_field(document, value, field["by"])
    for tag, by in kept.get("tags", ()):
        TagTableWriter(session, index).tag(document, tag, by)
    session.run("removals.come_back", document=document)


def _kept_field(row: Row) -> dict[str, Any]:
    return {
        "field": row["field"],
        "value": row["value"],
        "place": [row["page"], row["start_char"], row["end_char"]],
        "label": len(row["before_words"]),
        "chars": row["chars"] or 0,  # of its page: another reading of it may say it elsewhere
        "by": row["decided_by"],
    }


def _field_of(kept: dict[str, Any], pages: Sequence[Page], reason: str) -> FieldValue:
    number, start, end = kept["place"]
    page = next((page for page in pages if page.number == number and len(page.text) == kept["chars"]), None)
    value = FieldValue(kept["field"], kept["value"], 1.0, FieldSource.PERSON, reason=reason)
    if page is None:
        return value
    label = page.text[:start].rstrip()[-kept["label"] :] if kept["label"] else ""
    return FieldValue(
        value.field,
        value.value,
        1.0,
        FieldSource.PERSON,
        words=page.text[start:end],
        place=TextSpan(number, start, end),
        reason=reason,
        before=label,
    )
