"""What is signed and packed by CMS (S/MIME, P7M, CAdES; RFC 5652): opened where it is not encrypted."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from dataclasses import dataclass

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile
from twolane.extract.declared import FilePart, Format

_LIMIT_BYTES = 96 << 20
_UNPACKED_BYTES = 64 << 20
_MIME = re.compile(rb"\A(?:[A-Za-z-]{2,40}:[^\n]*\n(?:[ \t][^\n]*\n)*){0,20}?Content-[A-Za-z-]+:", re.I)
_ENCRYPTED = frozenset({"enveloped_data", "authenticated_enveloped_data", "encrypted_data"})

FORMATS = (
    Format(
        "P7M",
        frozenset({"application/pkcs7-mime"}),
        frozenset({FilePart.BODY, FilePart.ATTACHMENTS}),
    ),
)


@dataclass(frozen=True, slots=True)
class Seal:
    """What a sealed part holds: its content, or that it is encrypted, or that it only signs another."""

    content: bytes = b""
    is_encrypted: bool = False
    is_signature: bool = False


def read(source: SourceFile, draft: Draft) -> None:
    """Read the file within a signed one."""
    data = source.head(_LIMIT_BYTES)
    draft.share = min(1.0, len(data) / max(1, source.size_bytes))
    seal = opened(data)
    if seal.is_encrypted:
        raise Refused(ReadStatus.ENCRYPTED, "encrypted by S/MIME for whoever has its key")
    if seal.is_signature:
        raise Refused(ReadStatus.UNSUPPORTED, "a signature without what it signs")
    if not seal.content:
        raise Refused(ReadStatus.DAMAGED, "its signed content is damaged")
    name = re.sub(r"(?i)\.p7[ms]$", "", source.name)
    if _MIME.match(seal.content[:4000]):
        name += ".eml"
    draft.read_within([SourceFile.of(seal.content, name)])
    draft.notes = [note.replace(f"attachment {name}", "what was signed") for note in draft.notes]


def opened(data: bytes) -> Seal:
    """Return what CMS holds; nothing where it is damaged."""
    from asn1crypto import cms

    try:
        outer = cms.ContentInfo.load(_bare(data))
        for _ in range(3):
            kind = outer["content_type"].native
            if kind in _ENCRYPTED:
                return Seal(is_encrypted=True)
            if kind == "signed_data":
                content = outer["content"]["encap_content_info"]["content"]
                held = bytes(content) if content.native is not None else b""
                return Seal(held, is_signature=not held)
            if kind != "compressed_data":
                return Seal()
            held = _unpacked(bytes(outer["content"]["encap_content_info"]["content"]))
            if not held.startswith(b"\x30"):
                return Seal(held)
            outer = cms.ContentInfo.load(held)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, zlib.error, RecursionError):
        return Seal()
    return Seal()


def _bare(data: bytes) -> bytes:
    """Return the bytes of CMS without an armour of letters."""
    if data.startswith(b"\x30"):
        return data
    lines = (line for line in data.splitlines() if not line.startswith(b"-----"))
    try:
        return base64.b64decode(b"".join(lines))
    except (binascii.Error, ValueError):
        return data


def _unpacked(data: bytes) -> bytes:
    return zlib.decompressobj().decompress(data, _UNPACKED_BYTES)
