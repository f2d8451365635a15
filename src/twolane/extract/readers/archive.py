"""Archives are not unpacked; those that carry a document are opened under limits that are checked first."""

from __future__ import annotations

import re
import zipfile

from twolane.documents import ReadStatus
from twolane.extract.base import Refused, SourceFile

_MEMBER_LIMIT = 20_000
_TOTAL_LIMIT_BYTES = 1 << 30
# Deflate ends near 1000:1. Real documents stay under 100:1 in all; small ones may pass it and do no harm.
_RATIO_LIMIT = 200
_RATIO_FREE_BYTES = 48 << 20
# A tree of small elements takes up to twelve times the bytes of its XML.
PART_LIMIT_BYTES = 64 << 20
_ENTITY = re.compile(rb"<!ENTITY\s")
_7Z_AES = b"\x06\xf1\x07\x01"


def stored_mimetype(package: zipfile.ZipFile) -> str:
    """Return what an ODF or EPUB package says it is, or the empty string."""
    try:
        info = package.getinfo("mimetype")
        if info.file_size > 200 or info.flag_bits & 0x1:
            return ""
        return package.read(info).decode("ascii", "replace").strip()
    except (KeyError, zipfile.BadZipFile, OSError, NotImplementedError, EOFError):
        return ""


def refuse(source: SourceFile, words: str) -> Refused:
    """Return the refusal for content that no reader reads."""
    if words.startswith("a 7z") and _has_7z_encryption(source):
        return Refused(ReadStatus.ENCRYPTED, "a 7z archive protected by a password")
    hint = ": unpack it and add the files in it" if words.endswith("archive") else ""
    return Refused(ReadStatus.UNSUPPORTED, f"{words}{hint}")


def _has_7z_encryption(source: SourceFile) -> bool:
    source.file.seek(max(0, source.size_bytes - 65_536))
    return _7Z_AES in source.file.read(65_536)


def open_package(source: SourceFile) -> zipfile.ZipFile:
    """Open a document that is a ZIP package, after its directory has passed the limits.

    Raises Refused with TOO_LARGE for bombs and with ENCRYPTED where a part needs a password.
    """
    source.file.seek(0)
    package = zipfile.ZipFile(source.file)
    infos = package.infolist()
    total = sum(info.file_size for info in infos)
    problem = ""
    if len(infos) > _MEMBER_LIMIT:
        problem = f"it holds {len(infos):,} parts, more than {_MEMBER_LIMIT:,}"
    elif total > _TOTAL_LIMIT_BYTES:
        problem = f"it would unpack to {total >> 20:,} MiB, more than {_TOTAL_LIMIT_BYTES >> 20:,}"
    elif total > _RATIO_FREE_BYTES and total > _RATIO_LIMIT * source.size_bytes:
        problem = f"it would unpack to {total // max(1, source.size_bytes)} times its size"
    if problem:
        package.close()
        raise Refused(ReadStatus.TOO_LARGE, f"refused before unpacking: {problem}")
    if any(info.flag_bits & 0x1 for info in infos):
        package.close()
        raise Refused(ReadStatus.ENCRYPTED, "protected by a password")
    for info in infos:
        if "\\" in info.filename:  # as some programs on Windows write their folders
            info.filename = info.filename.replace("\\", "/")
            package.NameToInfo.setdefault(info.filename, info)
    return package


def read_part(package: zipfile.ZipFile, name: str, limit_bytes: int = PART_LIMIT_BYTES) -> bytes:
    """Return one part's bytes; never more than the directory declared.

    Raises KeyError where there is none, and Refused with TOO_LARGE beyond the limit.
    """
    info = package.getinfo(name)
    if info.file_size > limit_bytes:
        raise Refused(
            ReadStatus.TOO_LARGE,
            f"its part {name} has {info.file_size >> 20:,} MiB, more than {limit_bytes >> 20:,}",
        )
    return package.read(info)


def refuse_entities(package: zipfile.ZipFile) -> None:
    """Raise Refused when an XML part defines entities: no office program writes them, bombs do."""
    for info in package.infolist():
        if info.filename.endswith((".xml", ".rels")) and info.file_size:
            with package.open(info) as part:
                if _ENTITY.search(part.read(4096)):
                    raise Refused(
                        ReadStatus.TOO_LARGE,
                        f"refused: its part {info.filename} defines entities, as bombs do",
                    )
