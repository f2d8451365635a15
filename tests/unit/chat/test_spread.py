"""Sources are spread over documents, and neighbours on a page are one."""

from __future__ import annotations

from pathlib import Path

from twolane.chat.spread import as_one, named_documents, spread
from twolane.documents import FoundPassage
from twolane.text.languages import UNKNOWN
from twolane.text.terms import QueryWord, Stems, language_numbers, passage_terms

_PAGE = "The rent is 900.\n\nIt is due on the first.\n\nThe flat has a balcony."


def _passage(document: str, ordinal: int, score: float = 1.0, *, page: int = 1) -> FoundPassage:
    number = sum(map(ord, document)) * 100 + ordinal
    return FoundPassage(
        number,
        document,
        Path(f"/{document}"),
        "",
        page,
        f"{document} {ordinal}",
        score=score,
        ordinal=ordinal,
    )


def _places(sources: list[list[FoundPassage]]) -> list[list[tuple[str, int]]]:
    return [[(one.document, one.ordinal) for one in source] for source in sources]


def test_a_third_passage_of_a_document_waits_until_others_had_their_turn() -> None:
    # given
    passages = [_passage("a", 0, 0.9), _passage("a", 5, 0.8), _passage("a", 9, 0.7), _passage("b", 0, 0.65)]

    # when
    sources = spread(passages, 3)

    # then
    assert _places(sources) == [[("a", 0)], [("a", 5)], [("b", 0)]]
    assert _places(spread(passages, 4))[3] == [("a", 9)]


def test_what_fits_much_worse_has_no_turn_before_it() -> None:
    # given
    passages = [_passage("a", 0, 0.9), _passage("a", 5, 0.8), _passage("a", 9, 0.7), _passage("b", 0, 0.1)]

    # then
    assert _places(spread(passages, 3)) == [[("a", 0)], [("a", 5)], [("a", 9)]]


def test_a_document_that_is_named_has_as_many_as_fit() -> None:
    # given
    passages = [_passage("a", 0), _passage("a", 5), _passage("a", 9), _passage("b", 0)]

    # then
    assert _places(spread(passages, 3, named={"a"})) == [[("a", 0)], [("a", 5)], [("a", 9)]]


def test_neighbours_on_a_page_are_one_source_in_their_order() -> None:
    # given
    passages = [_passage("a", 3), _passage("b", 7), _passage("a", 2), _passage("a", 4)]

    # then: no source grows beyond two
    assert _places(spread(passages, 3)) == [[("a", 2), ("a", 3)], [("b", 7)], [("a", 4)]]


def test_neighbours_on_two_pages_stay_apart() -> None:
    # given
    passages = [_passage("a", 3, page=1), _passage("a", 4, page=2)]

    # then
    assert _places(spread(passages, 3)) == [[("a", 3)], [("a", 4)]]


def test_a_source_of_two_has_the_text_of_their_page_from_the_first_to_the_last() -> None:
    # given
    first = FoundPassage(1, "a", Path("/a"), "", 1, _PAGE[:16], score=0.2, ordinal=0, start=0, end=16)
    second = FoundPassage(2, "a", Path("/a"), "", 1, _PAGE[18:41], score=0.9, ordinal=1, start=18, end=41)

    # when
    joined = as_one([first, second], lambda _, start, end: _PAGE[start:end])

    # then
    assert joined.text == _PAGE[:41]
    assert (joined.start, joined.end, joined.ordinal) == (0, 41, 0)
    assert (joined.passage_id, joined.score) == (2, 0.9)
    assert as_one([first], lambda *_: "") is first


def test_the_documents_that_a_question_names_are_those_with_most_of_it_in_their_names() -> None:
    # given
    texts = {"Acme 2023": 1, "Acme 2019": 2, "letter": 3}
    passages = [
        FoundPassage(number, name, Path(f"/{name}.txt"), "", 1, "rent") for name, number in texts.items()
    ]
    stems = {number: Stems(passage_terms(name, "", "rent", UNKNOWN).kept) for name, number in texts.items()}
    acme, year, rent = (
        QueryWord(word, language_numbers(word, ()), rarity=4.0) for word in ("acme", "2023", "rent")
    )

    # then
    assert named_documents([acme, year, rent], passages, stems) == {"Acme 2023"}
    assert named_documents([acme, rent], passages, stems) == {"Acme 2023", "Acme 2019"}
    assert named_documents([rent], passages, stems) == frozenset()
