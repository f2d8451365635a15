"""Pages as pictures, and where words stand on them, as the drawing process makes them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from tests.unit.extract.made_pdf import lines, raw_pdf

from twolane.extract.base import Limits
from twolane.extract.drawing import draw_open, marks_open
from twolane.extract.opening import open_file
from twolane.extract.pictured import (
    PageBox,
    PagePicture,
    SoughtWords,
    WantedMarks,
    WantedPicture,
    sought,
)

RED, BLUE = (200, 20, 20), (20, 20, 200)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.pdf"
    path.write_bytes(raw_pdf(lines("The rent is 950 euros.", "It is due in May.", "The rent is due.")))
    return path


def drawn(path: Path, number: int = 1, width_px: int = 480, limit_bytes: int = 1 << 20) -> PagePicture | None:
    wanted = WantedPicture(number, width_px, limit_bytes)
    return draw_open(open_file(str(path)), path.name, Limits(), wanted)


def marked(path: Path, *words: SoughtWords) -> tuple[PageBox, ...]:
    return marks_open(open_file(str(path)), path.name, Limits(), WantedMarks(1, words))


def opened(picture: PagePicture | None) -> Image.Image:
    assert picture
    return Image.open(io.BytesIO(picture.data)).convert("RGB")


def has_ink(picture: Image.Image) -> bool:
    return any(count and level < 100 for level, count in enumerate(picture.convert("L").histogram()))


def test_a_page_of_a_pdf_is_drawn_as_wide_as_it_is_wanted(page: Path) -> None:
    # when
    picture = drawn(page)

    # then
    assert picture
    assert (picture.width_px, picture.height_px) == opened(picture).size == (480, 680)
    assert has_ink(opened(picture))


@pytest.mark.parametrize("number", [0, 2, 1_000_000])
def test_there_is_no_picture_of_a_page_that_is_not_there(page: Path, number: int) -> None:
    assert drawn(page, number) is None


@pytest.mark.parametrize(
    "content", [b"", b"only words", b"%PDF-1.7\nbroken", b"\x89PNG\r\n\x1a\nbroken", b"GIF89a", b"II*\0\xff"]
)
def test_what_has_no_pages_or_is_damaged_has_no_picture(tmp_path: Path, content: bytes) -> None:
    # given
    path = tmp_path / "file"
    path.write_bytes(content)

    # when / then
    assert drawn(path) is None
    assert marked(path, SoughtWords("words")) == ()


def test_a_small_picture_weighs_no_more_than_it_may(tmp_path: Path) -> None:
    # given
    path = tmp_path / "noise.png"
    Image.effect_noise((900, 900), 120).save(path)

    # when
    picture = drawn(path, width_px=240, limit_bytes=8000)

    # then
    assert picture
    assert len(picture.data) <= 8000
    assert opened(picture).size == (picture.width_px, picture.height_px)


def test_pictures_are_shown_upright_as_their_camera_said(tmp_path: Path) -> None:
    # given
    path = tmp_path / "photo.jpg"
    photo = Image.new("RGB", (200, 100), BLUE)
    photo.paste(RED, (0, 0, 100, 100))
    turned = Image.Exif()
    turned[0x0112] = 6  # to be turned a quarter to the right
    photo.save(path, exif=turned, quality=95)

    # when
    seen = opened(drawn(path))

    # then
    assert seen.size == (100, 200)
    top, bottom = seen.getpixel((50, 20)), seen.getpixel((50, 180))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 150 > top[2]
    assert bottom[2] > 150 > bottom[0]


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "WEBP", "PNG", "BMP"])
@pytest.mark.parametrize("mode", ["L", "RGB", "P", "1"])
def test_pictures_of_every_kind_are_shown(tmp_path: Path, kind: str, mode: str) -> None:
    # given
    path = tmp_path / f"picture.{kind.lower()}"
    Image.new(mode, (60, 40), 1).save(path, kind)

    # when / then
    assert opened(drawn(path)).size == (60, 40)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "I;16", "I", "F", "CMYK"])
def test_odd_colours_are_shown(tmp_path: Path, mode: str) -> None:
    # given
    path = tmp_path / "picture.tif"
    Image.new(mode, (60, 40)).save(path)

    # when / then
    assert opened(drawn(path)).size == (60, 40)


def test_each_page_of_a_tiff_is_one(tmp_path: Path) -> None:
    # given
    path = tmp_path / "fax.tif"
    first, second = Image.new("RGB", (30, 30), RED), Image.new("RGB", (60, 90), BLUE)
    first.save(path, save_all=True, append_images=[second])

    # when / then
    assert opened(drawn(path, 2)).size == (60, 90)
    assert drawn(path, 3) is None


def test_words_are_marked_where_they_stand(page: Path) -> None:
    # when
    [box] = marked(page, SoughtWords("950 euros"))

    # then: in the first line, which begins 50 of 595 points from the left and 62 of 842 from the top
    assert 0.18 < box.left < 0.24
    assert 0.05 < box.top < 0.08
    assert 0.07 < box.width < 0.13
    assert 0.01 < box.height < 0.03


def test_words_over_several_lines_have_a_box_in_each(page: Path) -> None:
    # when
    first, second = marked(page, SoughtWords("950 euros.\nIt is due"))

    # then
    assert first.top < second.top
    assert second.left == pytest.approx(50 / 595, abs=0.01)


def test_of_words_that_come_again_those_are_marked_that_are_meant(page: Path) -> None:
    # given
    text = "The rent is 950 euros.\nIt is due in May.\nThe rent is due."
    start = text.rindex("The rent")

    # when
    [first] = marked(page, sought(text, 0, 8))
    [last] = marked(page, sought(text, start, start + 8))

    # then
    assert last.top > first.top + 0.02


def test_words_are_found_whatever_became_of_hyphens_blanks_and_order(tmp_path: Path) -> None:
    # given
    path = tmp_path / "cut.pdf"
    path.write_bytes(raw_pdf(lines("The instal-", "ments are due", "on the first")))

    # when
    joined = marked(path, SoughtWords("The instalments  ARE due"))
    parted = marked(path, SoughtWords("on the first\nsomething else\nments are due"))

    # then
    assert len(joined) == 2
    assert len(parted) == 2


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_marks_turn_with_the_page(tmp_path: Path, turn: int) -> None:
    # given
    path = tmp_path / "turned.pdf"
    path.write_bytes(raw_pdf(lines("The rent is 950 euros."), page=f"/Rotate {turn}"))

    # when
    [box] = marked(path, SoughtWords("950 euros"))
    seen = opened(drawn(path, width_px=800)).convert("L")

    # then: there are letters where the box is
    wide, high = seen.size
    inside = seen.crop(
        (
            int(box.left * wide),
            int(box.top * high),
            int((box.left + box.width) * wide) + 1,
            int((box.top + box.height) * high) + 1,
        )
    )
    assert has_ink(inside)
    assert (box.height > box.width) == (turn != 180)


def test_words_that_are_not_on_the_page_are_not_marked(page: Path) -> None:
    assert marked(page, SoughtWords("harpsichord"), SoughtWords(""), SoughtWords("…")) == ()
