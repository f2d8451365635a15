"""Wrong passwords and challenges are counted so that nobody is locked out by another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.library import Clock

from twolane.access import users as users_module
from twolane.access.challenges import Challenges
from twolane.access.sign_ins import RECENT_S, SignIns
from twolane.access.users import Users
from twolane.errors import AccessError, PasswordError, SignInTriesError
from twolane.store.sqlite.store import open_sqlite

RIGHT, WRONG = "some words of ada", "wrong words of eve"
HOME, EVIL = "192.0.2.1", "198.51.100.66"


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Users, SignIns]]:
    """Yield the users ada and ben of a library; passwords are compared at once, which they never are."""
    store = open_sqlite(tmp_path / "library.db", max_attempts=3, backoff_s=1.0)
    made = Users(store)
    for name in ("ada", "ben"):
        made.add(name, password=RIGHT)
    monkeypatch.setattr(users_module, "is_password", lambda kept, given: given == RIGHT)
    yield made, SignIns(store)
    store.close()


def guess(users: Users, name: str, sender: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises((PasswordError, SignInTriesError)):
            users.by_password(name, WRONG, sender)


def test_a_stranger_who_guesses_locks_out_no_one_elsewhere(library: tuple[Users, SignIns]) -> None:
    # given
    users, sign_ins = library
    sign_ins.begin("ada", "password", sender=HOME)

    # when
    guess(users, "ADA", EVIL, 12)

    # then
    with pytest.raises(SignInTriesError):
        users.by_password("ada", RIGHT, EVIL)
    assert users.by_password("ada", RIGHT, HOME).name == "ada"
    assert users.by_password("ada", RIGHT, "203.0.113.9").name == "ada"
    assert (users.slowed_s("ada", HOME), users.slowed_s("ben", EVIL)) == (0.0, 0.0)
    users.check_own("ada", RIGHT, "a session")


def test_a_name_that_many_guess_is_slowed_but_where_it_is_signed_in(library: tuple[Users, SignIns]) -> None:
    # given
    users, sign_ins = library
    sign_ins.begin("ada", "password", sender=HOME)

    # when
    for number in range(12):
        guess(users, "ada", f"198.51.100.{number}", 1)

    # then
    assert users.slowed_s("ada", HOME) == 0.0
    assert users.slowed_s("ada", "203.0.113.9") > 0.0
    assert users.by_password("ada", RIGHT, "203.0.113.9").name == "ada"


def test_one_who_guesses_in_an_office_is_stopped_and_its_people_are_not(
    library: tuple[Users, SignIns],
) -> None:
    # given
    users, sign_ins = library
    sign_ins.begin("ada", "password", sender=HOME)

    # when
    for number in range(60):
        guess(users, f"nobody {number}", HOME, 1)

    # then
    assert users.by_password("ada", RIGHT, HOME).name == "ada"
    with pytest.raises(SignInTriesError):
        users.by_password("ben", RIGHT, HOME)


def test_a_network_of_version_6_is_one_sender(library: tuple[Users, SignIns]) -> None:
    # given
    users, _ = library

    # when
    for number in range(10):
        guess(users, "ada", f"2001:db8:1:1::{number:x}", 1)

    # then
    with pytest.raises(SignInTriesError):
        users.by_password("ada", RIGHT, "2001:db8:1:1:ffff::1")
    assert users.by_password("ada", RIGHT, "2001:db8:1:2::1").name == "ada"


def test_whoever_is_signed_in_may_try_their_own_password_so_often(library: tuple[Users, SignIns]) -> None:
    # given
    users, _ = library

    # when
    for _ in range(10):
        with pytest.raises(PasswordError):
            users.check_own("ada", WRONG, "stolen")

    # then
    with pytest.raises(SignInTriesError):
        users.check_own("ada", RIGHT, "stolen")
    users.check_own("ada", RIGHT, "her own")


def test_a_challenge_is_known_to_another_server_and_for_its_purpose_alone() -> None:
    # given
    clock = Clock()
    one, other, foreign = (Challenges(key.encode, clock) for key in ("key", "key", "another"))
    made = one.make("signing in")

    # when / then
    assert other.known(made.challenge_id, "signing in") == made
    for wrong in ("", "x", "1", ".", f"{made.challenge_id}x", "9" * 99 + ".x", "²5.x"):
        found = other.known(wrong, "signing in")
        assert found is None or found.challenge != made.challenge
    for known in (other.known(made.challenge_id, "adding"), foreign.known(made.challenge_id, "signing in")):
        assert known is not None
        assert known.challenge != made.challenge
    assert one.make("signing in").challenge != made.challenge
    clock.advance(299)
    assert other.known(made.challenge_id, "signing in") == made
    clock.advance(2)
    assert other.known(made.challenge_id, "signing in") is None


def test_what_outlives_a_sign_in_is_made_soon_after_it(tmp_path: Path) -> None:
    # given
    clock = Clock()
    store = open_sqlite(tmp_path / "library.db", max_attempts=3, backoff_s=1.0, clock=clock)
    Users(store).add("ada", password=RIGHT)
    sign_ins = SignIns(store)
    old = sign_ins.begin("ada", "password")
    clock.advance(RECENT_S - 60)
    sign_ins.by_secret(old.secret)
    sign_ins.require_recent("ada", old.sign_in.sign_in_id)

    # when
    clock.advance(120)
    sign_ins.by_secret(old.secret)
    new = sign_ins.begin("ada", "password")

    # then
    with pytest.raises(AccessError, match="too long ago"):
        sign_ins.require_recent("ada", old.sign_in.sign_in_id)
    sign_ins.require_recent("ada", new.sign_in.sign_in_id)
    sign_ins.require_recent("ada", "")  # a proxy shows who it is with each request
    store.close()
