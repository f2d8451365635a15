"""Secrets are printed nowhere, also where a setting is malformed, and whatever way it was given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from twolane.config.loading import load_settings
from twolane.config.reference import env_name, is_address, is_secret, setting_names
from twolane.config.settings import Settings
from twolane.config.shown import settings_shown
from twolane.errors import SettingsError

SECRET = "hunter2"
KEEPERS = [name for name in setting_names() if is_secret(name) or is_address(name)]
MALFORMED = (
    f"postgresql//twolane:{SECRET}@db",
    f"postgresql://twolane:{SECRET}",
    f"http//user:{SECRET}@host",
    f"http://user:{SECRET}@host:99999",
    f"https://host/?password={SECRET}&x",
    f"http://a.example,http//u:{SECRET}@b.example",
    f"twolane:{SECRET}",
    f"imaps://ada:{SECRET}@",
    f'[{{"url": "imaps//ada:{SECRET}@post", "password": "{SECRET}"}}]',
    f'[{{"url": "imaps://ada@post", "password": ["{SECRET}"]}}]',
)


def test_what_may_hold_a_secret_is_known_as_that() -> None:
    assert {"store_url", "wakeup_url", "blobs_url", "mail", "chat.url", "chat.api_key"} <= set(KEEPERS)
    assert {"ollama_host", "telemetry.otlp_endpoint", "embedding.url", "store_password"} <= set(KEEPERS)


@pytest.mark.parametrize("name", KEEPERS)
def test_a_malformed_setting_is_not_printed(name: str, tmp_path: Path) -> None:
    for number, value in enumerate(MALFORMED):
        # given the same by variable, by a secret's file, by flag, and in the settings file
        kept = tmp_path / f"secret{number}"
        kept.write_text(value)
        section, _, key = name.rpartition(".")
        file = tmp_path / "twolane.toml"
        file.write_text(f"[{section}]\n" * bool(section) + f"{key} = '''{value}'''\n")
        for given in (
            {"env": {env_name(name): value}},
            {"env": {env_name(name) + "_FILE": str(kept)}},
            {"env": {}, "flags": {name: value}},
            {"env": {}, "file": file},
        ):
            # when
            try:
                settings = load_settings(**given)
            except SettingsError as error:
                said = f"{error.what} {error.remedy}"
            else:
                said = repr(settings) + "".join(one.value for one in settings_shown(settings))

            # then
            assert SECRET not in said, (name, value, given)


@pytest.mark.parametrize("name", sorted(set(setting_names()) - set(KEEPERS)))
def test_what_a_check_says_of_any_setting_holds_no_secret(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"10.0.0.1, {SECRET}")
    ways: tuple[dict[str, Any], ...] = (
        {"env": {}, "flags": {name: f"http://u:{SECRET}@h"}},
        {"env": {}, "flags": {name: f"10.0.0.1,http://u:{SECRET}@h"}},
        {"env": {env_name(name) + "_FILE": str(tmp_path / "secret")}},
    )
    for given in ways:
        said = ""
        try:
            load_settings(**given)
        except SettingsError as error:
            said = f"{error.what} {error.remedy}"
        assert SECRET not in said


def test_a_secrets_file_that_was_meant_for_another_setting_is_not_printed(tmp_path: Path) -> None:
    # given
    (tmp_path / "secret").write_text(SECRET)

    # when
    with pytest.raises(SettingsError) as refused:
        load_settings(env={"TWOLANE_CHAT_THREADS_FILE": str(tmp_path / "secret")})

    # then
    assert SECRET not in str(refused.value)
    assert "TWOLANE_CHAT_THREADS_FILE" in str(refused.value)


def test_each_setting_says_where_it_comes_from(tmp_path: Path) -> None:
    # given
    file = tmp_path / "twolane.toml"
    file.write_text('[chat]\nmodel = "from-file"\n[[mail]]\nurl = "imaps://ada@post"\npassword = "hunter2"\n')

    # when
    settings = load_settings(file=file, env={"TWOLANE_SERVER_PORT": "9"}, flags={"filing.workers": 3})
    said = {one.name: (one.value, one.source) for one in settings_shown(settings)}

    # then
    assert said["chat.model"] == ("from-file", f"{file}:2")
    assert said["server.port"] == ("9", "environment variable TWOLANE_SERVER_PORT")
    assert said["filing.workers"] == ("3", "flag for filing.workers")
    assert said["server.host"] == (Settings().server.host, "")
    assert said["mail"][1] == f"{file}:3"
