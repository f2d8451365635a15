"""A set of questions through the product: sampled, asked with and without a model, and judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eval import rag
from eval.answered import ANSWERABLE, OUT_OF_CORPUS
from eval.sets import Row

PLAIN = ["--set", "embedding.runtime=off", "--set", "chat.runtime=scripted"]


@pytest.fixture
def evals(tmp_path: Path) -> Path:
    """Give a folder of sets: towers of which each has a height, one question on each, two on no tower."""
    folder = tmp_path / "evals" / "rag" / "squad2"
    (folder / "docs").mkdir(parents=True)
    rows: list[Row] = []
    for number, name in enumerate(("Alder", "Birch", "Cedar", "Dogwood")):
        text = f"{name} Tower\n\nThe {name} Tower is {20 + number} metres high."
        (folder / "docs" / f"{name}.txt").write_text(text, "utf-8")
        rows.append(
            {
                "id": name,
                "question": f"How high is the {name} Tower?",
                "answers": [f"{20 + number} metres"],
                "doc": f"{name}.txt",
            }
        )
    rows += [
        {"id": f"no{number}", "question": question, "answerable": False, "kind": OUT_OF_CORPUS}
        for number, question in enumerate(("Who composed Tosca?", "Where do penguins breed?"))
    ]
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (tmp_path / "evals" / "score.py").write_text("print('scored')\n", "utf-8")
    return tmp_path / "evals"


def test_answers_are_kept_with_their_sources_citations_and_causes(evals: Path, tmp_path: Path) -> None:
    # when
    ended = rag.main(["squad2", "--evals", str(evals), "--out", str(tmp_path / "out"), *PLAIN])

    # then
    assert ended == 0
    rows = [json.loads(line) for line in (tmp_path / "out" / "pred.jsonl").read_text("utf-8").splitlines()]
    alder, penguins = rows[0], rows[-1]
    assert "20 metres" in alder["answer"]
    assert alder["citations"][0]["doc"] == "Alder.txt"
    assert alder["citations"][0]["status"] in {"verified", "weak"}
    assert alder["retrieved"][0]["doc"] == "Alder.txt"
    assert (penguins["refused"], penguins["cause"], penguins["error"]) == (True, "nothing_found", "")
    report = json.loads((tmp_path / "out" / "answers.json").read_text("utf-8"))
    assert report["figures"][f"{ANSWERABLE}: holds an accepted answer"]["share"] == 1
    refused = report["figures"][f"{OUT_OF_CORPUS}: refused at once"]
    assert (refused["n"], refused["share"]) == (2, 1)


def test_a_library_is_used_again_and_the_gate_is_asked_alone(
    evals: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    rag.main(["squad2", "--evals", str(evals), "--out", str(tmp_path / "out"), "--no-model", *PLAIN])
    library = str(tmp_path / "out" / "library")
    capsys.readouterr()

    # when
    command = ["squad2", "--evals", str(evals), "--out", str(tmp_path / "again"), "--library", library]
    rag.main([*command, "--no-model", "--limit", "1", *PLAIN])

    # then
    rows = [json.loads(line) for line in (tmp_path / "again" / "gate.jsonl").read_text("utf-8").splitlines()]
    assert [row["kind"] for row in rows] == [ANSWERABLE, OUT_OF_CORPUS]
    assert all("answer" not in row for row in rows)
    assert not (tmp_path / "again" / "library").exists()
    assert "| answerable | right passage among the sources | 1.000 (0.207 to 1.000) | 1 |" in (
        capsys.readouterr().out
    )


def test_a_sample_is_the_same_for_a_seed_and_of_each_kind(evals: Path) -> None:
    # given
    questions = evals / "rag" / "squad2" / "questions.jsonl"

    # when
    samples = [[row["id"] for row in rag.sample(questions, None, 2, seed)] for seed in (1, 1, 2, 3)]

    # then
    assert samples[0] == samples[1]
    assert len({tuple(ids) for ids in samples}) > 1
    assert all(len(ids) == 4 for ids in samples)
    assert [row["id"] for row in rag.sample(questions, [OUT_OF_CORPUS], 0, 1)] == ["no0", "no1"]
