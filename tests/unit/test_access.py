"""Tokens: their names and days are checked, and wrong ones are counted by address and minute."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.support.library import Clock

from twolane.access.tokens import Tokens
from twolane.access.tries import MOST_TRIES, WITHIN_S, WrongTries
from twolane.errors import SettingsError, TokenError
from twolane.store.sqlite.store import open_sqlite


def test_only_the_digest_of_a_secret_is_kept(tmp_path: Path) -> None:
    # given
    file = tmp_path / "library.db"
    store = open_sqlite(file, max_attempts=3, backoff_s=1.0)
    tokens = Tokens(store)

    # when
    one, other = tokens.make("a"), tokens.make("b")
    held = tokens.holder(one.secret)
    store.close()

    # then
    assert held.name == "a"
    assert one.secret != other.secret
    assert one.secret.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "last_day"),
    [("", None), ("\t", None), ("x" * 101, None), ("a\x1bb", None), ("a", date(2020, 1, 1))],
)
def test_names_that_nobody_could_use_and_days_that_have_passed_are_refused(
    tmp_path: Path, name: str, last_day: date | None
) -> None:
    # given
    store = open_sqlite(tmp_path / "library.db", max_attempts=3, backoff_s=1.0)

    # when
    with pytest.raises(SettingsError):
        Tokens(store).make(name, last_day=last_day)

    # then
    assert store.tokens.all() == []
    store.close()


def test_any_text_may_come_as_a_secret(tmp_path: Path) -> None:
    # given
    store = open_sqlite(tmp_path / "library.db", max_attempts=3, backoff_s=1.0)

    # then
    for secret in ("", "x", "twolane_", "合同", "\udce9", "twolane_" + "A" * 43, "A" * 100_000):
        with pytest.raises(TokenError):
            Tokens(store).holder(secret)
    store.close()


def test_wrong_tokens_are_counted_by_address_and_forgotten_after_a_minute() -> None:
    # given
    clock = Clock()
    tries = WrongTries(clock)

    # when
    told = [tries.note("one") for _ in range(MOST_TRIES + 2)]
    other = tries.note("other")
    clock.advance(WITHIN_S)

    # then
    assert told == [True] * MOST_TRIES + [False] * 2
    assert other
    assert tries.note("one")
