"""What follows from figures: a claim holds, does not hold here, or could not be measured."""

from __future__ import annotations

import pytest

from twolane.errors import NotFoundError
from twolane.measure.prove.claims import Experiment
from twolane.measure.prove.experiment import (
    GIVEN_UP,
    SETUP_NAMES,
    ClaimVerdict,
    ExperimentStep,
    Results,
    Scale,
    Values,
)
from twolane.measure.prove.rig import Rig
from twolane.measure.prove.setups import Setup
from twolane.measure.prove.strategy import conclude, experiments
from twolane.measure.report.html import to_html


def not_measured(rig: Rig) -> Values:
    raise AssertionError("no test of this file measures")


def experiment(name: str) -> Experiment:
    (found,) = experiments([name])
    return found


def step(experiment: str, part: str, setup: Setup) -> ExperimentStep:
    return ExperimentStep(experiment, part, setup, 0, not_measured)


def chat(loaded_s: list[float], loaded_pace: float, errors: float = 0.0) -> Results:
    results = Results()
    values = {"idle_first_word_s": [4.0, 4.0], "idle_tokens_per_s": [10.0], "errors": [errors]}
    loaded = {"loaded_first_word_s": loaded_s, "loaded_tokens_per_s": [loaded_pace]}
    results.add(step("chat", "", "two"), values | loaded)
    results.add(
        step("chat", "", "one"), values | {"loaded_first_word_s": [12.0], "loaded_tokens_per_s": [9.0]}
    )
    return results


@pytest.mark.parametrize(
    ("loaded_s", "pace", "errors", "verdicts"),
    [
        ([4.8, 4.9], 9.0, 0, ["holds", "holds"]),
        ([5.2, 5.2], 9.0, 0, ["does not hold here", "holds"]),
        ([4.0, 4.0, 9.0], 8.0, 0, ["does not hold here", "does not hold here"]),
        ([4.8, 4.9], 9.0, 1, ["does not hold here", "holds"]),
    ],
)
def test_chat_is_fluid_where_first_words_and_pace_keep_to_their_bars(
    loaded_s: list[float], pace: float, errors: float, verdicts: list[str]
) -> None:
    # when
    findings = experiment("chat").conclude(chat(loaded_s, pace, errors))

    # then
    assert [finding.verdict.value for finding in findings[:2]] == verdicts
    assert findings[2].verdict is ClaimVerdict.HOLDS
    assert findings[2].ratio == 3.0


def test_filing_keeps_at_least_half_of_its_pace() -> None:
    # given
    found = {}
    for asked in (5.0, 4.9):
        results = Results()
        results.add(step("questions", "", "two"), {"alone_per_min": [10.0], "asked_per_min": [asked]})

        # when
        found[asked] = experiment("questions").conclude(results)[0].verdict

    # then
    assert found == {5.0: ClaimVerdict.HOLDS, 4.9: ClaimVerdict.NOT_HERE}


def test_a_file_that_is_lost_speaks_against_isolation() -> None:
    # given
    results = Results()
    values = {"alive_per_min": [10.0], "dead_per_min": [10.0], "errors_after": [0.0], "lost": [1.0]}
    results.add(step("isolation", "chat dead", "two"), values)

    # when
    findings = experiment("isolation").conclude(results)

    # then
    assert [finding.verdict for finding in findings] == [
        ClaimVerdict.UNKNOWN,
        ClaimVerdict.NOT_HERE,
        ClaimVerdict.UNKNOWN,
    ]


def test_a_question_without_an_answer_speaks_against_isolation() -> None:
    # given
    results = Results()
    values = {"alive_first_word_s": [4.0], "dead_first_word_s": [], "errors": [1.0], "lost": [0.0]}
    results.add(step("isolation", "filing dead", "two"), values)

    # when
    finding = experiment("isolation").conclude(results)[0]

    # then
    assert (finding.verdict, finding.reason) == (ClaimVerdict.NOT_HERE, "1 errors")


