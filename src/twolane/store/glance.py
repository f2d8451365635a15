"""Names of a library on SQLite, read at a glance: for a shell that completes a word, and nothing else.

It opens no store, for that alone takes longer than a person waits for a word; and it changes nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from enum import StrEnum
from pathlib import Path

_MOST = 5_000
_WAIT_S = 0.2


class NameKind(StrEnum):
    """What has names in a library."""

    CATEGORY = "category"
    FIELD = "field"
    CORRESPONDENT = "correspondent"
    TAG = "tag"
    LANGUAGE = "language"
    PLAN = "plan"
    CONVERSATION = "conversation"
    TOKEN = "token"  # noqa: S105 - no password
    USER = "user"
    GROUP = "group"


_NAMES = {
    NameKind.CORRESPONDENT: "SELECT name FROM correspondents ORDER BY name LIMIT :most",
    NameKind.TAG: "SELECT DISTINCT tag FROM document_tags ORDER BY tag LIMIT :most",
    NameKind.LANGUAGE: "SELECT DISTINCT language FROM documents WHERE language <> '' ORDER BY 1 LIMIT :most",
    NameKind.PLAN: "SELECT name FROM plans ORDER BY plan_id DESC LIMIT :most",
    NameKind.CONVERSATION: "SELECT conversation_id FROM conversations ORDER BY updated_at DESC LIMIT :most",
    NameKind.TOKEN: "SELECT name FROM tokens WHERE revoked_at = 0 ORDER BY name LIMIT :most",
    NameKind.USER: "SELECT name FROM users ORDER BY name LIMIT :most",
    NameKind.GROUP: "SELECT DISTINCT group_name FROM group_members ORDER BY 1 LIMIT :most",
}
_TAXONOMY = "SELECT categories FROM taxonomies ORDER BY version_id DESC LIMIT 1"


def names_in(library: Path, kind: NameKind) -> list[str]:
    """Return the names of a kind in a library's file; none where it is no library."""
    if not library.is_file():
        return []
    try:
        opened = sqlite3.connect(f"{library.absolute().as_uri()}?mode=ro", uri=True, timeout=_WAIT_S)
        with closing(opened) as connection:
            return _names(connection, kind)
    except (sqlite3.Error, ValueError):
        return []


def _names(connection: sqlite3.Connection, kind: NameKind) -> list[str]:
    if kind in _NAMES:
        return [str(name) for [name] in connection.execute(_NAMES[kind], {"most": _MOST})]
    row = connection.execute(_TAXONOMY).fetchone()
    categories = json.loads(row[0]) if row else []
    read: Callable[[dict[str, object]], list[str]] = _fields if kind is NameKind.FIELD else _id
    return list(dict.fromkeys(name for one in categories for name in read(one)))


def _id(category: dict[str, object]) -> list[str]:
    return [str(category["id"])]


def _fields(category: dict[str, object]) -> list[str]:
    fields = category.get("fields")
    return [str(one["id"]) for one in fields if "id" in one] if isinstance(fields, list) else []
