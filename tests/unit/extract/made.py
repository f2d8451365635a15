"""Small files of many formats, made on the fly."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from typing import Any

WORD_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return data.getvalue()


def raw_docx(body: str, doctype: str = "") -> bytes:
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f'{doctype}<w:document xmlns:w="{WORD_NS}"><w:body>{body}</w:body>'
            "</w:document>",
        }
    )


def ole(streams: dict[str, bytes]) -> bytes:
    """Return a compound file: one sector chain a stream, each long enough to need no mini stream."""
    chains = [content.ljust(4096, b"\0") for content in streams.values()]
    chains = [content + bytes(-len(content) % 512) for content in chains]
    directory = _entry("Root Entry", 5, child=1 if streams else _FREE, start=_END, size=0)
    at = 1 + -(-(len(streams) + 1) // 4)
    for number, (name, content) in enumerate(zip(streams, chains, strict=True), 1):
        right = number + 1 if number < len(streams) else _FREE
        directory += _entry(name, 2, right=right, start=at, size=len(content))
        at += len(content) // 512
    directory = directory.ljust(512 * (-(-len(directory) // 512)), b"\0")
    fat, place = [_FAT], 1
    for content in (directory, *chains):
        count = len(content) // 512
        fat += [*range(place + 1, place + count), _END]
        place += count
    assert len(fat) <= 128
    table = struct.pack("<128I", *fat, *[_FREE] * (128 - len(fat)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    return header + table + directory + b"".join(chains)


def _entry(
    name: str, kind: int, right: int = _FREE, child: int = _FREE, start: int = 0, size: int = 0
) -> bytes:
    encoded = name.encode("utf-16-le")
    return (
        encoded.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(encoded) + 2, kind, 1, _FREE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def doc(text: str, flags: int = 0, **stories: str) -> bytes:
    """Return a Word 97 file whose text lies in two pieces, one of bytes and one of UTF-16.

    The stories that follow the text: footnotes, heads, comments, endnotes, boxes. `first_head` says where
    the heads begin, and with `lists` it has a table of lists.
    """
    names = ("footnotes", "heads", "comments", "endnotes", "boxes")
    others = [stories.get(name, "") for name in names]
    counts = [len(text), *map(len, others), 0] if stories else [0] * 7
    text += "".join(others)
    half = len(text) // 2
    first, second = text[:half].encode("cp1252"), text[half:].encode("utf-16-le")
    word = bytearray(0x800) + first + second
    struct.pack_into("<HH", word, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", word, 0x0A, flags)
    struct.pack_into("<3I4x4I", word, 0x4C, *counts)
    places = struct.pack("<3I", 0, half, len(text))
    pieces = struct.pack("<HIH", 0, 0x4000_0000 | (0x800 * 2), 0) + struct.pack("<HIH", 0, 0x800 + half, 0)
    clx = b"\x02" + struct.pack("<I", len(places + pieces)) + places + pieces
    if "lists" in stories:
        struct.pack_into("<II", word, 0x9A + 8 * 73, 0, 4)
    if "first_head" in stories:
        struct.pack_into("<II", word, 0x9A + 8 * 11, len(clx), 32)
        clx += struct.pack("<8I", *[0] * 6, int(stories["first_head"]), 99)
    struct.pack_into("<II", word, 0x01A2, 0, len(clx))
    return ole({"WordDocument": bytes(word), "0Table": clx})


def ppt(slides: list[list[str]]) -> bytes:
    """Return a PowerPoint 97 file with an outline of slides."""
    atoms = b""
    for texts in slides:
        atoms += struct.pack("<HHI", 0, 1011, 20) + bytes(20)
        for text in texts:
            data = text.encode("utf-16-le")
            atoms += struct.pack("<HHI", 0, 4000, len(data)) + data
    listing = struct.pack("<HHI", 0xF, 4080, len(atoms)) + atoms
    document = struct.pack("<HHI", 0xF, 1000, len(listing)) + listing
    return ole({"PowerPoint Document": document, "Current User": bytes(64)})


def pdf(pages: list[list[str]], title: str = "", password: str = "", owner: str = "") -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    lock = StandardEncryption(password, owner or "owner", canPrint=0) if password or owner else None
    data = io.BytesIO()
    canvas = Canvas(data, encrypt=lock)
    canvas.setTitle(title)
    for lines in pages:
        for number, line in enumerate(lines):
            canvas.drawString(50, 780 - 16 * number, line)
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def picture(text: str = "", size: tuple[int, int] = (1200, 400), kind: str = "PNG") -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", size, 255)
    if text:
        ImageDraw.Draw(image).text((60, 120), text, fill=0, font=ImageFont.load_default(56))
    data = io.BytesIO()
    image.save(data, kind)
    return data.getvalue()


def nested_forms(depth: int) -> bytes:
    """Return a small PDF whose page draws a form that draws another one twice, and so on."""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>",
        _stream("", "/F Do"),
    ]
    for level in range(depth):
        inner = f"/Resources<</XObject<</F {len(objects) + 2} 0 R>>>>" if level < depth - 1 else ""
        drawn = "/F Do /F Do" if inner else "0 0 1 1 re f"
        objects.append(_stream(f"/Type/XObject/Subtype/Form/BBox[0 0 600 800]{inner}", drawn))
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("ascii")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\n"
    return data + f"{end}startxref\n{len(data)}\n%%EOF".encode("ascii")


def _stream(entries: str, content: str) -> str:
    return f"<<{entries}/Length {len(content)}>>\nstream\n{content}\nendstream"


def stored(tree: Mapping[str, object]) -> bytes:
    """Return a compound file of folders and streams, each long enough to need no mini stream."""
    entries: list[list[Any]] = [["Root Entry", 5, _FREE, _FREE, _END, 0]]
    contents: list[bytes] = []
    owners: list[int] = []

    def add(parent: int, folder: Mapping[str, object]) -> None:
        last = 0
        for name, content in folder.items():
            number = len(entries)
            is_stream = isinstance(content, bytes)
            entries.append([name, 2 if is_stream else 1, _FREE, _FREE, 0, 0])
            entries[last or parent][2 if last else 3] = number
            last = number
            if isinstance(content, bytes):
                padded = content.ljust(4096, b"\0")
                owners.append(number)
                contents.append(padded + bytes(-len(padded) % 512))
            elif isinstance(content, Mapping):
                add(number, content)

    add(0, tree)
    directory_sectors = -(-len(entries) // 4)
    sectors = directory_sectors + sum(len(content) // 512 for content in contents)
    tables = -(-sectors // 127)
    fat, place = [_FAT] * tables, tables
    for owner, count in [
        (0, directory_sectors),
        *zip(owners, (len(one) // 512 for one in contents), strict=True),
    ]:
        if owner:
            entries[owner][4], entries[owner][5] = place, count * 512
        fat += [*range(place + 1, place + count), _END]
        place += count
    directory = b"".join(
        _entry(str(name), int(kind), int(right), int(child), int(start), int(size))
        for name, kind, right, child, start, size in entries
    ).ljust(512 * directory_sectors, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<5H6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, tables, 0, 4096, _END, 0, _END, 0
    )
    header += struct.pack("<109I", *range(tables), *[_FREE] * (109 - tables))
    table = struct.pack(f"<{128 * tables}I", *fat, *[_FREE] * (128 * tables - len(fat)))
    return header + table + directory + b"".join(contents)


def msg_folder(
    properties: Mapping[int, str | bytes | int],
    folders: Mapping[str, Mapping[str, object]] | None = None,
    offset: int = 32,
) -> dict[str, object]:
    """Return the folder of an Outlook item: texts, bytes, and numbers (a number beyond 32 bits is a time)."""
    head = bytes(offset)
    found: dict[str, object] = {}
    for number, value in properties.items():
        if isinstance(value, int):
            kind, shown = (
                (0x40, struct.pack("<Q", value)) if value >> 32 else (3, struct.pack("<II", value, 0))
            )
        else:
            kind = 0x1F if isinstance(value, str) else 0x102
            data = value.encode("utf-16-le") if isinstance(value, str) else value
            shown = struct.pack("<II", len(data), 0)
            found[f"__substg1.0_{number:04X}{kind:04X}"] = data
        head += struct.pack("<HHI", kind, number, 6) + shown
    return {"__properties_version1.0": head, **found, **(folders or {})}


def tnef(attributes: list[tuple[int, bytes]]) -> bytes:
    """Return a winmail.dat of attributes by their numbers."""
    data = b"\x78\x9f\x3e\x22\x01\0"
    for number, value in attributes:
        data += (
            struct.pack("<BHHI", 1, number, 6, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)
        )
    return data


def mapi(properties: list[tuple[int, int, bytes]]) -> bytes:
    """Return properties of TNEF, as (number, kind, value), each of a kind that has a length."""
    data = struct.pack("<I", len(properties))
    for number, kind, value in properties:
        data += struct.pack("<HHII", kind, number, 1, len(value)) + value + bytes(-len(value) % 4)
    return data


def signed(content: bytes, kind: str = "signed_data") -> bytes:
    """Return content packed as signed (CMS), without a signature, or an empty packet that is encrypted."""
    from asn1crypto import cms, core

    if kind != "signed_data":
        enveloped = {
            "version": "v0",
            "recipient_infos": [],
            "encrypted_content_info": {
                "content_type": "data",
                "content_encryption_algorithm": {"algorithm": "aes256_cbc", "parameters": bytes(16)},
                "encrypted_content": b"secret",
            },
        }
        return bytes(cms.ContentInfo({"content_type": "enveloped_data", "content": enveloped}).dump())
    inner = (
        {"content_type": "data", "content": core.OctetString(content)}
        if content
        else {"content_type": "data"}
    )
    packed: dict[str, Any] = {
        "version": "v1",
        "digest_algorithms": [],
        "encap_content_info": inner,
        "signer_infos": [],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": packed}).dump())