def test_nothing_is_said_where_the_figure_to_compare_with_is_zero() -> None:
    # given
    chosen = experiments()
    results = Results()
    times = {"idle_first_word_s": [0.0], "loaded_first_word_s": [0.0]}
    paces = {"idle_tokens_per_s": [0.0], "loaded_tokens_per_s": [9.0]}
    for setup in SETUP_NAMES:
        whole: Values = {"files_per_min": [0.0], "reached": [4.0], "papers": [4.0]}
        for part in ("model", "mixed"):
            results.add(step("speed", part, setup), whole)
        results.add(step("drop", "", setup), {"idle_s": [99.0], "busy_s": [0.0]})
        results.add(step("chat", "", setup), times | paces | {"errors": [0.0]})
        results.add(step("memory", "", setup), {"models_gb": [0.0], "filing_gb": [0.0], "chat_gb": [0.0]})
    results.add(step("questions", "", "two"), {"alone_per_min": [0.0], "asked_per_min": [1.2]})
    for level in ("1", "2"):
        results.add(step("workers", level, "two"), {"files_per_min": [0.0]})
    dead = {"dead_first_word_s": [1.0], "dead_per_min": [0.0], "errors": [1.0]}
    fine = {"errors": [0.0], "lost": [0.0], "errors_after": [0.0]}
    parts: dict[str, Setup] = {"filing dead": "two", "chat dead": "two", "all dead": "one"}
    for part, where in parts.items():
        alive = {"alive_first_word_s": [0.0], "alive_per_min": [0.0]}
        results.add(step("isolation", part, where), dead | alive | (fine if where == "two" else {}))

    # when
    proof = conclude(chosen, results, Scale.of(quick=True, repeats=0), ())
    to_html(proof.report)

    # then
    said = {finding.claim: finding.verdict for finding in proof.findings}
    assert said.pop("A file is filed seconds after it is dropped.") is ClaimVerdict.NOT_HERE
    assert set(said.values()) == {ClaimVerdict.UNKNOWN}
    reasons = [finding.reason for finding in proof.findings if finding.experiment == "isolation"]
    assert reasons[0] == "nothing can be compared with first word, both alive (0 s)"


def speed(reached: float, given_up: float = 0.0) -> Results:
    results = Results()
    paces: dict[Setup, float] = {"two": 600.0, "one": 10.0}
    for setup, pace in paces.items():
        counts = {"reached": [reached if setup == "two" else 4.0], "papers": [4.0], GIVEN_UP: [given_up]}
        results.add(step("speed", "model", setup), {"files_per_min": [pace]} | counts)
        results.add(step("speed", "mixed", setup), {"files_per_min": [pace]})
    return results


def test_a_pace_is_no_models_where_the_model_was_not_asked() -> None:
    # when
    asked, rules = experiment("speed").conclude(speed(4.0)), experiment("speed").conclude(speed(0.0))

    # then
    assert [one.verdict for one in asked] == [ClaimVerdict.HOLDS, ClaimVerdict.HOLDS]
    assert [one.verdict for one in rules] == [
        ClaimVerdict.UNKNOWN,
        ClaimVerdict.HOLDS,
    ]  # rules are of the lane
    assert rules[0].reason == "papers that reached a model: 0 of 4 in two lanes, 4 of 4 in one model"


def test_papers_that_were_given_up_are_told_and_prove_nothing() -> None:
    # when
    proof = conclude([experiment("speed")], speed(4.0, given_up=2.0), Scale.of(quick=True, repeats=0), ())

    # then
    for finding in proof.findings:
        assert finding.verdict is ClaimVerdict.UNKNOWN
        assert finding.reason == "2 papers given up, two lanes, 2 papers given up, one model"
        assert [(figure.name, figure.p50) for figure in finding.figures[-2:]] == [
            ("papers given up, two lanes", 2.0),
            ("papers given up, one model", 2.0),
        ]


def test_less_memory_than_nothing_is_not_known() -> None:
    # given
    results = Results()
    results.add(step("memory", "", "two"), {"models_gb": [2.0], "filing_gb": [1.0]})
    results.add(step("memory", "", "one"), {"models_gb": [0.0]})

    # when
    findings = experiment("memory").conclude(results)

    # then
    assert {finding.verdict for finding in findings} == {ClaimVerdict.UNKNOWN}


def test_what_could_not_be_measured_is_said_with_its_reason() -> None:
    # given
    scale = Scale.of(quick=True, repeats=0)
    chosen = experiments()
    results = chat([4.8], 9.0)
    results.fail(step("memory", "", "two"), "the server does not say <how much>")

    # when
    proof = conclude(chosen, results, scale, ())
    page = to_html(proof.report)

    # then
    verdicts = {finding.experiment: finding.verdict for finding in proof.findings}
    assert verdicts["chat"] is ClaimVerdict.HOLDS
    assert {verdicts[name] for name in ("speed", "memory", "isolation")} == {ClaimVerdict.UNKNOWN}
    assert "the server does not say &lt;how much&gt;" in page
    assert page.count("could not be measured") >= 9


def test_an_experiment_that_does_not_exist_is_refused_with_those_that_do() -> None:
    # when
    with pytest.raises(NotFoundError) as refused:
        experiments(["chat", "zzz"])

    # then
    assert "zzz" in refused.value.what
    assert "speed, drop, chat" in refused.value.remedy


def test_an_experiment_that_is_nearly_one_is_refused_with_that() -> None:
    # when
    with pytest.raises(NotFoundError) as refused:
        experiments(["speeed"])

    # then
    assert "did you mean speed?" in refused.value.remedy
