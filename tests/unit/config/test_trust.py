"""A settings file that was found in the working folder says nothing about where, until it is trusted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from twolane.config.guard import Guard
from twolane.config.loading import examine, load_settings
from twolane.config.reference import field_of, setting_names
from twolane.config.trust import SettingsFile, distrust, trust
from twolane.errors import SettingsError, UntrustedSettingsError


@pytest.fixture
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's configuration folder."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "twolane"


@pytest.fixture
def found(tmp_path: Path, configuration: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Writes the settings file of the working folder."""
    (folder := tmp_path / "unpacked").mkdir()
    (folder / "model.onnx").touch()
    (folder / "minilm").mkdir()
    monkeypatch.chdir(folder)

    def write(text: str) -> Path:
        (folder / "twolane.toml").write_text(text)
        return folder / "twolane.toml"

    return write


def test_every_setting_says_whether_an_untrusted_file_may_set_it() -> None:
    # when
    guards = {
        name: [part for part in field_of(name).metadata if isinstance(part, Guard)]
        for name in setting_names()
    }

    # then
    assert not [name for name, found in guards.items() if len(found) != 1]


@pytest.mark.parametrize(
    "text",
    [
        '[chat]\nurl = "http://foreign.example"\n',
        '[filing]\nurl = ["http://127.0.0.1:1", "http://foreign.example"]\n',
        '[chat]\napi_key = "hush"\n',
        '[embedding]\nurl = "http://foreign.example"\n',
        'store_url = "postgresql://me:hush@foreign.example/twolane"\n',
        'wakeup_url = "redis://:hush@foreign.example"\n',
        'queue_url = "redis://foreign.example"\n',
        'blobs_url = "file:///tmp/theirs"\n',
        '[telemetry]\notlp_endpoint = "http://foreign.example"\n',
        '[watch]\notlp_endpoint = "http://foreign.example"\n',
        '[server]\nhost = "0.0.0.0"\n',
        '[server]\nnames = ["foreign.example"]\n',
        '[worker]\nhost = "0.0.0.0"\n',
        'data_dir = "library"\n',
        'models_dir = "models"\n',
        'turns_dir = "turns"\n',
        '[[shared_path]]\nrecorded = "/home/ada"\nhere = "/etc"\n',
        'shared_paths = "/home/ada=/etc"\n',
        '[chat]\nmodel = "theirs.gguf"\n',
        '[chat]\nmodel = "THEIRS.GGUF"\n',
        '[chat]\nmodel = "gpt-oss:120b-cloud"\n',
        '[embedding]\nmodel = "minilm"\n',
        '[filing]\ntaxonomy = "../taxonomy.toml"\n',
        '[filing]\ntaxonomy = "/etc/passwd"\n',
    ],
)
def test_a_found_file_that_names_a_place_is_refused_until_it_is_trusted(
    found: Callable[[str], Path], text: str
) -> None:
    # given
    file = found("lease_s = 30\n" + text)

    # when
    with pytest.raises(UntrustedSettingsError) as refused:
        load_settings(env={})
    trust(examine(file))
    settings = load_settings(env={})

    # then
    assert f"twolane trust {file}" in refused.value.remedy
    assert "PosixPath" not in refused.value.what
    assert "hush" not in str(refused.value)
    assert settings.lease_s == 30
    assert settings.source == file


@pytest.mark.parametrize(
    "text",
    [
        '[chat]\nmodel = "llama3.1:8b"\nanswer_tokens = 100\nruntime = "ollama"\n',
        '[chat]\nmodel = "hf.co/someone/model:Q4_K_M"\n',
        '[embedding]\nmodel = "all-minilm-l6-v2"\n',
        '[filing]\nmax_error = 0.02\ntaxonomy = "ours.toml"\n',
        '[server]\nhost = "127.0.0.1"\nport = 9000\n',
        'store_url = ""\nlease_s = 30\n',
    ],
)
def test_a_found_file_may_set_how_much_and_how_long_and_is_named(
    found: Callable[[str], Path], text: str
) -> None:
    # given
    file = found(text)

    # when
    settings = load_settings(env={})

    # then
    assert settings.source == file
    assert settings.notices == (
        f"{file}, found in the working folder, is in use; `twolane trust` ends this notice",
    )


