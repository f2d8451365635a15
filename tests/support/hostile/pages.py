"""Hostile pages, books and texts: nesting without end, huge numbers, and rules that would never end."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.unit.extract.made import zipped

_TEXT = "<p>A letter that a person wrote about the lease of the mill.</p>"


def page(body: str, head: str = "") -> bytes:
    head = f"<head><title>A page</title>{head}</head>"
    return f"<!doctype html><html>{head}<body>{_TEXT}{body}</body></html>".encode()


def nested_tables(count: int) -> bytes:
    deep = min(count, 3000)
    return page("<table><tr><td rowspan=65534 colspan=1000>x" * deep)


def spans(count: int) -> bytes:
    return page(
        f"<table>{'<tr><td rowspan=65534 colspan=1000>x<td colspan=1000 rowspan=65534>y' * count}</table>"
    )


def lists(count: int) -> bytes:
    starts = (2**63, -(2**63), 10**30, "x", 3_999_999)
    kinds = ("1", "i", "I", "a", "A")
    rows = (
        f'<ol type={kinds[at % 5]} start="{starts[at % 5]}"><li>x<li value=9999999999999>y</ol>'
        for at in range(count)
    )
    return page("".join(rows))


def nested_lists(count: int) -> bytes:
    return page("<ul><li>x" * min(count, 5000))


def ruby(count: int) -> bytes:
    return page("<ruby>a<rt>" * min(count, 5000) + "<ruby>漢<rp>(</rp><rt>kan</rt></ruby>" * count)


def options(count: int) -> bytes:
    return page(f"<select multiple>{'<option selected>one' * count}</select>")


def hidden(count: int) -> bytes:
    """Return countless pieces that nobody sees."""
    return page("<span style='display:none'>unseen</span> " * count + "<div hidden>" * min(count, 3000))


def rules(count: int) -> bytes:
    """Return rules of style that match everything, in every way, for countless elements."""
    style = "".join(f"a b c d e.x{at} > * ~ * + *:not(:hover){{display:none}}" for at in range(count))
    imports = "@import url(a);" * count + "@media " + "(" * count
    return page("<a><b><c><d><e class=x1>" * 1000, f"<style>{style}</style><style>{imports}</style>")


def properties(count: int) -> bytes:
    """Return values that refer to each other, and braces that never close."""
    style = ":root{" + "".join(f"--a{at}:var(--a{at + 1}) var(--a{at + 1});" for at in range(count)) + "}"
    return page(
        "<p style='display:var(--a0)'>x",
        f"<style>{style}p{{color:{'calc(' * count}</style><style>{'{' * count}",
    )


def data(count: int) -> bytes:
    """Return data for machines that nests."""
    nested = "[" * count + "]" * count
    return page("", f'<script type="application/ld+json">{nested}</script>' * 3)


def attributes(count: int) -> bytes:
    return page(f"<p {' '.join(f'a{at}=x' for at in range(count))}>x</p>" + "<x " * count)


def entities(count: int) -> bytes:
    return page("&#x110000;&#0;&#xD800;&nosuch;&" * count + "&lt" * count)


def comments(count: int) -> bytes:
    return page("<!--" * count + "-->" + "<![CDATA[" * count + "<?" * count)


def svg_loop(count: int) -> bytes:
    uses = "".join(
        f'<g id="g{at}"><use href="#g{at + 1}"/><use href="#g{at + 1}"/></g>' for at in range(count)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{uses}<text>The lease</text></svg>'.encode()


def frames(count: int) -> bytes:
    inner = "&lt;p&gt;x&lt;/p&gt;" * 10
    return page(f'<iframe srcdoc="{inner}"></iframe><template>{"<template>" * min(count, 3000)}' * 2)


def deep_xml(count: int) -> bytes:
    return b"<?xml version='1.0'?>" + b"<a>" * count + b"text" + b"</a>" * count


def entity_xml(_: int) -> bytes:
    laughs = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><a>&l9;</a>'.encode()


def space_xml(count: int) -> bytes:
    names = " ".join(f'xmlns:n{at}="urn:{at}"' for at in range(count))
    return f'<?xml version="1.0"?><a {names}>text</a>'.encode()


def plist(count: int) -> bytes:
    head = (
        b'<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" ""><plist version="1.0">'
    )
    return head + b"<array>" * count + b"<string>x</string>" + b"</array>" * count + b"</plist>"


def spine(count: int) -> bytes:
    """Return a book whose order names one chapter countless times."""
    chapter = f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{_TEXT}</body></html>'
    order = '<itemref idref="c"/>' * count
    items = '<item id="c" href="c.xhtml" media-type="application/xhtml+xml"/>'
    package = f'<package xmlns="http://www.idpf.org/2007/opf"><manifest>{items}</manifest><spine>{order}</spine></package>'
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
            '<rootfiles><rootfile full-path="o.opf" media-type="application/oebps-package+xml"/></rootfiles>'
            "</container>",
            "o.opf": package,
            "c.xhtml": chapter,
        }
    )


def notebook(count: int) -> bytes:
    return b'{"cells": ' + b"[" * count + b"]" * count + b', "nbformat": 4}'


def markdown(count: int) -> bytes:
    return (
        b"# A title\n"
        + b">" * count
        + b"[" * count
        + b"\n"
        + b"|a" * count
        + b"\n"
        + b"*_" * count
        + b"![](" * count
    )


def marks(count: int) -> bytes:
    """Return letters under countless marks, in both directions, and nothing else."""
    return ("a" + "\u0301" * count + "\u202e" * count + "\U000e0041" * count + "\u00ad\n" * count).encode()


def escapes(count: int) -> bytes:
    return b"Log of the mill\n" + b"\x1b[" * count + b"\x1b]" * count + b"\x1b[31mred" * count


_PAGES = (
    nested_tables, spans, lists, nested_lists, ruby, options, hidden, rules, properties, data, attributes,
    entities, comments, frames,
)  # fmt: skip
FILES: Mapping[str, Callable[[int], bytes]] = {
    **{f"{make.__name__}.html": make for make in _PAGES},
    **{f"{make.__name__}.xml": make for make in (deep_xml, entity_xml, space_xml, plist)},
    "svg_loop.svg": svg_loop,
    "spine.epub": spine,
    "notebook.ipynb": notebook,
    "markdown.md": markdown,
    **{f"{make.__name__}.txt": make for make in (marks, escapes)},
}
