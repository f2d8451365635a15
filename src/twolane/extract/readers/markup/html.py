"""HTML to text as a reader sees it: blocks on lines, rows of tables by tabs, nothing run or fetched."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from twolane.extract.base import Draft, SourceFile
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.charsets import is_ascii_name
from twolane.extract.readers.markup import css
from twolane.extract.readers.markup.page_data import state_page
from twolane.extract.readers.markup.page_writer import PageWriter
from twolane.extract.readers.text import decode
from twolane.facts import TITLE, Origin

_HTML_LIMIT_BYTES = 48 << 20
# The parser's tree takes about 35 times the bytes of its markup.
_TREE_LIMIT_CHARS = 12 << 20
# Deep nesting costs the parser time that grows with the square: past this only the tags are taken out.
_DEPTH_LIMIT = 1500
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})([^<>]{0,10000}?)(/?)>")
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)
_STYLE = re.compile(r"""\sstyle\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.I)
# Past this a style sheet costs more time than a page is worth: its selectors are looked for one by one.
_SHEET_CHARS, _STYLED_CHARS = 200_000, 2 << 20
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source"}
    | {"track", "wbr"}
)
_CLOSES_ITSELF = frozenset({"p", "li", "tr", "td", "th", "dt", "dd", "option", "thead", "tbody", "tfoot"})
_CODE = frozenset({"script", "style"})
# What a row of a table is not, but only how a page is laid out
_LAYOUT = "table, td h1, td h2, td h3"
_FRAME_DEPTH = 2
# XML ends an element so; HTML does not, and takes all that follows for a part of it.
_SELF_CLOSED = re.compile(
    r"<(title|script|style|textarea|iframe|noscript|xmp|select|a|b|i|div|span|p|h[1-6]|li|td|em|strong)"
    r"(\s[^<>]{0,2000})?/>",
    re.I,
)
_XHTML, _XHTML_CHARS = "http://www.w3.org/1999/xhtml", 2000

FORMATS = (
    Format(
        "HTML",
        frozenset({"text/html"}),
        frozenset(
            {FilePart.BODY, FilePart.TABLES, FilePart.FIELDS, FilePart.DESCRIPTIONS, FilePart.NUMBERING}
            | {FilePart.CHANGES, FilePart.HEADERS}
        ),
        frozenset({FilePart.HIDDEN}),
    ),
)
_TIME_CHECK = 10_000  # elements


@dataclass(frozen=True, slots=True)
class PageText:
    """The title and the text of a page, and the text that it hides from everybody."""

    title: str
    text: str
    hidden: str = ""


def read(source: SourceFile, draft: Draft) -> None:
    """Read a page of HTML as one page."""
    data = source.head(_HTML_LIMIT_BYTES)
    draft.share = min(1.0, len(data) / max(1, source.size_bytes))
    if draft.share < 1:
        draft.cut = f"HTML is read up to {_HTML_LIMIT_BYTES >> 20} MiB"
    markup = decode_html(data)
    tree = parse_html(markup)
    if tree is None:
        draft.note("too long or too deeply nested to keep its structure")
        page = _without_tags(markup)
        draft.leave_out(page.hidden)
        draft.add(page.text)
        return
    page = _tree_text(tree, is_over=draft.out_of_time)
    if draft.cut:
        draft.share *= min(0.99, len(page.text) / len(markup))
    draft.title = draft.title or page.title
    state_page(tree, draft)
    draft.state(TITLE, page.title, Origin.PAGE)
    draft.leave_out(page.hidden)
    draft.add(page.text)


def decode_html(data: bytes, told: str = "") -> str:
    """Decode by byte order mark, UTF-8, what a header told, or the encoding that the page itself names."""
    declared = _CHARSET.search(data[:4096])
    named = declared.group(1).decode("ascii") if declared else ""
    return decode(data, told if told and not is_ascii_name(told) else named or told)[0]


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


def _without_tags(markup: str) -> PageText:
    """Return what is between the tags, leaving out scripts, styles and what is hidden, in one pass."""
    shown: list[str] = []
    left_out: list[str] = []
    at, hidden, depth = 0, "", 0  # the tag that began what is hidden, and how many of its name are open
    for match in _TAG.finditer(markup):
        text, at = markup[at : match.start()], match.end()
        name = match.group(2).lower()
        if not hidden:
            shown.append(text)
            if not match.group(1) and name not in _VOID and _hides_by_itself(name, match.group(3)):
                hidden, depth = name, 1
            continue
        if hidden not in _CODE:
            left_out.append(text)
        if name == hidden and not match.group(4):
            depth += -1 if match.group(1) else 1
            hidden = hidden if depth else ""
    (left_out if hidden and hidden not in _CODE else shown).append("" if hidden in _CODE else markup[at:])
    return PageText("", *(_SPACES.sub(" ", unescape(" ".join(parts))) for parts in (shown, left_out)))


