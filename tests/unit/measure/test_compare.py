"""The parts of a comparison: its data, its statistics, its verdicts, its labelled files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from tests.support.scripted import scripted_app

from twolane.app import App
from twolane.config.lane_settings import LaneSettings
from twolane.config.loading import load_settings
from twolane.documents import Classification, Decision, Tier
from twolane.errors import ModelError, NotFoundError, SettingsError, TwolaneError
from twolane.filing.taxonomy import Taxonomy
from twolane.lanes.resolve import is_here, lane_of_model
from twolane.llm.runtimes.scripted import ScriptedLLM
from twolane.measure.compare.answers import Question, shipped_questions
from twolane.measure.compare.bench import Bench
from twolane.measure.compare.context import depth, measure_context, usable_tokens
from twolane.measure.compare.filing import calibration_error
from twolane.measure.compare.filler import sentences, text_of
from twolane.measure.compare.labels import labelled_set
from twolane.measure.compare.plan import shipped_plan
from twolane.measure.compare.report import comparison_report
from twolane.measure.compare.result import Answers, Filing, Instructions, ModelResult, ModelSpeed, Recall
from twolane.measure.compare.run import Contender, compare, contenders, opened_journal
from twolane.measure.compare.verdict import conclusions, verdicts
from twolane.measure.report.html import to_html
from twolane.measure.report.journal import Journal, Progress
from twolane.measure.report.samples import Summary, proportion, summarise

LANE = LaneSettings(model="twin", runtime="scripted", context_tokens=2048, threads=1)
FULL = shipped_plan(quick=False)
QUICK = shipped_plan(quick=True)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with scripted_app(tmp_path) as opened:
        yield opened


def test_the_shipped_examples_hold_every_category_and_answers_that_their_documents_give(app: App) -> None:
    # when
    found = labelled_set(app, None, 1000)
    questions = shipped_questions(1000)

    # then
    assert {document.category for document in found.documents} == {c.id for c in Taxonomy.load().categories}
    assert not found.is_own
    assert "10 are needed" in found.note
    answered = [question for question in questions.questions if question.answers]
    assert len(answered) == 10
    assert len(questions.questions) == 16
    for question in answered:
        assert any(question.is_right(passage.text) for passage in questions.shown(question)), question
    few = shipped_questions(3).questions
    assert {bool(question.answers) for question in few} == {True, False}


def test_an_answer_is_right_only_by_words_of_its_own() -> None:
    question = Question("How many?", (), ("8", "eight"))
    assert question.is_right("You may borrow Eight books [1]")
    assert question.is_right("8.")
    assert not question.is_right("58 books")
    assert not question.is_right("3.8 books")
    assert not question.is_right("eighteen")


def test_labels_are_read_from_both_forms_and_by_id_or_name(app: App, tmp_path: Path) -> None:
    # given
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text(f"This is text {name}.")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "list.csv").write_text("path,category\na.txt,invoice\nb.txt,Bank statement\nempty.txt,form\n")
    rows = [{"path": "c.txt", "category": "letter"}, {"path": "a.txt", "label": "E-mail"}]
    (tmp_path / "list.jsonl").write_text("\n".join(json.dumps(row) for row in rows))

    # when
    csv = labelled_set(app, tmp_path / "list.csv", 10)
    lines = labelled_set(app, tmp_path / "list.jsonl", 1)

    # then
    assert {(d.text, d.category) for d in csv.documents} == {
        ("This is text a.", "invoice"),
        ("This is text b.", "bank_statement"),
    }
    assert csv.is_own
    assert csv.note.startswith("1 of its files")
    assert len(lines.documents) == 1


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("path,category\na.txt,hats\n", NotFoundError, "list.csv:2: there is no category 'hats'"),
        ("path,category\nnone.txt,form\n", NotFoundError, "there is no file"),
        ("file,kind\na.txt,form\n", SettingsError, "no path or no category"),
        ("path,category\n", SettingsError, "none of its files"),
    ],
)
def test_a_wrong_list_of_labels_is_told_with_its_line(
    app: App, tmp_path: Path, text: str, kind: type[TwolaneError], says: str
) -> None:
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(kind, match=says):
        labelled_set(app, tmp_path / "list.csv", 10)


def test_what_a_person_filed_comes_before_the_shipped_examples(app: App, tmp_path: Path) -> None:
    # given
    for number in range(10):
        path = tmp_path / "files" / f"{number}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"Letter number {number} to the council.")
    app.library.add([tmp_path / "files"])
    app.workers.start()
    while app.store.pending().jobs:
        app.workers.wait(0.1)
    app.workers.stop()
    decided = Classification("letter", 1.0, Tier.PERSON, "a person decided")
    with app.store.writing() as write:
        for record in app.store.files():
            write.decide(record.document, Decision(decided))

    # when
    found = labelled_set(app, None, 100)

    # then
    assert found.is_own
    assert len(found.documents) == 10
    assert {document.category for document in found.documents} == {"letter"}


def test_calibration_error_is_the_distance_of_confidence_and_truth() -> None:
    assert calibration_error([0.85] * 10, [True] * 5 + [False] * 5) == pytest.approx(0.35)
    assert calibration_error([1.0, 0.05], [True, False]) == pytest.approx(0.025)


def test_filler_has_the_wanted_length_and_another_beginning_for_every_seed() -> None:
    # when
    texts = [" ".join(text_of(lambda text: len(text.split()), 300, seed)) for seed in (1, 2)]

    # then
    assert all(280 <= len(text.split()) <= 300 for text in texts)
    assert texts[0].split(".")[0] != texts[1].split(".")[0]
    assert sentences(3, 5) == sentences(3, 5)


def test_facts_are_found_where_the_model_reads_and_missed_where_it_does_not(tmp_path: Path) -> None:
    # given a model that sees the first 3,000 characters of its text only
    def reads_the_beginning(text: str) -> str:
        place = text.rpartition("code word of the ")[2].rstrip("?")
        return text[:3000].partition(f"The code word of the {place} is ")[2].split(".")[0] or "unknown"

    def opened(lane: LaneSettings) -> ScriptedLLM:
        return ScriptedLLM(lane, reads_the_beginning)

    bench = Bench(LANE, opened, Journal(tmp_path / "journal.jsonl"), "digest", lambda _done, _step: None)

    # when
    recalls = measure_context(bench, FULL)

    # then
    assert [recall.found.n for recall in recalls] == [5, 5, 5]
    assert recalls[0].missed_depths == ()
    assert recalls[2].missed_depths[-1] == 1.0
    assert 0.0 not in recalls[2].missed_depths
    assert usable_tokens(recalls) in {recalls[0].prompt_tokens, recalls[1].prompt_tokens}
    assert [depth(number, 5) for number in range(5)] == [0, 0.25, 0.5, 0.75, 1]


def good() -> ModelResult:
    fast = ModelSpeed(512, summarise([100.0]), summarise([20.0, 22.0]), summarise([5.0]))
    whole = proportion(10, 10)
    return ModelResult(
        model="good",
        runtime="embedded",
        digest="",
        threads=2,
        context_tokens=4096,
        speeds=(fast,),
        recalls=(Recall(3900, whole),),
        usable_context_tokens=3900,
        filing=Filing(
            "", True, "", proportion(90, 100), proportion(50, 100), 0.1, 0.8, 0.1, summarise([0.2])
        ),
        answers=Answers(whole, whole, proportion(0, 10), whole, summarise([1.0])),
        instructions=Instructions(proportion(18, 20), ("one label",), thinks=False),
    )


def test_a_verdict_says_by_which_figures() -> None:
    # given
    slow = ModelSpeed(512, summarise([100.0]), summarise([2.0]), summarise([5.0]))
    nearly = Filing("", True, "", proportion(11, 20), proportion(9, 20), 0.1, 0.8, 0.1, summarise([0.2]))
    results = [
        good(),
        replace(good(), speeds=(slow,)),
        replace(good(), filing=nearly),
        replace(good(), answers=None),
    ]

    # when
    judged = [{verdict.lane: verdict for verdict in verdicts(result)} for result in results]

    # then
    fits = [(lanes["filing"].fit, lanes["chat"].fit) for lanes in judged]
    assert fits == [("fit", "fit"), ("fit", "not"), ("perhaps", "fit"), ("fit", "not")]
    assert judged[1]["chat"].reasons[0] == "misses: writes 2 (n=1) tokens/s, at least 5 tokens/s wanted"
    assert "0.55 (0.34–0.74, n=20)" in judged[2]["filing"].reasons[0]
    assert "not measured" in " ".join(judged[3]["chat"].reasons)
    thinks = replace(good(), instructions=Instructions(proportion(20, 20), (), thinks=True))
    assert "thinks aloud" in verdicts(thinks)[1].reasons[-1]


def test_the_conclusion_takes_the_fastest_of_equals_for_filing_and_the_best_for_chat() -> None:
    # given
    slower = replace(good(), model="slower")
    assert slower.filing
    assert slower.answers
    more = replace(slower.filing, accuracy=proportion(92, 100), seconds=summarise([1.0]))
    less = replace(slower.answers, right=proportion(8, 10))
    results = [replace(slower, filing=more, answers=less), good()]
    judged = [replace(result, verdicts=verdicts(result)) for result in results]

    # when
    filing, chat = conclusions(judged)
    none = conclusions(
        [replace(result, filing=None, verdicts=verdicts(replace(result, filing=None))) for result in results]
    )

    # then
    assert filing.startswith("For filing: good, accuracy 0.9")
    assert chat.startswith("For chat: good, right answers 1")
    assert none[0] == "For filing: none of them fits."


def test_a_comparison_is_resumed_and_each_model_is_gone_before_the_next(app: App, tmp_path: Path) -> None:
    # given
    labelled = labelled_set(app, None, QUICK.documents)
    models = contenders(app, ["one", "two", "one"])
    told: list[Progress] = []
    folder = tmp_path / "prove"

    # when it is stopped after the first model, and run again
    with opened_journal(folder) as journal:
        first = next(compare(app, models, QUICK, labelled, journal))
    with opened_journal(folder) as journal:
        kept = len(journal)
        with pytest.raises(TwolaneError, match="under way"), opened_journal(folder):
            pass
        results = list(compare(app, models, QUICK, labelled, journal, told.append))

    # then
    assert [result.model for result in results] == ["one", "two"]
    assert kept > 0
    assert results[0].speeds == first.speeds  # to the last digit: not measured again
    assert all(before.done <= after.done for before, after in pairwise(told))
    assert told[-1].done == pytest.approx(told[-1].total)
    assert [verdict.lane for verdict in results[0].verdicts] == ["filing", "chat"]


def test_a_model_that_fails_costs_its_own_column_only(app: App, tmp_path: Path) -> None:
    # given
    broken = Contender(
        LANE.model_copy(update={"runtime": "openai", "url": "http://127.0.0.1:9/v1"}), "", "chat"
    )
    works = contenders(app, ["works"])[0]
    labelled = labelled_set(app, None, QUICK.documents)

    # when
    results = list(compare(app, [broken, works], QUICK, labelled, Journal(tmp_path / "journal.jsonl")))
    page = to_html(comparison_report(results, labelled, quick=True))

    # then
    assert "Nothing answers" in results[0].error
    assert not results[1].error
    assert "not measured" in page
    with pytest.raises(ModelError):
        contenders(app, ["model"], "http://127.0.0.1:9/v1")


def test_a_report_shows_what_is_missing_as_missing(app: App) -> None:
    # given
    nothing = ModelResult("empty <b>", "ollama", "", 2, 4096)
    odd = replace(good(), model="$odd_", verdicts=verdicts(good()))

    # when
    page = to_html(comparison_report([odd, nothing], labelled_set(app, None, 5), quick=False))

    # then
    assert "empty &lt;b&gt;" in page
    assert page.count("<figure") == 8
    assert Summary(1, 1, 1, 1).text() in page


@pytest.mark.parametrize(
    ("chat", "model", "url", "runtime", "address"),
    [
        ({}, "qwen2.5-coder:0.5b", "", "embedded", ""),
        ({}, "llama3.2:1b", "", "ollama", "http://127.0.0.1:11434"),
        ({"chat.runtime": "embedded"}, "llama3.2:1b", "", "ollama", "http://127.0.0.1:11434"),
        (
            {"chat.runtime": "ollama", "chat.url": "http://big:11434"},
            "phi3:mini",
            "",
            "ollama",
            "http://big:11434",
        ),
        ({"chat.url": "http://big:11434"}, "qwen2.5-coder:0.5b", "", "embedded", ""),
        ({}, "qwen2.5-coder:0.5b", "http://big:8080/v1", "openai", "http://big:8080/v1"),
        ({"chat.runtime": "scripted"}, "qwen2.5-coder:0.5b", "", "scripted", ""),
    ],
)
def test_a_model_is_run_by_what_has_it(
    chat: dict[str, str], model: str, url: str, runtime: str, address: str
) -> None:
    lane = lane_of_model(load_settings(env={}, flags=chat), model, url=url)
    assert (lane.runtime, lane.url, lane.model) == (runtime, address, model)
    assert (lane.threads >= 1) is is_here(lane)  # a server elsewhere knows its own cores
