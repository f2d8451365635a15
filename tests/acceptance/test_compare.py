"""`twolane compare` as a user runs it: on the scripted twin, and on a real model that is stopped midway."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import psutil
import pytest
from standins.models import CHAT_MODEL, small_chat_model
from standins.program import DEADLINE_S, Program, until

from twolane.measure.compare.plan import shipped_plan


def test_models_are_compared_as_a_table_as_json_and_as_a_report(tmp_path: Path) -> None:
    # given
    program = Program(tmp_path, {"chat.runtime": "scripted", "embedding.runtime": "off"})
    (tmp_path / "note.txt").write_text("Dear Sir, I am writing to you about the fence. Yours sincerely")
    (tmp_path / "labels.csv").write_text("path,category\nnote.txt,letter\n")

    # when
    values = program.ok("compare", "one", "two", "--quick", "--json", "--report", "r.html").values
    table = program.ok("compare", "one", "--quick", "--labels", "labels.csv").out
    missing = program.run("compare", "one", "--quick", "--labels", "none.csv")
    unwritable = program.run("compare", "one", "--quick", "--report", "note.txt/r.html")
    again = program.ok("compare", "one", "--quick", "--report", "again/r.html").out

    # then
    assert [value["model"] for value in values] == ["one", "two"]
    assert {verdict["lane"] for verdict in values[0]["verdicts"]} == {"filing", "chat"}
    assert values[0]["filing"]["accuracy"]["n"] == 6
    page = (tmp_path / "r.html").read_text("utf-8")
    assert page.count("<svg") == 9
    assert "://" not in page
    assert "filing accuracy" in table
    assert "1 documents, the files of labels.csv" in table
    assert missing.code == 2
    assert "none.csv" in missing.err
    assert "cannot be written" in unwritable.err
    assert "going on" in again  # nothing was lost for a report that could not be written


def test_a_model_that_is_not_there_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    done = Program(tmp_path).run("compare", "no-such.gguf", "--quick")
    assert done.code in {1, 3}
    assert "no-such.gguf" in done.err


@pytest.mark.model
@pytest.mark.timeout(300)
def test_a_real_model_is_compared_and_a_run_that_is_stopped_goes_on(tmp_path: Path) -> None:
    # given
    small_chat_model()
    settings = {"chat.threads": "1", "chat.context_tokens": "1024", "embedding.runtime": "off"}
    program = Program(tmp_path, settings)
    journal = program.data_dir / "prove" / "compare.jsonl"

    # when it is stopped as soon as something is measured, and run again
    with program.started("compare", CHAT_MODEL, "--quick") as process:
        until(journal.exists, "a first measurement is kept")
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        code = process.wait(DEADLINE_S)
        alive = [child for child in children if child.is_running() and child.status() != "zombie"]
    load = json.loads(journal.read_text().splitlines()[0])
    result = program.ok("compare", CHAT_MODEL, "--quick", "--json", timeout_s=240).values[0]

    # then
    assert code == 130
    assert not alive
    assert load["name"] == "load"
    assert result["load"]["seconds"]["median"] == load["result"]["seconds"]
    assert not result["error"]
    assert result["memory"]["resident_bytes"] > 98_000_000  # at least its weights
    assert [speed["prompt_per_s"]["n"] for speed in result["speeds"]] == [2, 2, 2]
    assert result["speeds"][0]["prompt_tokens"] < result["speeds"][2]["prompt_tokens"]
    assert result["recalls"][0]["prompt_tokens"] > 128
    assert result["filing"]["seconds"]["n"] == 6
    assert result["instructions"]["followed"]["n"] == 4
    # now and then so small a model ends its answer to a question without a word
    assert result["failures"] <= shipped_plan(quick=True).questions
    assert not journal.exists()
