"""HTML to text as a reader sees it: blocks on lines, rows of tables by tabs, nothing run or fetched."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from twolane.extract.base import Draft, SourceFile
from twolane.extract.readers.text import decode

_HTML_LIMIT_BYTES = 48 << 20
# The parser's tree takes about 35 times the bytes of its markup.
_TREE_LIMIT_CHARS = 12 << 20
# Deep nesting costs the parser time that grows with the square: past this only the tags are taken out.
_DEPTH_LIMIT = 1500
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})([^<>]{0,10000}?)(/?)>")
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])", re.I
)
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source"}
    | {"track", "wbr"}
)
_CLOSES_ITSELF = frozenset({"p", "li", "tr", "td", "th", "dt", "dd", "option", "thead", "tbody", "tfoot"})
_SKIPPED = frozenset(
    {"script", "style", "template", "noscript", "svg", "math", "object", "iframe", "select", "head"}
)
_LINE_BLOCKS = frozenset(
    {"div", "li", "tr", "dt", "dd", "figcaption", "address", "form", "fieldset", "legend", "option", "header"}
    | {"footer", "nav", "aside", "main", "article", "section", "caption", "summary", "details", "center"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_APART_BLOCKS = _HEADINGS | {"p", "ul", "ol", "dl", "table", "blockquote", "pre", "hr", "figure"}


def read(source: SourceFile, draft: Draft) -> None:
    """Read a page of HTML as one page."""
    data = source.head(_HTML_LIMIT_BYTES)
    draft.share = min(1.0, len(data) / max(1, source.size_bytes))
    if draft.share < 1:
        draft.cut = f"HTML is read up to {_HTML_LIMIT_BYTES >> 20} MiB"
    markup = decode_html(data)
    if _is_unfit(markup):
        draft.note("too long or too deeply nested to keep its structure")
    title, text = html_to_text(markup)
    draft.title = draft.title or title
    draft.add(text)


def decode_html(data: bytes) -> str:
    """Decode by byte order mark, UTF-8, or the encoding that the page's meta element names."""
    declared = _CHARSET.search(data[:4096])
    return decode(data, declared.group(1).decode("ascii") if declared else "")[0]


def too_deep(markup: str) -> bool:
    """Say whether open tags pile up beyond what a parser should be given."""
    depth = 0
    for match in _TAG.finditer(markup):
        name = match.group(2).lower()
        if name in _VOID or name in _CLOSES_ITSELF or match.group(4):
            continue
        depth = max(0, depth - 1) if match.group(1) else depth + 1
        if depth > _DEPTH_LIMIT:
            return True
    return False


def _is_unfit(markup: str) -> bool:
    return len(markup) > _TREE_LIMIT_CHARS or too_deep(markup)


def _without_tags(markup: str) -> str:
    """Return what is between the tags, leaving out scripts and styles, in one pass."""
    parts: list[str] = []
    at, hidden = 0, ""
    for match in _TAG.finditer(markup):
        if not hidden:
            parts.append(markup[at : match.start()])
        name = match.group(2).lower()
        if name in {"script", "style"}:
            hidden = "" if match.group(1) else name
        at = match.end()
    parts.append("" if hidden else markup[at:])
    return _SPACES.sub(" ", unescape(" ".join(parts)))


def html_to_text(markup: str) -> tuple[str, str]:
    """Return the title and the text of a page or a part of one."""
    if _is_unfit(markup):
        return "", _without_tags(markup)
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    try:
        tree = LexborHTMLParser(markup.encode("utf-8", "replace").decode("utf-8").replace("\0", ""))
    except SelectolaxError:
        return "", _without_tags(markup)
    title = tree.css_first("head > title")
    writer = _TextWriter()
    if tree.body is not None:
        _walk(tree.body, writer)
    return (" ".join(title.text().split()) if title is not None else ""), writer.text()


def _walk(root: Any, writer: _TextWriter) -> None:
    """Visit the tree without recursion: its depth is the file's choice."""
    node, root_id = root, root.mem_id  # comparing nodes themselves would compare their whole markup
    while True:
        child = node.child if writer.enter(node) else None
        if child is not None:
            node = child
            continue
        writer.leave(node)
        while node.mem_id != root_id and node.next is None and node.parent is not None:
            node = node.parent
            writer.leave(node)
        if node.mem_id == root_id or node.next is None:
            return
        node = node.next


class _TextWriter:
    """Collects text with the line ends that blocks call for."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._ends = "\n\n"  # the line ends, space or tab that the text written so far ends in
        self._preformatted = 0
        self._cells = 0

    def text(self) -> str:
        return "".join(self._parts)

    def enter(self, node: Any) -> bool:
        """Write what comes before a node's children; returns whether they are to be visited."""
        tag = node.tag
        if tag == "-text":
            self._write(node.text_content or "")
            return False
        if tag in _SKIPPED or _is_hidden(node):
            return False
        if tag == "br":
            self._break(1)
        elif tag == "pre":
            self._preformatted += 1
        elif tag == "img":
            self._write(" " + (node.attributes.get("alt") or "") + " ")
        elif tag in {"td", "th"}:
            self._cells += 1
            if self._ends not in {"\n", "\n\n"}:
                self._append("\t", "\t")
        self._break_around(tag)
        if tag == "li":
            self._append("- ", " ")
        elif tag in _HEADINGS and not self._cells:
            self._append("#" * int(tag[1]) + " ", " ")
        elif tag in {"input", "textarea"} and node.attributes.get("type") not in {"hidden", "password"}:
            self._write(" " + (node.attributes.get("value") or "") + " ")
        return True

    def leave(self, node: Any) -> None:
        """Write what comes after a node's children."""
        tag = node.tag
        if tag == "pre":
            self._preformatted = max(0, self._preformatted - 1)
        elif tag in {"td", "th"}:
            self._cells = max(0, self._cells - 1)
        if tag not in _SKIPPED:
            self._break_around(tag)

    def _break_around(self, tag: str) -> None:
        if self._cells and tag not in {"tr", "table"}:
            if tag in _LINE_BLOCKS or tag in _APART_BLOCKS:
                self._write(" ")
        elif tag in _APART_BLOCKS:
            self._break(2)
        elif tag in _LINE_BLOCKS:
            self._break(1)

    def _break(self, count: int) -> None:
        if self._cells and count == 1:
            self._write(" ")
            return
        have = len(self._ends) if self._ends.startswith("\n") else 0
        if have < count:
            self._append("\n" * (count - have), "\n" * count)

    def _write(self, text: str) -> None:
        if self._preformatted:
            if text:
                self._append(text, "\n" if text.endswith("\n") else "")
            return
        text = _SPACES.sub(" ", text)
        if self._ends:
            text = text.lstrip(" ")
        if text:
            self._append(text, " " if text.endswith(" ") else "")

    def _append(self, text: str, ends: str) -> None:
        self._parts.append(text)
        self._ends = ends


def _is_hidden(node: Any) -> bool:
    if not node.is_element_node:
        return bool(node.is_comment_node)
    attributes = node.attributes
    if not attributes:
        return False
    return "hidden" in attributes or bool(_HIDDEN_STYLE.search(attributes.get("style") or ""))
