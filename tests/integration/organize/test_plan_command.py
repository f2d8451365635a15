"""`twolane plan` and `twolane plans`: what a person sees of a plan, and what programs read."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.support.filed import Given, put
from typer.testing import CliRunner, Result

from twolane.cli.main import cli
from twolane.config.loading import load_settings
from twolane.errors import ConflictError, NotFoundError, SettingsError
from twolane.store.opening import open_store

FACTS = {"date": "2025-03-01", "title": "Счёт за март"}


class Command:
    """The command line over a library of a test's own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("COLUMNS", "80")
        self.data = folder / "data"
        self.inbox = folder / "inbox"
        self.inbox.mkdir()
        self.settings = folder / "s.toml"
        self.settings.write_text("")

    def put(self, *files: Given) -> None:
        settings = load_settings(flags={"data_dir": str(self.data)}, env={})
        with closing(open_store(settings)) as store:
            put(store, files)

    def run(self, *args: str | Path) -> Result:
        given = ["--settings", self.settings, "--data-dir", self.data, *args]
        return CliRunner().invoke(cli, [str(one) for one in given], standalone_mode=False)

    def shown(self, *args: str | Path) -> str:
        result = self.run(*args)
        assert result.exception is None, result.exception
        return result.stdout

    def values(self, *args: str | Path) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.shown(*args, "--json").splitlines()]

    def refused(self, *args: str | Path) -> BaseException | None:
        return self.run(*args).exception


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(tmp_path, monkeypatch)


def test_a_plan_is_shown_by_folder_kept_and_can_be_looked_at_and_forgotten(command: Command) -> None:
    # given
    inbox = command.inbox
    command.put(
        *(Given(inbox / f"{n}.txt", category="invoice", fields=FACTS) for n in range(5)),
        Given(inbox / "left.txt", category=None),
    )

    # when
    shown = command.shown("plan", inbox, "--rule", "*={category}/{date:%Y}/{title}{ext}")
    [kept] = command.values("plans", "list")
    name = kept["name"]
    looked = command.shown("plans", "show", name)
    moves = command.values("plans", "show", name)
    command.shown("plans", "forget", name)

    # then
    assert "inbox/Invoice/2025/" in shown
    assert "Счёт за март (2).txt" in shown
    assert "and 2 more" in shown
    assert "not read, or not filed yet" in shown
    assert f"twolane apply {name}" in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert "proposed, 5 proposed" in looked
    assert [move["number"] for move in moves[1:]] == [1, 2, 3, 4, 5]
    assert (kept["total"], kept["counts"], kept["applied_at"]) == (5, {"proposed": 5}, None)
    assert isinstance(command.refused("plans", "show", name), NotFoundError)
    assert sorted(path.name for path in inbox.iterdir())[0] == "0.txt"


def test_a_dry_plan_keeps_nothing_and_a_named_one_its_name(command: Command) -> None:
    # given
    command.put(Given(command.inbox / "a.txt", category="letter"))

    # when
    command.shown("plan", command.inbox, "--dry")
    none = command.values("plans", "list")
    told = command.values("plan", command.inbox, "--save", "весна", "--kind", "hard-link")
    again = command.refused("plan", command.inbox, "--save", "весна")

    # then
    assert none == []
    assert (told[0]["kind"], told[-1]["plan"]["name"]) == ("hard_link", "весна")
    assert isinstance(again, ConflictError)


def test_an_empty_folder_and_an_empty_library_are_no_errors(command: Command) -> None:
    assert "no file of the library is there" in command.shown("plan", command.inbox)
    [told] = command.values("plan", command.inbox)
    assert (told["total"], told["plan"], told["left_counts"]) == (0, None, {})
    assert "no plan is kept" in command.shown("plans", "list")
    assert [one["id"] for one in command.values("plan", "--presets")] == [
        "category",
        "year_category",
        "para",
        "johnny_decimal",
    ]


@pytest.mark.parametrize(
    ("args", "error", "remedy"),
    [
        (["plan", "nowhere"], NotFoundError, "check the path"),
        (["plan"], SettingsError, "--root FOLDER"),
        (["plan", "inbox", "--rule", "invoice"], SettingsError, "write it like"),
        (["plan", "inbox", "--rule", "invoise={name}{ext}"], NotFoundError, "did you mean invoice?"),
        (["plan", "inbox", "--rule", "*={titel}{ext}"], SettingsError, "did you mean title?"),
        (["plan", "inbox", "--category", "leter"], NotFoundError, "did you mean letter?"),
        (["plan", "inbox", "--preset", "zzz"], NotFoundError, "choose one of category"),
        (["plan", "inbox", "--preset", "par"], NotFoundError, "did you mean para?"),
        (["plan", "inbox", "--save", "a/b"], SettingsError, "no /"),
        (["plan", "inbox", "--save", "2026-11-27-1"], SettingsError, "use words"),
        (["plans", "forget", "none"], NotFoundError, "twolane plans list"),
    ],
)
def test_wrong_input_is_told_with_what_to_do(
    command: Command, args: list[str], error: type[SettingsError], remedy: str
) -> None:
    # given
    command.put(Given(command.inbox / "a.txt", category="letter"))

    # when
    refused = command.refused(*args)

    # then
    assert isinstance(refused, error)
    assert remedy in refused.remedy


def test_the_settings_say_where_files_go_and_a_wrong_template_is_told_by_its_line(command: Command) -> None:
    # given
    command.put(Given(command.inbox / "a.txt", category="letter"))
    rules = '[organize]\nroot = "filed"\n[[organize.rule]]\ncategory = "letter"\ntemplate = "L/{name}{ext}"\n'

    # when
    command.settings.write_text(rules)
    told = command.values("plan", "--dry")
    command.settings.write_text(
        rules + '[[organize.rule]]\ncategory = "invoice"\ntemplate = "../{name}{ext}"\n'
    )
    refused = command.refused("plan")

    # then
    assert told[0]["target"] == str(command.settings.parent / "filed" / "L" / "a.txt")
    assert isinstance(refused, SettingsError)
    assert "s.toml:8: organize.rule.template" in refused.what
    assert "leads out" in refused.what
