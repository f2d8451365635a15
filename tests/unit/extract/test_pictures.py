"""Pictures of all kinds and colours: what can be seen on them is read, and a photo has no words."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from PIL import Image, ImageFilter, ImageOps
from tests.support.scanned import TEXTS, drawn, saved

from twolane.documents import Reading, ReadStatus
from twolane.extract.base import Limits, SourceFile
from twolane.extract.read import read_source
from twolane.extract.readers.picture import ocr, packs, prepare

pytestmark = pytest.mark.skipif(
    not ocr.available("tesseract") and not os.environ.get("CI"), reason="tesseract is not installed"
)
PAGE = drawn("Invoice number 4417 is payable by 12 March 2026", height=500)


def read(data: bytes, name: str = "x.png", languages: str = "auto") -> Reading:
    return read_source(SourceFile.of(data, name), Limits(ocr="tesseract", ocr_languages=languages, cpu_s=300))


def _shadowed(page: Image.Image) -> Image.Image:
    light = Image.linear_gradient("L").resize(page.size).point(lambda level: 70 + level * 0.7)
    return Image.composite(page, Image.new("L", page.size, 0), light)


def _on_nothing(page: Image.Image) -> Image.Image:
    letters = Image.new("RGBA", page.size, (0, 0, 0, 0))
    letters.putalpha(ImageOps.invert(page))
    return letters


def _of_16_bits(page: Image.Image) -> Image.Image:
    return page.convert("I").point(lambda level: level * 8 + 1000).convert("I;16")


LOOKS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "white on black": ImageOps.invert,
    "faint": lambda page: page.point(lambda level: 150 + level // 8),
    "too dark": lambda page: page.point(lambda level: 20 + level // 6),
    "in shadow": _shadowed,
    "transparent": _on_nothing,
    "16 bits": _of_16_bits,
    "1 bit": lambda page: page.convert("1"),
    "palette": lambda page: page.convert("P"),
}


@pytest.mark.parametrize("look", LOOKS)
def test_text_is_read_however_it_is_lit_and_coloured(look: str) -> None:
    assert "Invoice number 4417" in read(saved(LOOKS[look](PAGE))).text


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF", "BMP", "PPM", "JPEG2000", "TIFF"])
def test_pictures_of_all_kinds_are_known_by_their_content(kind: str) -> None:
    reading = read(saved(PAGE, kind), "picture")

    assert reading.media_type.startswith("image/")
    assert "4417" in reading.text


def test_the_letters_of_a_screen_are_large_enough() -> None:
    shown = drawn("Your subscription renews on 4 May 2026 for 9.99 a month.", size=12, width=1600, height=900)

    assert "renews on 4 May 2026" in read(saved(ImageOps.invert(shown))).text


def test_a_photo_has_no_words() -> None:
    # given
    blurred = Image.effect_noise((1200, 900), 120).filter(ImageFilter.GaussianBlur(6))

    # when
    reading = read(saved(ImageOps.autocontrast(blurred)))

    # then
    assert reading.status is ReadStatus.EMPTY
    assert reading.note == "no text in it"


def test_what_a_camera_writes_of_every_picture_is_no_description() -> None:
    # given
    page = drawn("")
    page.getexif()[0x010E], page.getexif()[0x010F] = "OLYMPUS DIGITAL CAMERA", "OLYMPUS CORPORATION"

    # when
    reading = read(saved(page, "JPEG", exif=page.getexif()))

    # then
    assert reading.status is ReadStatus.EMPTY


def test_pictures_after_the_first_of_an_animation_are_said() -> None:
    moving = saved(PAGE, "GIF", save_all=True, append_images=[ImageOps.invert(PAGE)])

    reading = read(moving)

    assert "not read" in reading.note
    assert reading.seen < 1


@pytest.mark.parametrize("name", TEXTS)
def test_a_page_is_read_in_the_language_that_it_is_in(name: str) -> None:
    # given
    engine = ocr.engine(Limits(ocr="tesseract"))
    assert engine is not None
    if name not in engine.languages:
        if os.environ.get("CI") and name in {"eng", "deu", "rus", "ara"}:
            pytest.fail(f"tesseract has no {name}")
        pytest.skip(f"tesseract has no {name}")

    # when
    reading = read(saved(drawn(TEXTS[name], right=name == "ara")))

    # then
    wanted, found = TEXTS[name].split(), set(reading.text.split())
    assert sum(word in found for word in wanted) > 0.9 * len(wanted)


def test_a_script_that_no_pack_reads_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    from twolane.extract.readers.picture.tesseract import Tesseract

    monkeypatch.setattr(Tesseract, "languages", frozenset({"eng"}))

    # when
    reading = read(saved(drawn(TEXTS["rus"])))

    # then
    assert reading.status is ReadStatus.NEEDS_OCR
    assert "Cyrillic" in reading.note
    assert "tesseract-ocr-rus" in reading.note


def test_languages_that_were_chosen_are_kept() -> None:
    text = read(saved(drawn(TEXTS["deu"])), languages="eng").text

    assert "Kündigungsfrist beträgt drei Monate" not in text


def test_a_pack_is_named_as_debian_names_it() -> None:
    assert "tesseract-ocr-chi-sim" in packs.install_for_script("Han")
    assert packs.install_for_language("xx") == ""


@pytest.mark.parametrize("degrees", [-15, -3, -1, 1, 8, 15])
def test_the_angle_of_a_page_is_found(degrees: int) -> None:
    askew = drawn(TEXTS["eng"] * 3).rotate(degrees, expand=True, fillcolor=255)

    assert prepare.skew_degrees(askew) == pytest.approx(-degrees, abs=0.4)
