"""What commands say of users, groups and tokens: one is one, and an example reaches the server."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from twolane.cli.main import cli


def run(library: Path, *words: str) -> str:
    done = CliRunner().invoke(cli, ["--data-dir", str(library), *words], standalone_mode=False)
    assert done.exception is None, done.exception
    return done.output


def test_one_thing_is_counted_as_one(tmp_path: Path) -> None:
    # given
    run(tmp_path, "users", "add", "ada", "--no-password")
    run(tmp_path, "groups", "add", "family", "ada")
    run(tmp_path, "share", "letter", "--with", "@family")
    run(tmp_path, "tokens", "make", "scanner")

    # when
    told = [run(tmp_path, *words).splitlines()[-1] for words in (["users"], ["groups"], ["shares"])]
    told.append(run(tmp_path, "tokens", "list").splitlines()[-1])

    # then
    assert told == ["1 user", "1 group", "1 share", "1 token"]


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, "http://HOST:8642/"),
        ({"names": "papers.example.org"}, "http://papers.example.org:8642/"),
        ({"names": "papers.example.org", "proxies": "127.0.0.1"}, "https://papers.example.org/"),
        ({"tls_certificate": "/c.pem", "tls_key": "/k.pem"}, "https://HOST:8642/"),
    ],
)
def test_the_example_of_a_token_names_the_address_that_others_use(
    tmp_path: Path, settings: dict[str, str], address: str
) -> None:
    # given
    flags = [word for name, value in settings.items() for word in ("--set", f"server.{name}={value}")]

    # when
    told = run(tmp_path, *flags, "tokens", "make", "scanner")

    # then
    assert f"{address}api/v1/inbox" in told


def test_an_audit_without_a_row_says_why(tmp_path: Path) -> None:
    # given
    before = run(tmp_path, "audit", "--act", "asked")
    run(tmp_path, "users", "add", "ada", "--no-password")

    # when
    after = run(tmp_path, "audit", "--act", "asked")

    # then
    assert "without users" in before
    assert after == "nothing\n"
