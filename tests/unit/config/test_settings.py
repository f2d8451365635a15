"""Settings: what is stronger than what, and what is said of a mistake."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from twolane.cli.init import settings_text
from twolane.config.addresses import without_password
from twolane.config.lane_settings import LaneSettings
from twolane.config.loading import load_settings
from twolane.config.reference import describe_setting, setting_names
from twolane.config.settings import Settings, SharedPath
from twolane.errors import SettingsError
from twolane.hardware.plan.profiles import profiles, share_cores
from twolane.lanes.resolve import resolve_lane


def write(folder: Path, text: str) -> Path:
    path = folder / "twolane.toml"
    path.write_text(text)
    return path


def test_flags_are_stronger_than_the_environment_and_that_than_the_file(tmp_path: Path) -> None:
    # given
    file = write(tmp_path, '[chat]\nmodel = "file"\nthreads = 3\n[filing]\nmodel = "file"\n')
    env = {"LLM_CHAT_MODEL": "env", "LLM_CLASSIFICATION_MODEL": "env", "TWOLANE_CHAT_CONTEXT_TOKENS": "512"}

    # when
    settings = load_settings(file=file, env=env, flags={"chat.model": "flag"})

    # then
    assert (settings.chat.model, settings.filing.model) == ("flag", "env")
    assert (settings.chat.threads, settings.chat.context_tokens) == (3, 512)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[chat]\ntreads = 3\n", ["twolane.toml:2", "chat.treads", "chat.threads"]),
        ('\n[chat]\nthreads = "many"\n', ["twolane.toml:3", "chat.threads", "integer"]),
        ('[chat]\nurl = "localhost"\n', ["twolane.toml:2", "chat.url", "http://"]),
        (
            '[chat]\nurl = ["http://a:1", "b:2"]\n',
            ["twolane.toml:2", "chat.url", "'b:2' is not an http://"],
        ),
        ('[chat]\nurl = ["http://a:1", 2]\n', ["twolane.toml:2", "chat.url"]),
        ("[chatt]\nmodel = 1\n", ["twolane.toml:1", "chatt"]),
        ('[chat]\nmodel = "x\n', ["line 2"]),
        ("lease_s = -1\n", ["twolane.toml:1", "lease_s", "greater than 0"]),
        ('store_url = "oracle://x"\n', ["twolane.toml:1", "store_url", "sqlite:///"]),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_place(tmp_path: Path, text: str, says: list[str]) -> None:
    # given
    file = write(tmp_path, text)

    # when
    with pytest.raises(SettingsError) as told:
        load_settings(file=file, env={})

    # then
    assert all(word in str(told.value) for word in says), str(told.value)


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"TWOLANE_CHAT_MODLE": "x"}, "TWOLANE_CHAT_MODEL"),
        ({"TWOLANE_CHAT_THREADS": "x"}, "TWOLANE_CHAT_THREADS"),
        ({"TWOLANE_FILING_USE_MODEL": "perhaps"}, "boolean"),
    ],
)
def test_a_mistake_in_the_environment_is_told_by_name(env: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as told:
        load_settings(env=env)
    assert says in str(told.value)


@pytest.mark.parametrize(
    ("text", "env"),
    [
        ('[chat]\nurl = ["http://a:1/", "http://b:2"]\n', {}),
        ('[chat]\nurl = "http://a:1,http://b:2"\n', {}),
        ("", {"TWOLANE_CHAT_URL": " http://a:1 , http://b:2/,http://a:1"}),
    ],
)
def test_a_lane_may_have_several_addresses(tmp_path: Path, text: str, env: dict[str, str]) -> None:
    # when
    lane = load_settings(file=write(tmp_path, text), env=env).chat

    # then
    assert lane.urls == ("http://a:1", "http://b:2")
    assert resolve_lane("chat", lane).runtime == "ollama"


@pytest.mark.parametrize(
    ("text", "env"),
    [
        ('[server]\nnames = ["docs.example", "papers.example"]\n', {}),
        ('[server]\nnames = "docs.example, papers.example"\n', {}),
        ("", {"TWOLANE_SERVER_NAMES": "docs.example,papers.example,"}),
    ],
)
def test_a_server_may_have_several_names(tmp_path: Path, text: str, env: dict[str, str]) -> None:
    # when
    settings = load_settings(file=write(tmp_path, text), env=env)

    # then
    assert settings.server.names == ("docs.example", "papers.example")


def test_tables_may_come_several_times_in_a_file(tmp_path: Path) -> None:
    # given
    file = write(
        tmp_path,
        '[[shared_path]]\nrecorded = "/home/ada"\nhere = "/mnt/ada"\n'
        "[chat]\nthreads = 3\n"
        '[[shared_path]]\nrecorded = "/home/bob"\nhere = "papers"\n',
    )

    # when
    settings = load_settings(file=file, env={})

    # then
    assert settings.shared_path == (
        SharedPath(recorded=Path("/home/ada"), here=Path("/mnt/ada")),
        SharedPath(recorded=Path("/home/bob"), here=tmp_path / "papers"),
    )
    assert settings.chat.threads == 3


def test_a_variable_or_a_flag_gives_tables_as_json_in_place_of_the_file_s(tmp_path: Path) -> None:
    # given
    file = write(tmp_path, '[[shared_path]]\nrecorded = "/a"\nhere = "/b"\n')
    text = '[{"recorded": "/home/ada", "here": "/mnt/ada"}]'
    expected = (SharedPath(recorded=Path("/home/ada"), here=Path("/mnt/ada")),)

    # when / then
    assert load_settings(file=file, env={"TWOLANE_SHARED_PATH": text}).shared_path == expected
    assert load_settings(file=file, env={}, flags={"shared_path": text}).shared_path == expected


_TABLE = '[[shared_path]]\nrecorded = "/a"\nhere = "/b"\n'


@pytest.mark.parametrize(
    ("text", "env", "says"),
    [
        (_TABLE + '\n[[shared_path]]\nrecorded = "/c"\nhere = 5\n', "", ["toml:7: shared_path.here = 5"]),
        (_TABLE + '\n[[shared_path]]\nrecorded = "/c"\n', "", ["toml:5: shared_path.here: field required"]),
        (_TABLE + 'her = "/c"\n', "", ["toml:4: ", "'shared_path.her'", "did you mean shared_path.here?"]),
        ('[shared_path]\nhere = "/b"\n', "", ["toml:1: shared_path", "[[double brackets]]"]),
        ('shared_path = [{recorded = "/a"}]\n', "", ["toml:1, table 1: shared_path.here"]),
        ("", "/a=/b", ["TWOLANE_SHARED_PATH: shared_path", "JSON"]),
        (
            _TABLE,
            '[{"recorded": "/a", "here": "/b"}, {}]',
            ["TWOLANE_SHARED_PATH, table 2: shared_path.recorded"],
        ),
    ],
)
def test_a_mistake_in_a_table_is_told_with_the_line_of_its_entry(
    tmp_path: Path, text: str, env: str, says: list[str]
) -> None:
    # given
    file = write(tmp_path, text)

    # when
    with pytest.raises(SettingsError) as told:
        load_settings(file=file, env={"TWOLANE_SHARED_PATH": env} if env else {})

    # then
    assert all(word in str(told.value) for word in says), str(told.value)


def test_servers_of_two_kinds_need_the_runtime_named() -> None:
    # given
    url = "http://a:1,http://b:2/v1"

    # when / then
    with pytest.raises(SettingsError, match="b:2/v1"):
        resolve_lane("chat", LaneSettings(model="m", url=url))
    assert resolve_lane("chat", LaneSettings(model="m", url=url, runtime="openai")).urls == tuple(
        url.split(",")
    )


def test_a_secret_is_shown_nowhere() -> None:
    # when
    settings = load_settings(env={"TWOLANE_CHAT_API_KEY": "hush-hush"})

    # then
    assert settings.chat.api_key.get_secret_value() == "hush-hush"
    assert "hush-hush" not in repr(settings)


@pytest.mark.parametrize(
    "given",
    [
        '[{"url": "imaps://ada:hush@post.example"}]',
        '[{"url": "imap+insecure://ada@post.example", "password": "hush"}]',
        '[{"url": "imaps://post.example", "password": "hush"}]',
        '[{"url": "https://ada@post.example", "password": "hush"}]',
        '[{"url": "imaps://ada@post.example:x", "password": "hush"}]',
        '[{"url": "imaps://ada@post.example", "password": ["hush"]}]',
        '[{"url": "imaps://ada@post.example", "pasword": "hush"}]',
        '{"url": "imaps://ada@post.example", "password": "hush"}',
        '[{"url": "imaps://ada@post.example", "password": "hush"',
    ],
)
def test_a_mistake_in_a_mailbox_shows_no_password(given: str) -> None:
    # when
    with pytest.raises(SettingsError) as told:
        load_settings(env={"TWOLANE_MAIL": given})

    # then
    assert "hush" not in str(told.value)


def test_the_mailbox_of_the_documents_can_be_set(tmp_path: Path) -> None:
    # given
    page = (Path(__file__).parents[3] / "docs" / "ways_in.md").read_text("utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)

    # when
    settings = load_settings(file=write(tmp_path, example), env={})

    # then
    assert [account.folder for account in settings.mail] == ["Invoices"]


def test_a_mailbox_is_read_from_a_file(tmp_path: Path) -> None:
    # given
    file = write(
        tmp_path, '[[mail]]\nurl = "imaps://a%40b@post.example"\npassword = "hush"\nfrom_day = 2026-01-31'
    )

    # when
    settings = load_settings(file=file, env={})

    # then
    assert settings.mail[0].from_day == date(2026, 1, 31)
    assert settings.mail[0].password.get_secret_value() == "hush"
    assert "hush" not in repr(settings)


@pytest.mark.parametrize(
    "url", ["http://ada:hush@gpu:1", "http://hush@gpu:1/v1", "http://a:1,http://ada:hush@gpu:1"]
)
def test_an_address_of_a_model_server_holds_no_password(url: str) -> None:
    # when
    with pytest.raises(SettingsError, match="api_key") as told:
        load_settings(env={"TWOLANE_CHAT_URL": url})

    # then
    assert "ada:hush" not in str(told.value)


def test_a_password_within_an_address_is_shown_nowhere(tmp_path: Path) -> None:
    # given
    url = "postgresql://me:hush%40hush@db.example:5432/twolane"
    wrong = write(tmp_path, 'store_url = "postgresql://me:hush@db.example:none/twolane"')

    # when
    settings = load_settings(env={"TWOLANE_STORE_URL": url})
    with pytest.raises(SettingsError) as told:
        load_settings(file=wrong, env={})

    # then
    assert without_password("postgresql://db.example/x?user=me&password=hush&a=b").endswith("=***&a=b")
    assert settings.store_url == url
    assert "postgresql://me:***@db.example:5432/twolane" in repr(settings)
    assert "hush" not in repr(settings) + str(told.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://host",
        "postgresql:///name",
        "postgres://u:p@host:0/name",
        "postgresql://u:p@s@host:x/name",
    ],
)
def test_an_address_of_no_database_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="is not a store address"):
        load_settings(env={"TWOLANE_STORE_URL": url})


def test_a_variable_may_name_a_file_that_holds_the_value(tmp_path: Path) -> None:
    # given
    secret = tmp_path / "secret"
    secret.write_text("hush-hush\n")
    (tmp_path / "threads").write_text("3")
    env = {"TWOLANE_CHAT_API_KEY_FILE": str(secret), "TWOLANE_CHAT_THREADS_FILE": str(tmp_path / "threads")}

    # when
    settings = load_settings(env=env)

    # then
    assert (settings.chat.api_key.get_secret_value(), settings.chat.threads) == ("hush-hush", 3)
    for wrong, says in (
        ({**env, "TWOLANE_CHAT_API_KEY": "x"}, "both set"),
        ({"TWOLANE_CHAT_API_KEY_FILE": str(tmp_path / "none")}, "cannot be read"),
        ({"TWOLANE_CHAT_MODLE_FILE": str(secret)}, "TWOLANE_CHAT_MODEL"),
    ):
        with pytest.raises(SettingsError, match=says):
            load_settings(env=wrong)


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ("postgresql://ada@db:5432/twolane", "postgresql://ada:a%2Fb%40c@db:5432/twolane"),
        ("postgresql://ada:own@db:5432/twolane", "postgresql://ada:own@db:5432/twolane"),
        ("sqlite:///library.db", "sqlite:///library.db"),
        ("", ""),
    ],
)
def test_a_password_that_is_given_apart_goes_into_the_address_that_lacks_one(given: str, whole: str) -> None:
    # when
    settings = Settings(
        store_url=given,
        store_password=SecretStr("a/b@c"),
        wakeup_url=SecretStr("redis://redis:6379/0"),
        wakeup_password=SecretStr("secret"),
    )

    # then
    assert settings.store_url == whole
    assert settings.wakeup_url.get_secret_value() == "redis://:secret@redis:6379/0"
    assert Settings(wakeup_password=SecretStr("secret")).wakeup_url.get_secret_value() == "local"
    assert "a/b@c" not in repr(settings)
    assert "a%2Fb" not in repr(settings)


@pytest.mark.parametrize("url", ["postgresql://[db/twolane", 7])
def test_an_odd_address_with_a_password_apart_is_refused_as_an_address(url: Any) -> None:
    with pytest.raises(ValidationError, match="store_url"):
        Settings(store_url=url, store_password=SecretStr("secret"))


def test_every_setting_says_what_it_is() -> None:
    assert not [name for name in setting_names(tables=True) if not describe_setting(name)[0]]


@pytest.mark.parametrize("name", profiles())
def test_the_settings_file_of_each_profile_is_read_again(tmp_path: Path, name: str) -> None:
    # given
    file = write(tmp_path, settings_text(profiles()[name]))

    # when
    settings = load_settings(file=file, env={})

    # then
    assert settings.chat.model == profiles()[name].chat.model
    assert settings.filing.use_model == bool(profiles()[name].filing.model)


def test_what_the_settings_file_shows_as_defaults_are_the_defaults(tmp_path: Path) -> None:
    # given
    text = settings_text(profiles()["E"])
    shown = "\n".join(line.removeprefix("# ") if " = " in line else line for line in text.splitlines())

    # when
    tomllib.loads(shown)
    settings = load_settings(file=write(tmp_path, shown), env={})
    with_tables = load_settings(file=write(tmp_path, re.sub("(?m)^#(?! )", "", shown)), env={})

    # then
    assert settings.server == load_settings(env={}).server
    assert settings.extract == load_settings(env={}).extract
    assert len(with_tables.shared_path) == 1


@pytest.mark.parametrize("cores", [1, 2, 4, 8, 16])
def test_threads_of_both_lanes_stay_within_the_cores(cores: int) -> None:
    filing, chat = share_cores(cores)
    assert filing >= 1
    assert chat >= 1
    assert filing + chat <= max(2, cores)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql//twolane:hunter2@db",
        "postgresql:/twolane:hunter2@db",
        "redis//:hunter2@db",
        "s3//key:hun/ter2@db",
        "http//user:hunter2@db",
    ],
)
def test_a_malformed_address_shows_no_password(address: str) -> None:
    # when
    shown = without_password(address)

    # then
    assert "ter2" not in shown
    assert "hun" not in shown
    assert shown.endswith("@db")
