"""Pages that Safari saved (webarchive): a list of properties with the page and its frames."""

from __future__ import annotations

import plistlib
from collections.abc import Iterator
from typing import Any
from xml.parsers.expat import ExpatError

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile, has_words
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.markup.html import decode_html, html_to_text, parse_html
from twolane.extract.readers.markup.page_data import state_page
from twolane.facts import TITLE, Origin

_LIMIT_BYTES = 64 << 20
_FRAMES, _FRAME_DEPTH = 50, 3
_FAILURES = (plistlib.InvalidFileException, ExpatError, ValueError, OverflowError, AttributeError)

FORMATS = (
    Format(
        "Webarchive",
        frozenset({"application/x-webarchive"}),
        frozenset({FilePart.BODY, FilePart.TABLES, FilePart.DESCRIPTIONS, FilePart.FIELDS}),
        frozenset({FilePart.HIDDEN}),
    ),
)


def read(source: SourceFile, draft: Draft) -> None:
    """Read the page and its frames as one page, as MHTML is read.

    Raises Refused where the list of properties is damaged or cut off.
    """
    try:
        archive = plistlib.loads(source.head(_LIMIT_BYTES))
    except (*_FAILURES, RecursionError) as error:
        raise Refused(ReadStatus.DAMAGED, "its list of properties is damaged or cut off") from error
    texts: list[str] = []
    for number, markup in enumerate(_pages(archive, 0)):
        draft.check_time()
        if number >= _FRAMES:
            draft.unread("some of its many frames")
            break
        page = html_to_text(markup, is_over=draft.out_of_time)
        draft.leave_out(page.hidden)
        if has_words(page.text):
            texts.append(page.text.strip("\n"))
        if number == 0:
            draft.title = page.title
            draft.state(TITLE, page.title, Origin.PAGE)
            if (tree := parse_html(markup)) is not None:
                state_page(tree, draft)
    draft.add("\n\n".join(texts))


def _pages(archive: Any, depth: int) -> Iterator[str]:
    """Yield the HTML of an archive and of the archives within it, which are its frames."""
    if not isinstance(archive, dict) or depth > _FRAME_DEPTH:
        return
    main = archive.get("WebMainResource")
    data = main.get("WebResourceData") if isinstance(main, dict) else None
    if isinstance(main, dict) and isinstance(data, bytes):
        yield decode_html(data, str(main.get("WebResourceTextEncodingName") or ""))
    frames = archive.get("WebSubframeArchives")
    for frame in frames if isinstance(frames, list) else ():
        yield from _pages(frame, depth + 1)
