"""The refusal is one fixed sequence, read from a stream that may be cut anywhere."""

from __future__ import annotations

import pytest

from twolane.chat.prompt import NOT_FOUND
from twolane.chat.refusal import RefusalReader


def _read(text: str, cuts: int) -> tuple[str, bool]:
    """Return what is passed on of a text in pieces of so many characters, and whether it is a refusal."""
    reader, passed = RefusalReader(), ""
    for start in range(0, len(text), cuts):
        passed += reader.feed(text[start : start + cuts])
        if reader.begins:
            break
    rest, refused = reader.finish()
    return passed + rest, refused


@pytest.mark.parametrize("cuts", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    "text",
    [
        NOT_FOUND,
        NOT_FOUND.lower(),
        f"{NOT_FOUND.capitalize()}.",
        f"  **{NOT_FOUND}**",
        f'"{NOT_FOUND}"\n',
        f"[{NOT_FOUND}]",
        f"({NOT_FOUND.replace(' ', '_')})",
        f"`{NOT_FOUND.replace(' ', '  ')}`.",
        f"{NOT_FOUND}. The sources speak of flats alone.",
        f"{NOT_FOUND} (none of them names the owner)",
        f"{NOT_FOUND.lower()}.\nThey speak of flats.",
    ],
)
def test_an_answer_that_begins_with_the_refusal_is_one_and_nothing_of_it_is_passed_on(
    text: str, cuts: int
) -> None:
    assert _read(text, cuts) == ("", True)


@pytest.mark.parametrize("cuts", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    "before", ["They speak of flats.", "Flats [1]", "Flats [1].", "它们说的是公寓。", "* flats\n"]
)
def test_a_refusal_as_the_last_sentence_is_one_and_the_text_before_it_stays(before: str, cuts: int) -> None:
    # when
    passed, refused = _read(f"{before} **{NOT_FOUND}**.", cuts)

    # then
    assert refused
    assert passed.strip() == before.strip()


@pytest.mark.parametrize("cuts", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    "text",
    [
        "Not in the files room, but in the attic [1].",
        "No.",
        "Not",
        "The plans are not in the files.",
        f"The stamp on it reads {NOT_FOUND} and a date [1].",
        "Nothing in it. Not in the fire either.",
        "... --- ... " * 50,
        "1. Notice\n2. Not before May\n3. N",
    ],
)
def test_every_other_text_is_passed_on_whole(text: str, cuts: int) -> None:
    assert _read(text, cuts) == (text, False)


def test_an_answer_is_held_back_no_longer_than_it_may_be_a_refusal() -> None:
    # given
    reader = RefusalReader()

    # when
    passed = [reader.feed(piece) for piece in ("No", "t ", "before", " May. ", "N", "ext")]

    # then
    assert passed == ["", "", "Not before", " May.", "", " Next"]
