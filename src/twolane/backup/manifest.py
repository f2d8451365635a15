"""The manifest of a backup as JSON: written whole, and read as a stranger's word."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

from twolane.backup.values import Manifest, Member, MemberKind
from twolane.errors import BackupError

FORMAT = 1
OWN_FOLDERS = ("uploads", "mail")  # beside the library: what exists nowhere else
_NAMES = {
    MemberKind.LIBRARY: re.compile(r"library\.db"),
    MemberKind.TAXONOMY: re.compile(r"taxonomy\.toml"),
    MemberKind.COPY: re.compile(r"copies/[0-9]{6,12}"),
    MemberKind.DOCUMENT: re.compile(r"documents/[0-9]{6,12}"),
}
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LIBRARY = re.compile(r"[0-9a-f]{8,64}")
_MOST = 1 << 62
DAMAGED = "take another backup: this one is not as it was written"


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return a manifest as JSON; paths are written as addresses are, for they need not be text."""
    value = {
        "format": manifest.format,
        "twolane": manifest.twolane,
        "schema": manifest.schema,
        "library": manifest.library,
        "made_at": manifest.made_at,
        "data_dir": _quoted(manifest.data_dir),
        "counts": manifest.counts,
        "left": manifest.left,
        "members": [
            {
                "name": member.name,
                "kind": member.kind.value,
                "path": _quoted(member.path),
                "size_bytes": member.size_bytes,
                "sha256": member.sha256,
                "mtime_ns": member.mtime_ns,
            }
            for member in manifest.members
        ],
    }
    return json.dumps(value, indent=1).encode()


def parsed_manifest(data: bytes) -> Manifest:
    """Return the manifest that JSON says. Raises `BackupError` for a newer format and for anything odd."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _odd("is no JSON") from error
    given = _SaidByManifest(value)
    number = given.number("format")
    if number > FORMAT:
        what = f"the backup has format {number}, and this twolane knows up to {FORMAT}"
        raise BackupError(what, "update twolane, then restore it")
    counts = given.values.get("counts")
    members = given.values.get("members")
    if not isinstance(counts, dict) or not isinstance(members, list):
        raise _odd("has no counts or no members")
    manifest = Manifest(
        number,
        given.text("twolane"),
        given.number("schema"),
        given.text("library", _LIBRARY),
        given.moment("made_at"),
        given.path("data_dir"),
        {name: _SaidByManifest(counts).number(name) for name in counts},
        tuple(_member(_SaidByManifest(each)) for each in members),
        given.number("left"),
    )
    _check(manifest)
    return manifest


def _member(given: _SaidByManifest) -> Member:
    kind = given.text("kind")
    if kind not in set(MemberKind):
        raise _odd(f"has a member of the unknown kind {kind!r}")
    return Member(
        given.text("name", _NAMES[MemberKind(kind)]),
        MemberKind(kind),
        given.path("path"),
        given.number("size_bytes"),
        given.text("sha256", _DIGEST),
        given.number("mtime_ns"),
    )


def _check(manifest: Manifest) -> None:
    names = {member.name for member in manifest.members}
    if len(names) != len(manifest.members):
        raise _odd("names a member twice")
    if len(manifest.of(MemberKind.LIBRARY)) != 1:
        raise _odd("has no library")
    for copy in manifest.of(MemberKind.COPY):
        if not any(manifest.data_dir / own in copy.path.parents for own in OWN_FOLDERS):
            raise _odd("has a copy that lay outside of the library's own folders")


class _SaidByManifest:
    """The values of one object of the JSON, each looked at before it is believed."""

    def __init__(self, values: Any) -> None:
        if not isinstance(values, dict):
            raise _odd("has something else where an object belongs")
        self.values: Mapping[str, Any] = values

    def text(self, name: str, pattern: re.Pattern[str] | None = None) -> str:
        value = self.values.get(name)
        if not isinstance(value, str) or (pattern and not pattern.fullmatch(value)):
            raise _odd(f"has no valid {name}")
        return value

    def number(self, name: str) -> int:
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MOST:
            raise _odd(f"has no valid {name}")
        return value

    def moment(self, name: str) -> float:
        value = self.values.get(name)
        if not isinstance(value, int | float) or not math.isfinite(value) or not 0 <= value < 1e11:
            raise _odd(f"has no valid {name}")
        return float(value)

    def path(self, name: str) -> Path:
        """Return an absolute path of which every part is a name, so that it leads nowhere else."""
        raw = unquote_to_bytes(self.text(name))
        path = Path(os.fsdecode(raw))
        if not path.is_absolute() and _is_of_another_system(raw):
            what = "the backup was made on another kind of system, whose paths mean nothing here"
            raise BackupError(what, "restore it on Windows if it was made there, else on Linux or macOS")
        if b"\0" in raw or not path.is_absolute() or ".." in path.parts:
            raise _odd(f"has no valid {name}")
        return path


def _is_of_another_system(raw: bytes) -> bool:
    text = os.fsdecode(raw)
    return PureWindowsPath(text).is_absolute() or PurePosixPath(text).is_absolute()


def _quoted(path: Path) -> str:
    return quote_from_bytes(os.fsencode(path))


def _odd(what: str) -> BackupError:
    return BackupError(f"the backup's manifest {what}", DAMAGED)