def test_no_settings_file_names_a_file_as_a_language(found: Callable[[str], Path]) -> None:
    # given
    found('[extract]\nocr_languages = "eng+../../home/ada/unpacked/theirs"\n')

    # when
    with pytest.raises(SettingsError) as refused:
        load_settings(env={})

    # then
    assert "extract.ocr_languages" in refused.value.what


def test_trust_is_for_this_content_at_this_path(found: Callable[[str], Path], tmp_path: Path) -> None:
    # given
    text = '[chat]\nurl = "http://mine.example"\n'
    trust(examine(found(text)))
    (tmp_path / "elsewhere.toml").write_text(text)

    # when / then
    assert load_settings(env={}).notices == ()
    found(text.replace("mine", "foreign"))
    with pytest.raises(UntrustedSettingsError, match=r"chat\.url"):
        load_settings(env={})
    (tmp_path / "elsewhere.toml").rename(found(""))
    assert load_settings(env={}).chat.url == "http://mine.example"


def test_the_same_content_in_another_folder_is_not_trusted(
    found: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    text = '[chat]\nurl = "http://mine.example"\n'
    trust(examine(found(text)))
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "twolane.toml").write_text(text)

    # when
    monkeypatch.chdir(tmp_path / "copy")

    # then
    with pytest.raises(UntrustedSettingsError):
        load_settings(env={})


def test_trust_can_be_taken_back(found: Callable[[str], Path]) -> None:
    # given
    file = found('data_dir = "library"\n')
    trust(examine(file))

    # when
    known = distrust(SettingsFile(file, ""))

    # then
    assert known
    assert not distrust(SettingsFile(file, ""))
    with pytest.raises(UntrustedSettingsError):
        load_settings(env={})


def test_a_damaged_record_of_trust_trusts_nothing(found: Callable[[str], Path]) -> None:
    # given
    record = trust(examine(found('data_dir = "library"\n')))

    # when / then
    for damaged in ("", "[]", "{}", '{"sha256": null}'):
        record.write_text(damaged)
        with pytest.raises(UntrustedSettingsError):
            load_settings(env={})


@pytest.mark.parametrize(
    "stronger",
    [
        {"env": {"TWOLANE_CHAT_URL": "http://mine.example"}},
        {"env": {}, "flags": {"chat.url": "http://mine.example"}},
    ],
)
def test_what_something_stronger_replaces_needs_no_trust(
    found: Callable[[str], Path], stronger: dict[str, Any]
) -> None:
    # given
    found('[chat]\nurl = "http://foreign.example"\n')

    # when / then
    assert load_settings(**stronger).chat.url == "http://mine.example"


def test_a_file_that_is_named_is_trusted_as_named(found: Callable[[str], Path]) -> None:
    # given
    file = found('[chat]\nurl = "http://mine.example"\n')

    # when / then
    assert load_settings(file=Path(file.name), env={}).chat.url == "http://mine.example"
    assert load_settings(env={"TWOLANE_SETTINGS": str(file)}).notices == ()


def test_the_file_of_the_configuration_folder_is_the_user_s_own(
    configuration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    configuration.mkdir(parents=True)
    (configuration / "twolane.toml").write_text('[chat]\nurl = "http://mine.example"\n')
    (tmp_path / "anywhere").mkdir()

    # when / then
    for folder in (tmp_path / "anywhere", configuration):
        monkeypatch.chdir(folder)
        assert load_settings(env={}).chat.url == "http://mine.example"


def test_a_link_to_a_taxonomy_elsewhere_is_another_folder_s(
    found: Callable[[str], Path], tmp_path: Path
) -> None:
    # given
    file = found('[filing]\ntaxonomy = "linked.toml"\n')
    (tmp_path / "theirs.toml").touch()
    (file.parent / "linked.toml").symlink_to(tmp_path / "theirs.toml")

    # when / then
    with pytest.raises(UntrustedSettingsError, match=r"filing\.taxonomy"):
        load_settings(env={})


def test_trust_that_cannot_be_remembered_says_what_to_do(
    found: Callable[[str], Path], configuration: Path
) -> None:
    # given
    file = found('data_dir = "library"\n')
    configuration.parent.mkdir()
    configuration.touch()

    # when / then
    with pytest.raises(SettingsError, match="TWOLANE_SETTINGS"):
        trust(examine(file))
