"""The section of the page of results: written from what the measurements left, and nothing else changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eval import results
from eval.found import Found, report
from eval.questions import Asked, File

PAGE = f"# Results\n\n## Asking\n\n{results.BEGINS}\n\nof old\n\n{results.ENDS}\n\n## Speed\n"


def test_the_section_holds_what_was_measured_and_the_rest_of_the_page_stays(tmp_path: Path) -> None:
    # given
    page, runs = tmp_path / "results.md", tmp_path / "runs"
    page.write_text(PAGE, "utf-8")
    (runs / "found").mkdir(parents=True)
    (runs / "squad2").mkdir()
    asked = Asked("Wo?", "de", File("1.txt", "en", "Here."))
    across = report("across", [Found(asked, 1, refused=False)], "today, this machine")
    (runs / "found" / "across.json").write_text(json.dumps(across), "utf-8")
    (runs / "retrieval.jsonl").write_text('{"way": "words", "squad2": "0.980 [0.96, 0.99] n=400"}\n', "utf-8")
    refused = {"n": 37, "share": 1.0, "low": 1.0, "high": 1.0}
    figures = {"unanswerable_out_of_corpus: refused": refused}
    answers = {"set": "squad2", "model": "small", "made_with": "today", "figures": figures}
    (runs / "squad2" / "answers.json").write_text(json.dumps(answers), "utf-8")

    # when
    results.main([results.NAME, "--runs", str(runs), "--page", str(page)])
    once = page.read_text("utf-8")
    results.main([results.NAME, "--runs", str(runs), "--page", str(page)])

    # then
    assert page.read_text("utf-8") == once
    assert once.startswith("# Results\n\n## Asking\n\n")
    assert once.endswith("\n\n## Speed\n")
    assert "of old" not in once
    assert "| across | 1 | 1.000 (0.207 to 1.000) (≥ 0.95) |" in once
    assert "Across, among five: de on en 1.00 of 1." in once
    assert "| squad2: right passage among five (≥ 0.985) | 0.980 [0.96, 0.99] n=400 |" in once
    assert "| unanswerable out of corpus | refused (1.00) | 1.000 (1.000 to 1.000), n=37 |" in once


def test_a_page_without_the_marks_is_not_touched() -> None:
    with pytest.raises(ValueError, match="no section"):
        results.with_section("# Results\n", "new")


def test_the_page_has_the_marks() -> None:
    # given
    page = (Path(__file__).parents[3] / "docs" / "results.md").read_text("utf-8")

    # then
    assert results.with_section(page, "new").count("new\n\n" + results.ENDS) == 1
