"""`twolane prove` as a user runs it: every experiment for real, stopped, gone on with, and read as a page."""

from __future__ import annotations

import json
import signal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from standins.models import embedding_model, small_chat_model
from standins.program import DEADLINE_S, Program, small_pair, until

pytestmark = [pytest.mark.alone, pytest.mark.timeout(300)]

SCRIPTED = {"filing.runtime": "scripted", "chat.runtime": "scripted", "embedding.runtime": "off"}
VOID = {"meta", "br", "img", "hr", "link", "input", "path", "use", "rect"}


class Page(HTMLParser):
    """Reads a page: its verdicts, and whether every element is closed and nothing is loaded from anywhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.marks: list[str] = []
        self.headings: list[str] = []
        self.loads: list[str] = []
        self.plots = 0
        self._collect: list[str] | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.plots += tag == "svg"
        self.loads += [
            value for name, value in attrs if name in {"src", "href"} and value and value[0] != "#"
        ]
        if tag not in VOID:
            self.open.append(tag)
        classes = given.get("class") or ""
        self._collect = self.headings if tag == "h2" else self.marks if "mark" in classes.split() else None

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.plots += tag == "svg"

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag
        self._collect = None

    def handle_data(self, data: str) -> None:
        if self._collect is not None:
            self._collect.append(data)


def findings(values: list[Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for value in values:
        if "claim" in value:
            found.setdefault(value["experiment"], []).append(value)
    return found


def test_every_claim_gets_a_verdict_and_the_page_shows_it(tmp_path: Path) -> None:
    # given
    program = Program(tmp_path, SCRIPTED)
    path = tmp_path / "report.html"

    # when
    done = program.ok("prove", "--quick", "--json", "--report", path)
    found = findings(done.values)
    page = Page(path.read_text("utf-8"))

    # then
    assert list(found) == ["speed", "drop", "chat", "questions", "memory", "workers", "isolation"]
    for name in ("speed", "drop", "chat", "questions", "workers"):
        assert all(one["verdict"] in {"holds", "does not hold here"} for one in found[name]), found[name]
        assert all(figure["sample"]["n"] for one in found[name] for figure in one["figures"])
    for name in ("memory", "isolation"):  # the scripted runtime has no process to be measured or killed
        assert all(one["verdict"] == "could not be measured" for one in found[name])
        assert all("scripted" in one["reason"] or "process" in one["reason"] for one in found[name])
    assert "4 of 4 in two lanes" in found["speed"][0]["reason"]
    claims = [one for name in found for one in found[name]]
    assert page.marks == [one["verdict"] for one in claims]
    assert len(page.headings) == 8
    assert page.plots >= 5
    assert not page.loads
    assert not page.open
    assert done.values[-1]["report"] == str(path)


def test_it_never_touches_the_users_library_and_leaves_nothing_behind(tmp_path: Path) -> None:
    # given
    program = Program(tmp_path, SCRIPTED)
    (tmp_path / "note.txt").write_text("An invoice of the user's own.")
    program.ok("add", tmp_path / "note.txt")
    before = program.ok("files", "--json").out

    # when
    program.ok("prove", "--quick", "--only", "workers")

    # then
    assert program.ok("files", "--json").out == before
    left = {path.name for path in (program.data_dir / "prove").iterdir()}
    assert left <= {"report.html", "lock"}


def test_a_run_that_is_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    # given
    program = Program(tmp_path, SCRIPTED)
    command = ("prove", "--quick", "--repeats", "2", "--only", "speed", "--json")
    journal = program.data_dir / "prove" / "journal.jsonl"
    with program.started(*command) as process:
        until(lambda: journal.is_file() and journal.read_text().count('"speed"') >= 2, "two steps are done")

        # when
        process.send_signal(signal.SIGINT)
        code = process.wait(DEADLINE_S)
    kept = sum(json.loads(line)["name"] == "speed" for line in journal.read_text().splitlines())
    folders = list(journal.parent.glob("work-*"))
    again = program.ok(*command)

    # then
    assert code == 130
    assert not folders
    assert again.values[-1]["kept"] == kept >= 2
    assert findings(again.values)["speed"][0]["figures"][0]["sample"]["n"] == 2
    assert not journal.exists()


def test_the_next_run_removes_what_a_run_that_was_killed_has_left(tmp_path: Path) -> None:
    # given
    program = Program(tmp_path, SCRIPTED)
    folder = program.data_dir / "prove"
    journal = folder / "journal.jsonl"
    with program.started("prove", "--quick", "--only", "speed") as process:
        until(lambda: journal.is_file() and '"speed"' in journal.read_text(), "a step is done")
        process.kill()
        process.wait(DEADLINE_S)
    dead = set(folder.glob("work-*"))

    # when
    with program.started("prove", "--quick", "--only", "speed") as process:
        until(lambda: not dead & set(folder.glob("work-*")), "they are removed as soon as it begins")
        code = process.wait(DEADLINE_S)

    # then
    assert dead
    assert code == 0
    assert {path.name for path in folder.iterdir()} <= {"report.html", "lock"}


@pytest.mark.parametrize(
    ("args", "settings", "code", "words"),
    [
        (["--only", "luck"], {}, 1, "speed, drop, chat"),
        ([], {"chat.runtime": "embedded", "models_dir": "nowhere"}, 3, "models pull"),
    ],
)
def test_what_cannot_be_measured_at_all_is_said_at_once(
    tmp_path: Path, args: list[str], settings: dict[str, str], code: int, words: str
) -> None:
    # given
    program = Program(tmp_path, SCRIPTED | settings)

    # when
    done = program.run("prove", "--quick", *args)

    # then
    assert done.code == code
    assert words in done.err


@pytest.mark.model
def test_real_models_are_measured_and_killed(tmp_path: Path) -> None:
    # given
    small_chat_model()
    embedding_model()
    program = Program(tmp_path, small_pair())

    # when
    done = program.ok("prove", "--quick", "--only", "memory", "--only", "isolation", "--json", timeout_s=280)
    found = findings(done.values)

    # then
    memory = found["memory"][0]["figures"]
    # Both lanes map the same file here, whose pages are counted once.
    assert memory[0]["sample"]["median"] > memory[1]["sample"]["median"] > 0.1
    dead_filing, dead_chat, dead_model = found["isolation"]
    assert dead_filing["verdict"] == "holds", dead_filing
    assert "0 files lost" in dead_filing["reason"]
    assert ", 0 lost; chat came back" in dead_chat["reason"]
    assert dead_model["verdict"] != "could not be measured"
    assert "of the questions ended in an error" in dead_model["reason"]
