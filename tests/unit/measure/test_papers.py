"""The papers of the measurements: the same in every run, all different, each reaching the tier it is for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from standins.models import embedding_model

from twolane.config.lane_settings import FilingSettings, LaneSettings
from twolane.documents import Tier
from twolane.filing.cascade import Cascade
from twolane.filing.taxonomy import Taxonomy
from twolane.llm.runtimes.onnx import OnnxEmbedder
from twolane.llm.runtimes.scripted import ScriptedLLM
from twolane.measure.prove import papers


def test_papers_are_the_same_in_every_run_and_all_different() -> None:
    # given
    kinds = ((papers.memo, 0), (papers.unsure, 0), (papers.mixed, 300))  # unsure ones are among the mixed

    # when
    made, again = ([kind(first + number) for kind, first in kinds for number in range(300)] for _ in range(2))

    # then
    assert made == again
    assert len({paper.text for paper in made}) == len(made)
    assert len({paper.name for paper in made}) == len(made)


def test_every_memo_has_a_question_of_its_own() -> None:
    # when
    questions = {papers.memo(number).question for number in range(papers.MEMOS)}

    # then
    assert len(questions) == papers.MEMOS


def test_no_two_set_ups_share_a_memo_and_none_has_one_of_a_mail() -> None:
    # given
    serials = range(40)

    # when
    memos = [number for serial in serials for number in papers.memo_numbers(serial, 40)]
    mails = {papers.memo(papers.MEMOS // 2 + number).question for number in range(papers.MEMOS // 2)}

    # then
    assert len({papers.memo(number).text for number in memos}) == len(memos)
    assert not {papers.memo(number).question for number in memos} & mails


@pytest.mark.model
def test_a_model_is_asked_about_unsure_papers_and_seldom_about_an_ordinary_inbox() -> None:
    # given
    folder, name = embedding_model()
    embedder = OnnxEmbedder(name, models_dir=folder, threads=1)
    settings = FilingSettings(runtime="scripted")
    llm = ScriptedLLM(LaneSettings(runtime="scripted", context_tokens=8192))

    # when
    tiers = {}
    for kind in (papers.unsure, papers.mixed):
        classifier = Cascade(Taxonomy.load(None), llm, embedder, settings)
        found = [kind(number) for number in range(60)]
        tiers[kind] = Counter(
            classifier.classify(paper.text, path=Path("inbox") / paper.name).tier for paper in found
        )
    embedder.close()

    # then
    assert tiers[papers.unsure][Tier.SMALL_MODEL] >= 57
    assert tiers[papers.mixed][Tier.SMALL_MODEL] <= 6
    assert tiers[papers.mixed][Tier.RULES] >= 25
