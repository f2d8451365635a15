"""Pages of HTML: forms, lists, tables and pictures as a person sees them; nothing run together or lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.extract.conftest import Read

CASES = Path(__file__).parents[2] / "data" / "cases"


def body(read: Read, markup: str) -> str:
    return read(f"<!DOCTYPE html><html><body>{markup}</body></html>".encode(), "x.html").text


def test_a_saved_order_is_read_as_it_was_filled_in(read: Read) -> None:
    """khoj and open-webui: saved pages of shops lost what was chosen (E25)."""
    # when
    reading = read((CASES / "E25" / "Order 5512 _ Shop.html").read_bytes(), "Order 5512 _ Shop.html")

    # then
    assert "Delivery Courier [x] Gift wrap\nLeave at the bakery" in reading.text
    assert "Brunnengasse 5" in reading.text
    assert "Lamp\tBlue\t39,90\nLamp\tGreen\t41,90" in reading.text
    assert "Hidden promo" not in reading.text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Pay <select><option>Card<option selected>Überweisung</select>", "Pay Überweisung"),
        ("Size <select><option>Small<option>Large</select>", "Size Small"),
        (
            "<select multiple><option selected>Öl<option>Gas<option selected>Holz</select>",
            "Öl, Holz",
        ),
        ("<select multiple><option>Öl<option>Gas</select>None", "None"),
        ("<input type=radio> Barzahlung <input type=radio checked> Rechnung", "[ ] Barzahlung [x] Rechnung"),
        ("Nom <input value='Lefèvre'><input type=hidden value=t0k3n>", "Nom Lefèvre"),
        ("PIN <input type=password value=4711>", "PIN"),
        ("Note<textarea>przy piekarni</textarea>", "Note\nprzy piekarni"),
        ("<input type=image alt='Search' src=x>", "Search"),
    ],
)
def test_forms_show_what_is_filled_in(read: Read, markup: str, text: str) -> None:
    assert body(read, markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<ol start=4><li>a<li value=9>b<li>c</ol>", "4. a\n9. b\n10. c"),
        ("<ol reversed><li>a<li>b</ol>", "2. a\n1. b"),
        ("<ol type=a><li>x<li>y</ol>", "a. x\nb. y"),
        ("<ol type=I start=4><li>x</ol>", "IV. x"),
        ("<ol style='list-style-type: lower-roman'><li>x<li>y</ol>", "i. x\nii. y"),
        ("<ol><li>a<ul><li>b</ul><li>c</ol>", "1. a\n\n  - b\n\n2. c"),
        ("<ol style='list-style-type:none'><li>§ 1</ol>", "- § 1"),
        ("<ol type=a start=27><li>x</ol>", "aa. x"),
    ],
)
def test_lists_have_the_numbers_that_are_shown(read: Read, markup: str, text: str) -> None:
    assert body(read, markup) == text


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ("<tr><td rowspan=2>Team A<td>Ben<tr><td>Chi", "Team A\tBen\nTeam A\tChi"),
        ("<tr><td>Ben<td rowspan=2>Team A<tr><td>Chi", "Ben\tTeam A\nChi\tTeam A"),
        ("<tr><th colspan=2>2025<th>Σ<tr><td>1<td>2<td>3", "2025\t2025\tΣ\n1\t2\t3"),
        ("<tr><td>a<td colspan=2>b<td>c", "a\tb\t\tc"),
        ("<tr><td><th>Netto<th>Brutto<tr><th>Miete<td>1<td>2", "\tNetto\tBrutto\nMiete\t1\t2"),
        ("<tr><td rowspan=0>x<td>1<tr><td>2<tr><td>3", "x\t1\nx\t2\nx\t3"),
    ],
)
def test_cells_over_rows_and_columns_keep_their_neighbours(read: Read, rows: str, text: str) -> None:
    assert body(read, f"<p>.</p><table>{rows}</table>") == f".\n\n{text}"


def test_tables_that_only_lay_out_a_page_keep_its_lines(read: Read) -> None:
    """Mails of shops are tables within tables: each line of an invoice stood in one long line."""
    # given
    inner = "<table><tr><td>Item<td>€ 5</tr><tr><td>Total<td>€ 12</tr></table>"

    # when
    text = body(read, f"<table><tr><td><h1>Invoice</h1><p>Dear Ada,</p></td></tr><tr><td>{inner}</td></tr>")

    # then
    assert text == "# Invoice\n\nDear Ada,\n\nItem\t€ 5\nTotal\t€ 12"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>都", "東京都"),
        ("now <del>19,90</del> 14,90", "now ~~19,90~~ 14,90"),
        ("<span style='text-decoration:line-through'>19,90 </span>14,90", "~~19,90~~ 14,90"),
        ("a <del></del>b", "a b"),
        ("10<sup>6</sup> and m<sup>2</sup>, H<sub>2</sub>O", "10^6 and m2, H2O"),
        ("in 2025<sup>1</sup>", "in 2025^1"),
        ("<details><summary>Mehr</summary>Text</details>", "Mehr\nText"),
        ("<iframe srcdoc='&lt;p&gt;Within&lt;/p&gt;'></iframe>", "Within"),
        ("<div><template shadowrootmode=open><p>Drawn</p></template></div>", "Drawn"),
        ("<template><p>Kept</p></template>x", "x"),
        ("<svg><title>Chart</title><text>2024</text> <text>41 %</text></svg>", "2024 41 %"),
        ("<math><semantics><mi>x</mi><annotation>\\x</annotation></semantics></math>", "x"),
        ("<video>Your browser cannot</video>Clip", "Clip"),
        ("<div hidden=until-found>Collapsed</div>", "Collapsed"),
        ("<dl><dt>Netto<dd>12</dl>", "Netto\n12"),
        ("She said <q>no</q>.", 'She said "no".'),
    ],
)
def test_what_is_within_text_is_read_as_it_is_shown(read: Read, markup: str, text: str) -> None:
    """xlsxir#104 (how to say a word stood within it), and kin."""
    assert body(read, markup) == text


