"""The documents in five languages: what they are filed under, and what is asked of them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from eval.languages import (
    ENGLISH,
    FOLDER,
    Document,
    Found,
    Question,
    filing_table,
    finding_table,
    read_documents,
    read_questions,
)
from eval.scoring import Judged

from twolane.filing.taxonomy import Taxonomy


def test_every_language_has_a_document_of_every_kind() -> None:
    # given
    documents = read_documents()
    kinds = [category.id for category in Taxonomy.load(FOLDER / "taxonomy.toml").categories]

    # then
    assert len(documents) == 60
    assert set(Counter(document.language for document in documents).values()) == {12}
    assert Counter(document.label for document in documents) == dict.fromkeys(kinds, 6)
    assert len({(document.language, document.label) for document in documents}) == 50
    assert {document.path for document in documents} == set((FOLDER / "documents").iterdir())


def test_no_name_of_a_file_tells_its_kind() -> None:
    # then
    assert all(re.fullmatch(r"\d\d\.(txt|md)", document.path.name) for document in read_documents())


def test_documents_are_about_a_page_long() -> None:
    # when
    lengths = [len(document.path.read_text("utf-8").split()) for document in read_documents()]

    # then
    assert min(lengths) >= 130
    assert max(lengths) <= 400


def test_each_document_is_asked_for_in_english_and_in_a_language_that_is_not_its_own() -> None:
    # given
    documents = read_documents()

    # when
    asked: dict[Path, list[str]] = {document.path: [] for document in documents}
    for question in read_questions(documents):
        asked[question.document.path].append(question.language)

    # then
    for document in documents:
        first, second = asked[document.path]
        assert first == ENGLISH
        assert second not in {ENGLISH, document.language}


def test_the_tables_count_by_the_languages_of_document_and_question() -> None:
    # given
    german = Document(Path("1.txt"), "recipe", "de")
    found = [
        Found(Question("How long?", "en", german), 1, refused=False),
        Found(Question("Combien de temps ?", "fr", german), 7, refused=True),
        Found(Question("Quanto tempo?", "it", german), None, refused=False),
    ]
    filed = [
        (Judged("1.txt", "recipe", "recipe", 0.9, accepted=True), "de"),
        (Judged("2.txt", "recipe", "manual", 0.9, accepted=True), "fr"),
    ]

    # when
    finding, filing = finding_table(found).splitlines(), filing_table({"as they came": filed}).splitlines()

    # then
    assert finding[2].startswith("| English on de | 1 | 1.00 (")
    assert finding[3].endswith("| 0.00 | 1 |")
    assert finding[4].startswith("| all | 3 | 0.33 (")
    assert [line.split(" | ")[4:] for line in filing[2:]] == [["1", "0 |"], ["1", "1 |"], ["2", "1 |"]]
