"""Documents of Word that were saved as one XML file."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from twolane.extract.readers.markup.xml import attribute, local

_MOST_PARTS = 5000


def word_package(root: Any, data: bytes) -> bytes:
    """Return a document of Word as the package that it would else be, or nothing of another file."""
    if local(root) == "wordDocument":  # of 2003, whose elements have the names of today
        return _zipped({"word/document.xml": data, "word/styles.xml": _inner(root.find("{*}styles"))})
    if local(root) != "package":
        return b""
    parts = [one for one in root if local(one) == "part"][:_MOST_PARTS]
    names = {attribute(one, "name").lstrip("/"): _inner(one.find("{*}xmlData/*")) for one in parts}
    return _zipped(names) if "word/document.xml" in names else b""


def _inner(element: Any) -> bytes:
    from lxml import etree

    return b"" if element is None else bytes(etree.tostring(element, encoding="utf-8", with_tail=False))


def _zipped(parts: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            if content and name:
                package.writestr(name, content)
    return data.getvalue()
