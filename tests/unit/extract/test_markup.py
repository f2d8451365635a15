"""HTML, XML, EPUB and RTF: the text that a reader sees, and nothing expanded, fetched or run."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.extract.conftest import Read
from tests.unit.extract.made import zipped

from twolane.documents import ReadStatus


def test_html_as_a_reader_sees_it(read: Read) -> None:
    # given
    data = b"""<html><head><title>Fees  2024</title><style>p{}</style></head><body><h2>Fees</h2>
        <p>One <b>bold</b>
        word.</p>After<ul><li>first<li>second</ul><script>document.write('ran')</script>
        <table><tr><td>a<td><p>b</p><p>c</p><tr><td>d<td>e</table>
        <div style="display: none">hidden</div><pre>x
  y</pre><img alt="Logo of Marlowe" src="http://127.0.0.1:9/x"></body></html>"""

    # when
    reading = read(data, "x.html")

    # then
    assert reading.title == "Fees 2024"
    assert reading.text == (
        "## Fees\n\nOne bold word.\n\nAfter\n\n- first\n- second\n\na\tb c\nd\te\n\nx\n  y\n\n"
        "Picture: Logo of Marlowe"
    )


@pytest.mark.parametrize("unit", ["<div>", "<div><b><i>", "<table><tr><td>", "<p>", "<li>"])
def test_nesting_without_end_still_gives_the_text(read: Read, unit: str) -> None:
    # when
    reading = read(b"<html>" + unit.encode() * 30_000 + b"the text", "x.html")

    # then
    assert reading.text.strip("- \n\t").endswith("the text")


def test_tags_are_taken_out_with_their_scripts(read: Read) -> None:
    # given
    data = b"<html>" + b"<div>" * 2000 + b"a &amp; b<script>if (1<2) ran()</script> c"

    # when
    reading = read(data, "x.html")

    # then
    assert reading.text.split() == ["a", "&", "b", "c"]
    assert "structure" in reading.note


def test_html_says_its_own_charset(read: Read) -> None:
    # when
    reading = read("<meta charset='iso-8859-2'><p>Zażółć gęślą jaźń".encode("iso-8859-2"), "x.html")

    # then
    assert reading.text == "Zażółć gęślą jaźń"


def test_xml_keeps_what_its_names_say(read: Read) -> None:
    # when
    reading = read(
        b'<?xml version="1.0"?><i:invoice xmlns:i="u"><i:total currency="EUR">12</i:total></i:invoice>', "x"
    )

    # then
    assert reading.text == "total currency=EUR: 12"


def test_xml_opens_no_other_file(read: Read, tmp_path: Path) -> None:
    # given
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret", "utf-8")
    data = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]><x>before &e; after</x>'
    )

    # when
    reading = read(data.encode(), "x.xml")

    # then
    assert "secret" not in reading.text


def test_entities_that_multiply_are_refused(read: Read) -> None:
    # given
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))

    # when
    reading = read(
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">{levels}]><x>&a9;</x>'.encode(), "x.xml"
    )

    # then
    assert reading.status is ReadStatus.TOO_LARGE


def test_a_book_has_a_page_a_chapter(read: Read) -> None:
    # given
    parts = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfile full-path="o/b.opf"/></container>',
        "o/b.opf": (
            '<package xmlns:dc="u"><metadata><dc:title>The Quarry</dc:title></metadata><manifest>'
            '<item id="b" href="two%20.xhtml"/><item id="a" href="one.xhtml"/>'
            '<item id="c" href="cover.xhtml"/>'
            '</manifest><spine><itemref idref="c"/><itemref idref="a"/><itemref idref="b"/></spine></package>'
        ),
        "o/cover.xhtml": "<html><body><img/></body></html>",
        "o/one.xhtml": "<html><body><h1>Beginning</h1><p>It began.</p></body></html>",
        "o/two .xhtml": "<html><body><h1>End</h1><p>It ended.</p></body></html>",
    }

    # when
    reading = read(zipped(parts), "x.epub")

    # then
    assert reading.title == "The Quarry"
    assert [page.label for page in reading.pages] == ["Beginning", "End"]


def test_rtf(read: Read) -> None:
    # when
    reading = read(rb"{\rtf1\ansi\ansicpg1252 Caf\'e9 {\b bold}\par next}", "x.doc")

    # then
    assert reading.text == "Café bold\nnext"


def test_rtf_of_braces_alone(read: Read) -> None:
    # when
    reading = read(b"{\\rtf1 " + b"{" * 30_000 + b"text" + b"}" * 30_000 + b"}", "x.rtf")

    # then
    assert reading.text == "text"
