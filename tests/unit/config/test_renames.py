"""Old names of settings go on working, and whoever uses one is told the name of today."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from twolane.config.loading import load_settings
from twolane.config.reference import setting_names
from twolane.config.renames import RENAMED
from twolane.errors import SettingsError

OLD_FILE = 'queue_url = "redis://broker:6379/0"\n\n[watch]\nlog_level = "info"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "twolane.toml"
    path.write_text(OLD_FILE)
    return path


def test_a_file_with_old_names_is_read_and_its_lines_are_named(file: Path) -> None:
    # when
    settings = load_settings(file=file, env={})

    # then
    assert settings.wakeup_url.get_secret_value() == "redis://broker:6379/0"
    assert settings.telemetry.log_level == "info"
    assert sorted(settings.notices) == [
        f"{file}:1: queue_url is called wakeup_url now; the old name still works",
        f"{file}:3: watch is called telemetry now; the old name still works",
    ]


def test_a_setting_within_a_table_may_have_another_name(file: Path) -> None:
    # given
    file.write_text("[extract]\nocr_pages = 3\ntimeout_s = 90.0\n")

    # when
    settings = load_settings(file=file, env={})
    by_variable = load_settings(env={"TWOLANE_EXTRACT_TIMEOUT_S": "30"})

    # then
    assert (settings.extract.cpu_limit_s, settings.extract.ocr_pages) == (90.0, 3)
    assert by_variable.extract.cpu_limit_s == 30.0
    assert settings.notices == (
        f"{file}:3: extract.timeout_s is called extract.cpu_limit_s now; the old name still works",
    )


def test_a_mistake_under_an_old_name_is_told_with_its_place(file: Path) -> None:
    # given
    file.write_text('[watch]\nlog_level = "loud"\n')

    # when / then
    with pytest.raises(SettingsError, match=r"twolane\.toml:2: telemetry\.log_level = 'loud'"):
        load_settings(file=file, env={})


@pytest.mark.parametrize(
    ("env", "name", "told"),
    [
        ({"TWOLANE_QUEUE_NAME": "ours"}, "TWOLANE_QUEUE_NAME", "TWOLANE_WAKEUP_NAME"),
        ({"TWOLANE_WATCH_LOG_LEVEL": "info"}, "TWOLANE_WATCH_LOG_LEVEL", "TWOLANE_TELEMETRY_LOG_LEVEL"),
    ],
)
def test_a_variable_with_an_old_name_is_read(env: dict[str, str], name: str, told: str) -> None:
    # when
    settings = load_settings(env=env)

    # then
    assert (settings.wakeup_name, settings.telemetry.log_level) != ("twolane", "error")
    assert settings.notices == (
        f"environment variable {name} is called {told} now; the old name still works",
    )


def test_a_variable_with_an_old_name_may_name_a_file(tmp_path: Path) -> None:
    # given
    (tmp_path / "secret").write_text("redis://:hush@broker:6379/0\n")

    # when
    settings = load_settings(env={"TWOLANE_QUEUE_URL_FILE": str(tmp_path / "secret")})

    # then
    assert settings.wakeup_url.get_secret_value() == "redis://:hush@broker:6379/0"
    assert "TWOLANE_WAKEUP_URL_FILE now" in settings.notices[0]
    assert "hush" not in str(settings.notices)


def test_a_flag_with_an_old_name_is_read() -> None:
    # when
    settings = load_settings(env={}, flags={"watch.log_format": "json", "telemetry.log_format": None})

    # then
    assert settings.telemetry.log_format == "json"
    assert settings.notices == (
        "setting watch.log_format is called telemetry.log_format now; the old name still works",
    )


def test_shared_paths_in_their_old_form_become_tables(tmp_path: Path, file: Path) -> None:
    # given
    old = "/home/ada=/mnt/ada; /home/bob = papers"
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('shared_paths = "/a"')
    file.write_text(f'shared_paths = "{old}"\n')

    # when
    by_file = load_settings(file=file, env={})
    by_variable = load_settings(env={"TWOLANE_SHARED_PATHS": old})

    # then
    assert [(str(path.recorded), path.here) for path in by_file.shared_path] == [
        ("/home/ada", Path("/mnt/ada")),
        ("/home/bob", tmp_path / "papers"),
    ]
    assert by_variable.shared_path[0] == by_file.shared_path[0]
    assert by_file.notices == (
        f"{file}:1: shared_paths is called shared_path now, and takes [[shared_path]] tables with recorded "
        "and here; the old name still works",
    )
    with pytest.raises(SettingsError, match=r"wrong\.toml:1: shared_paths: '/a' is not RECORDED=HERE"):
        load_settings(file=wrong, env={})


@pytest.mark.parametrize(
    "given",
    [
        {"env": {"TWOLANE_QUEUE_URL": "local", "TWOLANE_WAKEUP_URL": "local"}},
        {"env": {"TWOLANE_QUEUE_URL": "local", "TWOLANE_WAKEUP_URL_FILE": "secret"}},
        {"env": {}, "flags": {"queue_url": "local", "wakeup_url": "local"}},
    ],
)
def test_an_old_and_a_new_name_at_once_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="both"):
        load_settings(**given)


def test_an_old_and_a_new_name_in_one_file_are_refused(file: Path) -> None:
    # given
    file.write_text(OLD_FILE + "[telemetry]\n")

    # when / then
    with pytest.raises(SettingsError, match="watch is called telemetry now, and both are there"):
        load_settings(file=file, env={})


def test_the_stronger_place_decides_whichever_name_it_uses(file: Path) -> None:
    # when
    settings = load_settings(
        file=file, env={"TWOLANE_WAKEUP_URL": "local", "TWOLANE_WATCH_LOG_LEVEL": "debug"}
    )

    # then
    assert (settings.wakeup_url.get_secret_value(), settings.telemetry.log_level) == ("local", "debug")


def test_an_old_name_is_no_setting_of_today_and_its_new_name_is_one() -> None:
    names = {part for name in setting_names() for part in (name, name.partition(".")[0])}
    assert names.issuperset(rename.new for rename in RENAMED.values())
    assert not RENAMED.keys() & names


@pytest.mark.parametrize("given", ["file", "variable", "flag"])
def test_a_setting_that_is_no_more_is_answered_with_what_to_do_instead(tmp_path: Path, given: str) -> None:
    # given
    file = tmp_path / "twolane.toml"
    file.write_text("[filing]\nreview_below = 0.7\n" if given == "file" else "", "utf-8")
    env = {"TWOLANE_FILING_REVIEW_BELOW": "0.7"} if given == "variable" else {}
    flags = {"filing.review_below": "0.7"} if given == "flag" else {}

    # when
    settings = load_settings(file=file, env=env, flags=flags)

    # then
    [notice] = settings.notices
    assert "filing.review_below has no effect any more: filing.max_error says" in notice
    assert settings.filing.max_error == 0.05
