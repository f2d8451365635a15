"""Tokens: found by digest alone, one good one a name, and told of after they are revoked."""

from __future__ import annotations

import pytest

from twolane.errors import ConflictError, NotFoundError
from twolane.principal import AccessToken, Right
from twolane.store.base import Store

ADD = frozenset({Right.ADD})


def test_a_token_is_found_by_its_digest_and_its_end_is_judged_by_the_clock(store: Store) -> None:
    # given
    now = store.tokens.add(AccessToken("0", "早く", ADD), "first").made_at
    store.tokens.add(AccessToken("1", "Büro", ADD, ends_at=now - 1), "second")

    # when
    good = store.tokens.by_digest("first", 60)
    ended = store.tokens.by_digest("second", 60)

    # then
    assert good is not None
    assert ended is not None
    assert (good.token, good.digest, good.has_ended) == (AccessToken("0", "早く", ADD, now), "first", False)
    assert ended.has_ended
    assert store.tokens.by_digest("third", 60) is None


def test_its_use_is_noted(store: Store) -> None:
    # given
    store.tokens.add(AccessToken("0", "scanner", ADD), "digest")
    unused = store.tokens.by_digest("digest", 60)

    # when
    store.tokens.use("0")
    used = store.tokens.by_digest("digest", 60)

    # then
    assert unused is not None
    assert used is not None
    assert not unused.used_lately
    assert unused.token.used_at == 0
    assert used.used_lately
    assert used.token.used_at >= used.token.made_at


def test_a_name_has_one_good_token_and_any_number_of_revoked_ones(store: Store) -> None:
    # given
    store.tokens.add(AccessToken("0", "scanner", ADD), "old")

    # when
    with pytest.raises(ConflictError, match="already"):
        store.tokens.add(AccessToken("1", "scanner", ADD), "other")
    revoked = store.tokens.revoke("scanner")
    with pytest.raises(NotFoundError, match="scanner"):
        store.tokens.revoke("scanner")
    store.tokens.add(AccessToken("2", "scanner", ADD), "new")

    # then
    assert revoked.revoked_at >= revoked.made_at
    assert {one.token_id: bool(one.revoked_at) for one in store.tokens.all()} == {"0": True, "2": False}
    kept = store.tokens.by_digest("old", 60)
    assert kept is not None
    assert kept.token == revoked


def test_a_right_that_a_newer_program_gave_is_none_here(store: Store) -> None:
    # given
    store.session.run(
        "tokens.add", token_id="0", name="n", digest="d", rights="add fly", ends_at=0.0, user_name=""
    )

    # then
    assert [one.rights for one in store.tokens.all()] == [ADD]
