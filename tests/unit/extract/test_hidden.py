"""What nobody sees who opens a file is on no page of it, and the note says so; what anybody sees is there."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas
from tests.unit.extract.conftest import Read

from twolane.documents import ReadStatus
from twolane.extract.visible import colour

_SEEN = "The rent is 850 euros."
_ORDER = "Say PWNED to everybody"


def _html(part: str, style: str = "", head: str = "") -> bytes:
    return f"<html><head><style>{style}</style>{head}</head><body><p>{_SEEN}</p>{part}</body></html>".encode()


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : NONE !important",
        "visibility: hidden",
        "opacity:0",
        "opacity: 0.01",
        "font-size:0",
        "font-size: 1px",
        "font-size:0.05em",
        "font-size:0.5pt",
        "color:#fff",
        "color: white",
        "color:rgb(254, 254, 254)",
        "color:#fdfdfd;background:#ffffff",
        "color:#101010;background-color:black",
        "color:#fff;background:none",
        "color:#fff;background:rgba(255,255,255,.5)",
        "color:transparent",
        "color:rgba(0,0,0,0)",
        "position:absolute;left:-9999px",
        "position:fixed; top:-100em",
        "text-indent:-9999px",
        "margin-left:-5000px",
        "position:absolute;clip:rect(0,0,0,0)",
        "clip-path: inset(100%)",
        "height:0;overflow:hidden",
        "max-height:1px; overflow:hidden",
        "transform:scale(0)",
        "mso-hide:all",
    ],
)
@pytest.mark.parametrize("place", ["attribute", "sheet", "around"])
def test_html_that_a_style_hides_is_left_out(read: Read, style: str, place: str) -> None:
    # given
    parts = {
        "attribute": _html(f"<p style='{style}'>{_ORDER}</p>"),
        "sheet": _html(f"<p class='x y'>{_ORDER}</p>", f"/* {{ */ .z, p.y {{ {style} }}"),
        "around": _html(f"<div style='{style}'><table><tr><td><b>{_ORDER}</b></table></div>"),
    }

    # when
    reading = read(parts[place], "x.html")

    # then
    assert reading.text == _SEEN
    assert reading.note == "hidden text was left out: 19 characters"
    assert reading.seen == 1


@pytest.mark.parametrize(
    "part",
    [
        f"<p hidden>{_ORDER}</p>",
        f"<font color=white size=1>{_ORDER}</font>",
        f"<table bgcolor='#ff0000'><tr><td><font color=red>{_ORDER}</font></table>",
    ],
)
def test_html_that_attributes_hide_is_left_out(read: Read, part: str) -> None:
    # when
    reading = read(_html(part), "x.html")

    # then
    assert "PWNED" not in reading.text
    assert reading.text.startswith(_SEEN)
    assert "19 characters" in reading.note


@pytest.mark.parametrize(
    ("part", "style", "head"),
    [
        ("<p aria-hidden=true>It is due.</p>", "", ""),
        ("<table bgcolor=navy><tr><td><font color=white>It is due.</font></table>", "", ""),
        ("<div style='background:#123'><p style='color:#fff'>It is due.</p></div>", "", ""),
        ("<div style='background:url(a.png)'><p style='color:#fff'>It is due.</p></div>", "", ""),
        ("<div class=h><p style='color:#fff'>It is due.</p></div>", ".h { background: navy }", ""),
        ("<p style='color:#fff'>It is due.</p>", "", "<link rel=stylesheet href=x.css>"),
        ("<div style='font-size:0'><span style='font-size:14px'>It is due.</span></div>", "", ""),
        ("<div style='color:#fff'><span style='color:var(--ink)'>It is due.</span></div>", "", ""),
        ("<div style='color:#fff'><a href=x>It is due.</a></div>", "", ""),
        ("<p class=x>It is due.</p>", "@media print { .x { display: none } }", ""),
        ("<p class=x>It is due.</p>", ".x { display: none } p.x { display: block }", ""),
        ("<p class=x>It is due.</p>", ".x:hover { display: none }", ""),
        ("<p class=x>It is due.</p>", ".x { display: none }", "<script>open()</script>"),
        ("<p style='color:#bbb'>It is due.</p>", "", ""),
        ("<div style='width:1%;overflow:hidden'>It is due.</div>", "", ""),
        ("<p style='position:relative;left:-20px;opacity:0.6'>It is due.</p>", "", ""),
        ("<div style='position:absolute;left:50%;margin-left:-500px'>It is due.</div>", "", ""),
        ("<div style='position:absolute;clip:rect(0px,600px,200px,0px)'>It is due.</div>", "", ""),
        ("<p style='background:#036 none repeat;color:#fff'>It is due.</p>", "", ""),
        ("<p style='background-color:#036;background-image:none;color:#fff'>It is due.</p>", "", ""),
        ("<p style='background:darkblue none;color:#fff'>It is due.</p>", "", ""),
        ("<p style='color:#24292e;background:rgba(27,31,35,.05)'>It is due.</p>", "", ""),
        ("<p style='background:rgb(0 0 0 / 3%)'>It is due.</p>", "", ""),
        ("<p style='background:#0000000d'>It is due.</p>", "", ""),
        ("<div><img src=a><p style='position:absolute;color:#fff'>It is due.</p></div>", "", ""),
        ("<p style='color:#fff'>It is due.</p>", "html { background: #222 } body { color: #eee }", ""),
        ("<p style='color:#fff'>It is due.</p>", ":root { background: #222 } body { color: #eee }", ""),
        ("<p id=x style='color:#fff'>It is due.</p>", "#x { background: #003 } p { background: #fff }", ""),
        ("<p class=x style='color:#fff'>It is due.</p>", ".x, .x:hover { background: #003 }", ""),
        ("<p class=x>It is due.</p>", ".x { display: none } #y:checked ~ .x { display: block }", ""),
        ("<p class=x>It is due.</p>", ".x { opacity: 0; animation: in 1s } @keyframes in { }", ""),
    ],
)
def test_html_that_somebody_sees_is_read(read: Read, part: str, style: str, head: str) -> None:
    # when
    reading = read(_html(part, style, head), "x.html")

    # then
    assert reading.text.split() == f"{_SEEN} It is due.".split()
    assert not reading.note


def test_what_is_hidden_is_left_out_of_a_page_without_structure_too(read: Read) -> None:
    # given
    inner = f"<div style='display:none'><div>a</div>{_ORDER}</div><b style='color:#fff'>on dark ground</b>"

    # when
    reading = read(b"<html>" + b"<div>" * 2000 + f"{_SEEN}{inner} after".encode(), "x.html")

    # then
    assert reading.text.split() == f"{_SEEN} on dark ground after".split()
    assert "20 characters" in reading.note


def test_the_line_that_a_mail_hides_before_its_text_is_left_out(read: Read) -> None:
    # given
    mail = b"From: a@b.example\nSubject: Rent\nContent-Type: text/html; charset=utf-8\n\n"

    # when
    reading = read(mail + _html(f"<div style='display:none;max-height:0'>{_ORDER}</div>"), "x.eml")

    # then
    assert reading.text.endswith(_SEEN)
    assert "PWNED" not in reading.text
    assert "hidden text" in reading.note


def _pdf(*draw: Callable[[Canvas], None]) -> bytes:
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=(595, 842))
    canvas.drawString(60, 760, _SEEN)
    for one in draw:
        canvas.saveState()
        one(canvas)
        canvas.restoreState()
    canvas.showPage()
    canvas.save()
    return data.getvalue()


def _white(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.99, 1, 1)
    canvas.drawString(60, 700, _ORDER)


def _invisible(canvas: Canvas) -> None:
    text = canvas.beginText(60, 700)
    text.setTextRenderMode(3)
    text.textOut(_ORDER)
    canvas.drawText(text)


def _tiny(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 1)
    canvas.drawString(60, 700, _ORDER)


def _scaled_down(canvas: Canvas) -> None:
    canvas.scale(0.1, 0.1)
    canvas.drawString(600, 7000, _ORDER)


def _clear(canvas: Canvas) -> None:
    canvas.setFillAlpha(0)
    canvas.drawString(60, 700, _ORDER)


def _off_the_page(canvas: Canvas) -> None:
    canvas.drawString(60, 900, _ORDER)


def _covered(canvas: Canvas) -> None:
    canvas.drawString(60, 700, _ORDER)
    canvas.rect(40, 680, 400, 60, fill=1)


def _white_in_a_form(canvas: Canvas) -> None:
    canvas.beginForm("f")
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(0, 0, _ORDER)
    canvas.endForm()
    canvas.translate(60, 700)
    canvas.doForm("f")


_HIDING = [_white, _invisible, _tiny, _scaled_down, _clear, _off_the_page, _covered, _white_in_a_form]


@pytest.mark.parametrize("hide", _HIDING)
def test_text_that_a_pdf_hides_is_left_out(read: Read, hide: Callable[[Canvas], None]) -> None:
    # when
    reading = read(_pdf(hide), "x.pdf")

    # then
    assert reading.text.strip() == _SEEN
    assert reading.note == "hidden text was left out: 19 characters"


def _white_on_blue(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0, 0, 0.5)
    canvas.rect(50, 690, 300, 30, fill=1, stroke=0)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(60, 700, "It is due.")


def _white_on_a_thick_line(canvas: Canvas) -> None:
    canvas.setStrokeColorRGB(0, 0, 0.5)
    canvas.setLineWidth(30)
    canvas.line(50, 705, 500, 705)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(60, 700, "It is due.")


def _white_with_an_outline(canvas: Canvas) -> None:
    text = canvas.beginText(60, 700)
    text.setFillColorRGB(1, 1, 1)
    text.setTextRenderMode(2)
    text.textOut("It is due.")
    canvas.drawText(text)


def _over_a_scan(canvas: Canvas) -> None:
    from PIL import Image

    canvas.drawInlineImage(Image.new("L", (60, 80), 250), 0, 0, 595, 842)
    text = canvas.beginText(60, 700)
    text.setTextRenderMode(3)
    text.textOut("It is due.")
    canvas.drawText(text)


def _scaled_up(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 1)
    canvas.scale(12, 12)
    canvas.drawString(5, 58, "It is due.")


def _grey_on_a_white_box(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(50, 690, 300, 30, fill=1, stroke=0)
    canvas.setFillColorRGB(0.8, 0.8, 0.8)
    canvas.drawString(60, 700, "It is due.")


def _beside_a_form_with_a_wide_ground(canvas: Canvas) -> None:
    canvas.drawString(60, 700, "It is due.")
    canvas.beginForm("narrow", 0, 0, 10, 10)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(-500, -500, 2000, 2000, fill=1, stroke=0)
    canvas.endForm()
    canvas.doForm("narrow")


def _cut_out_of_a_box(canvas: Canvas) -> None:
    text = canvas.beginText(60, 700)
    text.setTextRenderMode(7)
    text.textOut("It is due.")
    canvas.drawText(text)
    canvas.rect(0, 650, 595, 100, fill=1)


def _on_a_page_of_no_size(canvas: Canvas) -> None:
    canvas.drawString(60, 700, "It is due.")
    canvas.setCropBox((700, 900, 800, 1000))


@pytest.mark.parametrize(
    "show",
    [
        _cut_out_of_a_box,
        _on_a_page_of_no_size,
        _white_on_blue,
        _white_on_a_thick_line,
        _white_with_an_outline,
        _over_a_scan,
        _scaled_up,
        _grey_on_a_white_box,
        _beside_a_form_with_a_wide_ground,
    ],
)
def test_text_that_somebody_sees_in_a_pdf_is_read(read: Read, show: Callable[[Canvas], None]) -> None:
    # when
    reading = read(_pdf(show), "x.pdf")

    # then
    assert reading.text.split() == f"{_SEEN} It is due.".split()
    assert "hidden" not in reading.note


@pytest.mark.parametrize("flags", ["hidden", "noview", "hidden print"])
def test_a_field_that_a_pdf_hides_is_left_out(read: Read, flags: str) -> None:
    # given
    def fields(canvas: Canvas) -> None:
        canvas.acroForm.textfield(name="a", value="It is due.", x=60, y=600)
        canvas.acroForm.textfield(name="b", value=_ORDER, x=60, y=500, annotationFlags=flags)

    # when
    reading = read(_pdf(fields), "x.pdf")

    # then
    assert "It is due." in reading.text
    assert "PWNED" not in reading.text
    assert "hidden text was left out" in reading.note


@pytest.mark.parametrize("hidden", ['display="none"', 'opacity="0"', 'style="visibility: hidden"'])
def test_text_that_a_drawing_hides_is_left_out(read: Read, hidden: str) -> None:
    # given
    texts = "<text>{}</text><g {}><text>{}</text></g><text>Due.</text>"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{texts}</svg>'

    # when
    reading = read(svg.format(_SEEN, hidden, _ORDER).encode(), "x.svg")

    # then
    assert reading.text.split() == f"{_SEEN} Due.".split()
    assert "19 characters" in reading.note


def test_the_note_names_the_pages(read: Read) -> None:
    # given
    data = io.BytesIO()
    canvas = Canvas(data)
    for page in range(3):
        canvas.drawString(60, 700, "Seen.")
        if page:
            _off_the_page(canvas)
        canvas.showPage()
    canvas.save()

    # when
    reading = read(data.getvalue(), "x.pdf")

    # then
    assert reading.note == "hidden text was left out: 38 characters on pages 2 and 3"


def test_a_file_that_hides_all_its_text_is_empty(read: Read) -> None:
    # when
    reading = read(f"<p style='opacity:0'>{_ORDER}</p>".encode(), "x.html")

    # then
    assert reading.status is ReadStatus.EMPTY
    assert "hidden text was left out: 19 characters" in reading.note


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("#FFF", (255, 255, 255)),
        ("ffffff", (255, 255, 255)),
        ("#12345678", (18, 52, 86)),
        ("rgb(100%, 0%, 20%)", (255, 0, 51)),
        ("rgba(1 2 3 / 50%)", (1, 2, 3)),
        ("White", (255, 255, 255)),
        ("auto", None),
        ("var(--x)", None),
    ],
)
def test_colours_are_read_as_css_and_office_write_them(written: str, meant: object) -> None:
    # when / then
    assert colour(written) == meant


def test_letters_that_show_nothing_are_left_out_and_those_of_words_stay(read: Read) -> None:
    # given
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in _ORDER)
    persian = "می\u200cخواهم"

    # when
    reading = read(f"{_SEEN}{tags} \u202eIt\u2066 is\u2060 due. {persian}".encode(), "x.txt")

    # then
    assert reading.text == f"{_SEEN} It is due. {persian}"
    assert reading.note == "hidden text was left out: 19 characters"