def test_a_table_within_a_list_keeps_its_rows(read: Read) -> None:
    """docling#3738."""
    # when
    text = body(read, "<ol><li>Fees<table><tr><td>a<td>1<tr><td>b<td>2</table><li>End</ol>")

    # then
    assert text == "1. Fees\n\na\t1\nb\t2\n\n2. End"


def test_how_to_say_a_word_does_not_stand_within_it(read: Read) -> None:
    """xlsxir#104, NanoXLSX#25 (E29)."""
    assert (
        read((CASES / "E29" / "kanji.html").read_bytes(), "kanji.html").text == "東京都庁は九時に開きます。"
    )


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a<p><img alt='Plan of the flat'></p>", "a\n\nPicture: Plan of the flat"),
        ("<img alt=''>a<img>", "a"),
        ("<img alt='IMG_1.jpeg'>a", "a"),
        ("<img width=1 height=1 alt='pixel'>a", "a"),
        ("Hi <img alt='🙂'> you", "Hi 🙂 you"),
        ("<a><img alt='Blue lamp'></a><a>Blue lamp 39,90</a>", "Blue lamp 39,90"),
        ("<figure><img alt='Die Brücke'><figcaption>Die Brücke</figcaption></figure>", "Die Brücke"),
        ("Where <img alt='E=mc^2' class='mwe-math-fallback'> holds", "Where E=mc^2 holds"),
        ("<table><tr><td>Wifi<td><img alt='да'></table>", "Wifi\tда"),
        ("<p>x</p><img alt=A1><img alt=A1>", "x\n\nPicture: A1"),
    ],
)
def test_pictures_are_described_once_and_decorations_are_not(read: Read, markup: str, text: str) -> None:
    assert body(read, markup).strip() == text


def test_a_page_within_pages_ends_at_a_depth(read: Read) -> None:
    # given
    markup = "innermost"
    for _ in range(5):
        markup = "level <iframe srcdoc='" + markup.replace("&", "&amp;").replace("'", "&#39;") + "'></iframe>"

    # when / then
    assert body(read, markup).count("level") == 3


def test_spans_without_end_do_not_multiply_the_text(read: Read) -> None:
    # given
    row = "<tr>" + "<td rowspan=1000 colspan=100>x" * 50

    # when
    text = body(read, "<table>" + row + "<tr><td>y<td>z" * 50_000 + "</table>")

    # then
    assert len(text) < 2_000_000
