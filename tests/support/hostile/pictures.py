"""Hostile pictures: sizes that no memory holds, loops of pages, and frames without end."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, content: bytes, *more: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + b"".join(more)
        + chunk(b"IDAT", zlib.compress(content))
        + chunk(b"IEND", b"")
    )


def thin(count: int) -> bytes:
    return png(1, min(count * 1000, 1_000_000_000), b"\0\0" * count)


def wide(count: int) -> bytes:
    return png(min(count * 1000, 1_000_000_000), 1, b"\0" * count)


def texts(count: int) -> bytes:
    """Return a picture with countless remarks that unpack to much more."""
    remark = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"word " * 100_000))
    return png(10, 10, b"\0\0\0" * 10, remark * min(count, 2000))


def tiff_loop(_: int) -> bytes:
    """Return a picture whose second page is the first."""
    tags = ((256, 4, 1, 1), (257, 4, 1, 1), (258, 3, 1, 1), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8),
            (277, 3, 1, 1), (278, 4, 1, 1), (279, 4, 1, 1))  # fmt: skip
    page = (
        struct.pack("<H", len(tags))
        + b"".join(struct.pack("<HHII", *tag) for tag in tags)
        + struct.pack("<I", 8)
    )
    return b"II*\0\x08\0\0\0" + page


def tiff_pages(count: int) -> bytes:
    """Return a picture of countless pages."""
    data, at = b"", 8
    tags = ((256, 4, 1, 1), (257, 4, 1, 1), (258, 3, 1, 1), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8),
            (277, 3, 1, 1), (278, 4, 1, 1), (279, 4, 1, 1))  # fmt: skip
    page = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
    size = len(page) + 4
    data = b"".join(page + struct.pack("<I", at + size * (number + 1)) for number in range(count))
    return b"II*\0\x08\0\0\0" + data + struct.pack("<H", 0) + bytes(4)


def tiff_tags(count: int) -> bytes:
    tags = b"".join(
        struct.pack("<HHII", 256 + at % 60_000, 2, 0x7FFFFFFF, 8) for at in range(min(count, 65_000))
    )
    return b"II*\0\x08\0\0\0" + struct.pack("<H", min(count, 65_000)) + tags + bytes(4)


def frames(count: int) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02\x44\x01\0"
    return head + frame * count + b";"


def small(kind: str) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (16, 16), "white").save(file, kind)
    return file.getvalue()


def wavelets(_: int) -> bytes:
    """Return a JPEG 2000 that says it is as large as a city."""
    data = small("JPEG2000")
    at = data.index(b"\xff\x51") + 6
    return data[:at] + struct.pack(">II", 0x7FFFFFFF, 0x7FFFFFFF) + data[at + 8 :]


def webp(_: int) -> bytes:
    head = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + b"\xff\xff\xff" * 2
    frame = b"ANMF" + struct.pack("<I", 24) + bytes(24)
    body = b"WEBP" + head + frame * 10_000
    return b"RIFF" + struct.pack("<I", len(body)) + body


def scan_sizes(count: int) -> bytes:
    """Return a JPEG that says it is larger than it is, and repeats its scans."""
    data = small("JPEG")
    at = data.index(b"\xff\xc0") + 5
    data = data[:at] + struct.pack(">HH", 65535, 65535) + data[at + 4 :]
    scan = data[data.index(b"\xff\xda") : -2]
    return data[:-2] + scan * count + data[-2:]


FILES: Mapping[str, Callable[[int], bytes]] = {
    **{f"{make.__name__}.png": make for make in (thin, wide, texts)},
    **{f"{make.__name__}.tiff": make for make in (tiff_loop, tiff_pages, tiff_tags)},
    "frames.gif": frames,
    "wavelets.jp2": wavelets,
    "webp.webp": webp,
    "scan_sizes.jpg": scan_sizes,
}
