"""The library's values, read from what a server shows, and its filters, written as the API asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from twolane.documents import EVERYTHING, Classification, FileRecord, Filter, FoundPassage
from twolane.errors import SettingsError
from twolane.facts import FieldCondition

Json = Mapping[str, Any]

_CLASSIFICATION = TypeAdapter(Classification)
_FILE = TypeAdapter(FileRecord)
_PARAMETERS = {
    "categories": "category",
    "only_categories": "only_category",
    "states": "state",
    "languages": "language",
    "correspondents": "correspondent",
    "tags": "tag",
    "kinds": "kind",
    "folders": "folder",
}


def classification_of(data: Json) -> Classification:
    """Return a decision as a server shows it. Raises `ValueError`."""
    return _CLASSIFICATION.validate_python(data)


def file_of(data: Json) -> FileRecord:
    """Return a file as a server shows it. Raises `ValueError`."""
    sender = data.get("correspondent") or {}
    known = {
        **data,
        "added_at": datetime.fromisoformat(data["added_at"]).timestamp(),
        "correspondent": sender.get("name", ""),
        "correspondent_id": sender.get("correspondent_id", 0),
    }
    return _FILE.validate_python(known)


def passage_of(data: Json) -> FoundPassage:
    """Return a passage as far as a server shows it: its number in the index stays there.

    Raises `KeyError` where file, page or text are not shown.
    """
    dated_at = data.get("dated_at")
    return FoundPassage(
        passage_id=0,
        document=data.get("document", ""),
        path=Path(data["path"]),
        title=data.get("title", ""),
        page=data["page"],
        text=data.get("text", ""),
        heading=data.get("heading", ""),
        place=data.get("place", f"page {data['page']}"),
        score=data.get("score", 0.0),
        ocr=data.get("ocr", False),
        start=data.get("start", 0),
        end=data.get("end", 0),
        dated_at=date.fromisoformat(dated_at) if dated_at else None,
        language=data.get("language", ""),
    )


def query_of(within: Filter) -> dict[str, Any]:
    """Return the parameters that ask a server for a part of its library.

    Raises `SettingsError` for what the API cannot ask for: owners and single documents.
    """
    query: dict[str, Any] = {}
    for field in fields(Filter):
        value = getattr(within, field.name)
        if value == getattr(EVERYTHING, field.name):
            continue
        match field.name:
            case name if name in _PARAMETERS:
                query[_PARAMETERS[name]] = [str(one) for one in value]
            case "name":
                query["text"] = value
            case "dated_from" | "dated_to":
                query[field.name] = value.isoformat()
            case "with_copies":
                query["copies"] = "true"
            case "fields":
                query["field"] = [text for one in value for text in _conditions(one)]
            case name:
                raise SettingsError(
                    f"a server cannot be asked for {name} alone", "leave that out of the filter"
                )
    return query


def _conditions(condition: FieldCondition) -> list[str]:
    if condition.least == condition.most:
        return [f"{condition.field}={condition.least}"]
    return [
        f"{condition.field}{sign}{bound}"
        for sign, bound in ((">=", condition.least), ("<=", condition.most))
        if bound
    ]
