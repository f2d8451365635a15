"""`twolane watch` and `twolane serve` watch folders: what they say of files, and of how the folders stand."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from standins.program import DEADLINE_S, Program, until

from twolane.cli.main import cli
from twolane.errors import SettingsError

RULES_ALONE = {"filing.use_model": "false", "chat.use_model": "false", "embedding.runtime": "off"}
LETTER = (
    "Dear Ida,\n\nthank you for your letter about the boiler. It is cold here.\n\nYours sincerely, Jonah\n"
)
INVOICE = "Invoice no. 17\n\nInvoice date: 3 March 2026\n\nTotal due: 40.00 EUR, payable within 14 days.\n"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path, RULES_ALONE)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def said(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout
    for line in process.stdout:
        yield json.loads(line)


def test_watch_says_what_each_file_was_filed_as(program: Program, inbox: Path) -> None:
    # given
    with program.started("watch", "--json", inbox) as process:
        values = said(process)
        folder = next(values)["folder"]

        # when
        names = ["Rechnung 17.txt", "счёт.txt", "发票.txt"]
        for name in names:
            (inbox / name).write_text(INVOICE)
        arrived = [next(values) for _ in names]

        # then
        assert (folder["path"], folder["watch"]) == (str(inbox), "events")
        assert {Path(one["file"]["path"]).name for one in arrived} == set(names)
        assert {one["file"]["classification"]["category"] for one in arrived} == {"invoice"}
        assert all(one["seconds"] > 0 for one in arrived)

        # when
        process.send_signal(signal.SIGTERM)

        # then
        assert process.wait(DEADLINE_S) == 0


@pytest.mark.parametrize("named", [[], ["letter.txt"]], ids=["nothing", "a file"])
def test_watch_needs_a_folder(named: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.chdir(tmp_path)
    (tmp_path / "letter.txt").write_text(LETTER)

    # then
    with pytest.raises(SettingsError, match="no folder"):
        cli(["--data-dir", "library", "watch", *named], standalone_mode=False)


def test_serve_watches_the_folders_of_the_settings_and_says_how_they_stand(
    program: Program, inbox: Path, tmp_path: Path
) -> None:
    # given
    folders = [{"path": str(inbox)}, {"path": str(tmp_path / "away")}]
    program = Program(program.home, RULES_ALONE | {"folder": json.dumps(folders)})
    with program.serving() as (_, url), httpx.Client(base_url=url, timeout=DEADLINE_S) as client:
        standing = by_name(client)
        until(lambda: standing()["inbox"] == "events" and standing()["away"] == "away", "both are known")

        # when
        (inbox / "letter.txt").write_text(LETTER)

        # then
        def filed() -> bool:
            files = client.get("/api/v1/files").json()["files"]
            return bool(files) and files[0]["state"] in {"filed", "review"}

        until(filed, "the letter is filed")


def by_name(client: httpx.Client) -> Callable[[], dict[str, str]]:
    def standing() -> dict[str, str]:
        found = client.get("/api/v1/folders").json()["folders"]
        assert all(one["remedy"] for one in found if one["watch"] == "away")
        return {Path(one["path"]).name: one["watch"] for one in found}

    return standing