def _hides_by_itself(name: str, attributes: str) -> bool:
    if name in _CODE:
        return True
    style = _STYLE.search(attributes)
    said = css.declarations(unescape(style[1] or style[2] or "")) if style else {}
    # what is around it is not known here, and so no ground but its own
    return css.hides(said) or not css.TextLook(ground=None).within(said).is_seen


def parse_html(markup: str) -> Any:
    """Return the tree of a page, or None where its size or depth would cost too much."""
    if len(markup) > _TREE_LIMIT_CHARS or too_deep(markup):
        return None
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    if _XHTML in markup[:_XHTML_CHARS] or markup.lstrip()[:5] == "<?xml":
        markup = _SELF_CLOSED.sub(r"<\1\2></\1>", markup)

    try:
        return LexborHTMLParser(markup.encode("utf-8", "replace").decode("utf-8").replace("\0", ""))
    except SelectolaxError:
        return None


def html_to_text(markup: str, depth: int = 0, is_over: Callable[[], bool] = bool) -> PageText:
    """Return the title and the text of a page or a part of one; `depth` counts the pages around it."""
    tree = parse_html(markup)
    return _without_tags(markup) if tree is None else _tree_text(tree, depth, is_over)


def _tree_text(tree: Any, depth: int = 0, is_over: Callable[[], bool] = bool) -> PageText:
    def within(markup: str) -> tuple[str, str]:
        page = html_to_text(markup, depth + 1, is_over) if depth < _FRAME_DEPTH else PageText("", "")
        return page.text, page.hidden

    title = tree.css_first("head > title")
    writer = PageWriter(*_styles(tree), _layout(tree), within)
    if tree.body is not None:
        writer.stand_within(tree.body.parent)
        _walk(tree.body, writer, is_over)
    name = " ".join(title.text().split()) if title is not None else ""
    return PageText(name, writer.text(), writer.hidden())


def _layout(tree: Any) -> frozenset[int]:
    """Return the ids of all that has a table or a heading in it: such rows only lay out a page."""
    found: set[int] = set()
    for node in tree.css(_LAYOUT):
        around = node.parent
        while around is not None and around.mem_id not in found:
            found.add(around.mem_id)
            around = around.parent
    return frozenset(found)


def _styles(tree: Any) -> tuple[dict[int, dict[str, str]], css.TextLook]:
    """Return what a page's style sheets say of its elements by their ids, and the look that it begins with.

    A script opens what a sheet folds away, and a sheet elsewhere may give any ground: then only what an
    element says of itself counts.
    """
    sheet = "\n".join(style.text() for style in tree.css("style"))
    is_known = tree.css_first("script, link[rel~=stylesheet]") is None and len(sheet) <= _SHEET_CHARS
    if not is_known or (sheet and tree.html is not None and len(tree.html) > _STYLED_CHARS):
        return {}, css.TextLook(ground=None)
    found: dict[int, dict[str, str]] = defaultdict(dict)
    rules = list(css.rules(sheet)) if css.may_hide(sheet) else []
    opened = css.opened(rules)
    for selector, said in sorted(rules, key=lambda rule: css.weight(rule[0])):
        for node in _selected(tree, selector):
            found[node.mem_id] |= {name: value for name, value in said.items() if name not in opened}
    return found, css.TextLook()


def _selected(tree: Any, selector: str) -> Sequence[Any]:
    from selectolax.lexbor import SelectolaxError

    if ":" in selector:  # a state, such as what the mouse is on, or a place beside the text
        return ()
    try:
        return list(tree.css(selector))
    except (SelectolaxError, ValueError):
        return ()


def _walk(root: Any, writer: PageWriter, is_over: Callable[[], bool]) -> None:
    """Visit the tree without recursion, for its depth is the file's choice, until the time is over."""
    node, root_id = root, root.mem_id  # comparing nodes themselves would compare their whole markup
    for count in itertools.count(1):
        if count % _TIME_CHECK == 0 and is_over():
            return
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
