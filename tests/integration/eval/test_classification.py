"""A set of files through the product: filed, corrected, decided anew and scored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eval import classification
from eval.classification import Labelled, chosen


@pytest.fixture
def evals(tmp_path: Path) -> Path:
    """Give a folder of sets with one set: eight mails, half of them spam."""
    folder = tmp_path / "evals" / "classification" / "spam_ham"
    (folder / "files").mkdir(parents=True)
    rows = ["path,label,alt_labels"]
    for number in range(8):
        label = ("ham", "spam")[number % 2]
        text = ("the meeting of our club is on day", "win a free prize, click here now, offer")[number % 2]
        (folder / "files" / f"m{number}.txt").write_text(f"{text} {number}\n", "utf-8")
        rows.append(f"files/m{number}.txt,{label},{'spam' if number == 0 else ''}")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n", "utf-8")
    categories = [
        {"id": "ham", "name": "Wanted mail", "description": "Personal mail"},
        {"id": "spam", "name": "Spam", "description": "Advertising and fraud"},
    ]
    (folder / "categories.json").write_text(json.dumps({"categories": categories}), "utf-8")
    return tmp_path / "evals"


def test_what_a_person_corrected_is_not_scored(
    evals: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    out = tmp_path / "out"
    command = ["spam_ham", "--evals", str(evals), "--out", str(out), "--corrections", "0,3", "--seeds", "2"]

    # when
    ended = classification.main([*command, "--set", "embedding.runtime=off"])

    # then
    assert ended == 0
    rows = {row["corrections"]: row for row in json.loads((out / "filing.json").read_text("utf-8"))["rows"]}
    assert list(rows) == ["as they came", "0", "3"]
    assert [rows[name]["score"]["files"] for name in ("as they came", "0")] == [8, 8]
    assert sum(rows["3"]["tiers"].values()) == 4  # two choices, each leaving one file of both categories
    assert "person" not in rows["3"]["tiers"]
    printed = capsys.readouterr().out
    assert printed.count("| spam_ham |") == 3
    assert "files a minute filed" in printed

    # when the libraries are used again
    classification.main([*command, "--set", "embedding.runtime=off", "--reuse"])

    # then
    assert "files a minute" not in capsys.readouterr().out


def test_at_most_four_fifths_of_a_category_are_corrected() -> None:
    # given
    files = [Labelled(Path(str(number)), "form" if number < 10 else "letter") for number in range(12)]

    # when
    few, many = chosen(files, 1, 0), chosen(files, 10, 0)

    # then
    assert [file.label for file in few] == ["form", "letter"]
    assert [file.label for file in many] == ["form"] * 8 + ["letter"]
    assert chosen(files, 5, 1) != chosen(files, 5, 2)
