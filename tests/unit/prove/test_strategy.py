"""What follows from figures: a claim holds, does not hold here, or could not be measured."""

from __future__ import annotations

import pytest

from twolane.errors import NotFoundError
from twolane.prove.experiment import Results, Scale, Step, Values, Verdict
from twolane.prove.fluid import Fluid
from twolane.prove.isolation import Isolation
from twolane.prove.questions import Questions
from twolane.prove.report import to_html
from twolane.prove.rig import Rig, Setup
from twolane.prove.strategy import conclude, experiments


def not_measured(rig: Rig) -> Values:
    raise AssertionError("no test of this file measures")


def step(experiment: str, part: str, setup: Setup) -> Step:
    return Step(experiment, part, setup, 0, not_measured)


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
    findings = Fluid().conclude(chat(loaded_s, pace, errors))

    # then
    assert [finding.verdict.value for finding in findings[:2]] == verdicts
    assert findings[2].verdict is Verdict.HOLDS
    assert findings[2].ratio == 3.0


def test_filing_keeps_at_least_half_of_its_pace() -> None:
    # given
    found = {}
    for asked in (5.0, 4.9):
        results = Results()
        results.add(step("questions", "", "two"), {"alone_per_min": [10.0], "asked_per_min": [asked]})

        # when
        found[asked] = Questions().conclude(results)[0].verdict

    # then
    assert found == {5.0: Verdict.HOLDS, 4.9: Verdict.NOT_HERE}


def test_a_file_that_is_lost_speaks_against_isolation() -> None:
    # given
    results = Results()
    values = {"alive_per_min": [10.0], "dead_per_min": [10.0], "errors_after": [0.0], "lost": [1.0]}
    results.add(step("isolation", "chat dead", "two"), values)

    # when
    findings = Isolation().conclude(results)

    # then
    assert [finding.verdict for finding in findings] == [Verdict.UNKNOWN, Verdict.NOT_HERE, Verdict.UNKNOWN]


def test_what_could_not_be_measured_is_said_with_its_reason() -> None:
    # given
    scale = Scale.of(quick=True, repeats=0)
    chosen = experiments()
    for one in chosen:
        one.steps(scale)
    results = chat([4.8], 9.0)
    results.fail(step("memory", "", "two"), "the server does not say <how much>")

    # when
    proof = conclude(chosen, results, scale, ())
    page = to_html(proof.report)

    # then
    verdicts = {finding.experiment: finding.verdict for finding in proof.findings}
    assert verdicts["chat"] is Verdict.HOLDS
    assert {verdicts[name] for name in ("speed", "memory", "isolation")} == {Verdict.UNKNOWN}
    assert "the server does not say &lt;how much&gt;" in page
    assert page.count("could not be measured") >= 9


def test_an_experiment_that_does_not_exist_is_refused_with_those_that_do() -> None:
    # when
    with pytest.raises(NotFoundError) as refused:
        experiments(["chat", "speeed"])

    # then
    assert "speeed" in refused.value.what
    assert "speed, drop, chat" in refused.value.remedy
