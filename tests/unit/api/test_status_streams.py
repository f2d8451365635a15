"""Streams of the status: so many for each, and the oldest gives way."""

from __future__ import annotations

from contextlib import ExitStack

from twolane.api.status_streams import StatusStreams


def test_the_oldest_of_too_many_gives_way_and_nobody_else_does() -> None:
    # given
    followers = StatusStreams(most_each=2)
    with ExitStack() as stack:
        other = stack.enter_context(followers.following("ada"))

        # when
        first, second, third = (stack.enter_context(followers.following("ben")) for _ in range(3))

        # then
        assert first.is_one_too_many.is_set()
        assert not any(one.is_one_too_many.is_set() for one in (other, second, third))


def test_who_has_left_does_not_count() -> None:
    # given
    followers = StatusStreams(most_each=1)
    with followers.following("ada"):
        pass

    # when
    with followers.following("ada") as follower:
        # then
        assert not follower.is_one_too_many.is_set()
