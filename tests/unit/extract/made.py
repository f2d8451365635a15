"""Small files of many formats, made on the fly."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

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
