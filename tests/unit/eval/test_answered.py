"""How answers are judged: refusals, errors, citations and what is answered from memory."""

from __future__ import annotations

from eval.answered import ANSWERABLE, OUT_OF_CORPUS, holds, judge, places
from eval.sets import Row

ASKED: Row = {"id": "1", "question": "How high?", "answers": ["27 m", "27 metres"], "doc": "tower.txt"}
ELSEWHERE: Row = {
    "id": "2",
    "question": "How deep?",
    "answerable": False,
    "kind": OUT_OF_CORPUS,
    "withheld_answers": ["40 m"],
}


def test_an_answer_is_held_but_for_case_punctuation_and_articles() -> None:
    # then
    assert holds("It is the Old Tower, says [1].", "old tower")
    assert not holds("It is 127 m high.", "27 m")
    assert not holds("Anything.", "")


def test_an_error_is_no_refusal_and_no_answer() -> None:
    # when
    figures = judge([ASKED], {"1": {"answer": "27 m", "error": "the stream broke", "refused": False}})

    # then
    assert figures[f"{ANSWERABLE}: errors"].share == 1
    assert figures[f"{ANSWERABLE}: refused"].share == 0
    assert figures[f"{ANSWERABLE}: holds an accepted answer"].share == 0


def test_a_refusal_is_at_once_where_no_model_was_asked() -> None:
    # given
    refusals = [
        {"answer": "", "refused": True, "cause": cause}
        for cause in ("nothing_found", "not_answered", "unclear")
    ]

    # when
    asked = [ASKED | {"id": str(number)} for number in range(3)]
    figures = judge(asked, {str(number): refusal for number, refusal in enumerate(refusals)})

    # then
    assert figures[f"{ANSWERABLE}: refused"].share == 1
    assert figures[f"{ANSWERABLE}: refused at once"].share == 2 / 3


def test_what_the_files_do_not_say_is_answered_from_memory() -> None:
    # when
    said = judge([ELSEWHERE], {"2": {"answer": "It is 40 m deep.", "refused": False}})
    other = judge([ELSEWHERE], {"2": {"answer": "It is deep.", "refused": False}})

    # then
    assert said[f"{OUT_OF_CORPUS}: answered from memory"].share == 1
    assert other[f"{OUT_OF_CORPUS}: answered from memory"].share == 0


def test_citations_are_judged_by_document_and_by_page_where_the_set_knows_it() -> None:
    # given
    with_page = ASKED | {"evidence": [{"doc": "tower.pdf", "page": 3}]}
    cited = [
        {"doc": "tower.pdf", "page": 3, "text": "27 m", "status": "verified"},
        {"doc": "tower.pdf", "page": 4, "text": "27 m", "status": "weak"},
    ]

    # when
    figures = judge([with_page], {"1": {"answer": "27 m", "citations": cited, "retrieved": cited}})

    # then
    assert places(with_page) == {("tower.pdf", 3)}
    assert figures[f"{ANSWERABLE}: citations to a right document"].share == 1
    assert figures[f"{ANSWERABLE}: citations to a right page"].share == 0.5
    assert figures[f"{ANSWERABLE}: citations that are verified"].share == 0.5
    assert figures[f"{ANSWERABLE}: right page among the sources"].share == 1


def test_sources_hold_the_passage_or_all_the_documents_that_it_takes() -> None:
    # given
    both = ASKED | {"id": "3", "gold_docs": ["a", "b"]}
    sources = [{"doc": "tower.txt", "page": 1, "text": "It is 27 metres high."}]

    # when
    found = judge([ASKED, both], {"1": {"retrieved": sources}, "3": {"retrieved": [{"doc": "a", "page": 1}]}})

    # then
    assert found[f"{ANSWERABLE}: right passage among the sources"].share == 1
    assert found[f"{ANSWERABLE}: all documents among the sources"].share == 0
