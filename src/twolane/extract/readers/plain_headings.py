"""Headings of plain texts, marked as in Markdown: underlined ones, and those of AsciiDoc, Org and TeX."""

from __future__ import annotations

import re

_UNDERLINES = frozenset("=-~^\"'`#*+:.<>_")
_FENCE = re.compile(r"^[ ]{0,3}(?:```|~~~)")
_LEADS = {
    "adoc": re.compile(r"(?m)^(={1,6})[ \t]+(?=\S)"),
    "asciidoc": re.compile(r"(?m)^(={1,6})[ \t]+(?=\S)"),
    "org": re.compile(r"(?m)^(\*{1,6})[ \t]+(?=\S)"),
}
_TEX = re.compile(r"(?m)^[ \t]*\\(part|chapter|section|subsection|subsubsection)\*?\{([^{}\n]{1,300})\}")
_TEX_LEVELS = {"part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4}
_NO_HEADING = re.compile(r"^(?:[#>|]|[-*+] |\d+[.)] |.*\|)")
_LEVEL_LIMIT = 6
_LINE_CHARS = 200


def with_marks(text: str, extension: str) -> str:
    """Return a text whose headings are marked, as its extension says that they are written."""
    if extension in _LEADS:
        return _LEADS[extension].sub(lambda found: "#" * len(found[1]) + " ", text)
    if extension == "tex":
        return _TEX.sub(lambda found: f"{'#' * _TEX_LEVELS[found[1]]} {found[2]}", text)
    if extension == "rst":
        return _underlined(text, {})
    if extension in {"md", "markdown"}:
        return _underlined(text, {"=": 1, "-": 2})
    return text


def _underlined(text: str, levels: dict[str, int]) -> str:
    """Return a text in which underlined lines are marked; without `levels` these come as they are met."""
    is_open = not levels  # reStructuredText: each new sign is a level below the last
    lines = text.split("\n")
    found: list[str] = []
    is_code = False
    for line in lines:
        is_code ^= bool(_FENCE.match(line)) and not is_open
        sign = line.strip()[:1]
        is_rule = (
            bool(sign) and sign in _UNDERLINES and set(line.rstrip()) == {sign} and len(line.rstrip()) > 2
        )
        if (
            is_code
            or not is_rule
            or not _may_be_heading(found, is_open)
            or (not is_open and sign not in levels)
        ):
            found.append(line)
            continue
        if is_open:
            levels.setdefault(sign, min(len(levels) + 1, _LEVEL_LIMIT))
        found[-1] = f"{'#' * levels[sign]} {found[-1].strip()}"
        if is_open and len(found) > 1 and set(found[-2].rstrip()) == {sign}:
            del found[-2]  # a line above the heading, too
    return "\n".join(found)


def _may_be_heading(lines: list[str], has_overlines: bool) -> bool:
    """Say whether the last line stands alone, as a heading does."""
    if not lines or not lines[-1].strip() or len(lines[-1]) > _LINE_CHARS or _NO_HEADING.match(lines[-1]):
        return False
    before = lines[-2].strip() if len(lines) > 1 else ""
    return not before or (has_overlines and len(set(before)) == 1 and before[0] in _UNDERLINES)
