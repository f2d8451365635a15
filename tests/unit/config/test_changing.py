"""Changing one setting in a file that somebody has written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from twolane.config.changing import change_setting
from twolane.config.trust import SettingsFile, digest_of, is_trusted, trust
from twolane.errors import SettingsError

WRITTEN = """\
# my settings
chat_first = false  # I know

[embedding]
# what finds passages
model = "all-minilm-l6-v2"
total_timeout_s = 9.0

[chat]
# model = "x"
"""


def test_the_rest_of_the_file_stays_as_it_was_written(tmp_path: Path) -> None:
    # given
    (file := tmp_path / "twolane.toml").write_text(WRITTEN, "utf-8")

    # when
    change_setting(file, "embedding", "model", "multilingual-e5-small")

    # then
    assert file.read_text("utf-8") == WRITTEN.replace("all-minilm-l6-v2", "multilingual-e5-small")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "chat_first = true\n",
        "[embedding]\nthreads = 2\n",
        'embedding.model = "old"\n',
        "embedding = {threads = 2}\n",
    ],
)
def test_a_setting_is_changed_wherever_and_however_it_stands(tmp_path: Path, text: str) -> None:
    # given
    (file := tmp_path / "twolane.toml").write_text(text, "utf-8")
    before = tomllib.loads(text)

    # when
    change_setting(file, "embedding", "model", "new")

    # then
    after = tomllib.loads(file.read_text("utf-8"))
    assert after == before | {"embedding": before.get("embedding", {}) | {"model": "new"}}


def test_without_a_file_the_users_own_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    # when
    file = change_setting(None, "embedding", "model", "new")

    # then
    assert file.is_relative_to(tmp_path)
    assert tomllib.loads(file.read_text("utf-8")) == {"embedding": {"model": "new"}}


def test_a_file_that_was_trusted_stays_so_and_no_other_becomes_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    mine, found = tmp_path / "mine.toml", tmp_path / "found.toml"
    for file in (mine, found):
        file.write_text(WRITTEN, "utf-8")
    trust(SettingsFile(mine, digest_of(mine.read_bytes())))

    # when
    for file in (mine, found):
        change_setting(file, "embedding", "model", "new")

    # then
    assert is_trusted(SettingsFile(mine, digest_of(mine.read_bytes())))
    assert not is_trusted(SettingsFile(found, digest_of(found.read_bytes())))


@pytest.mark.parametrize("text", ["[embedding", "embedding = 3\n"])
def test_a_file_that_cannot_be_changed_is_told_and_left(tmp_path: Path, text: str) -> None:
    # given
    (file := tmp_path / "twolane.toml").write_text(text, "utf-8")

    # when
    with pytest.raises(SettingsError) as refused:
        change_setting(file, "embedding", "model", "new")

    # then
    assert 'set model = "new"' in refused.value.remedy
    assert file.read_text("utf-8") == text


def test_a_file_that_holds_secrets_stays_closed_to_others(tmp_path: Path) -> None:
    # given
    (file := tmp_path / "twolane.toml").write_text(WRITTEN, "utf-8")
    file.chmod(0o600)

    # when
    change_setting(file, "embedding", "model", "new")
    made = change_setting(tmp_path / "new.toml", "embedding", "model", "new")

    # then
    assert [path.stat().st_mode & 0o777 for path in (file, made)] == [0o600, 0o600]
