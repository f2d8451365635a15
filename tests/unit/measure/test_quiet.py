"""How quiet the machine was: a share of the processor, or that it is not known."""

from __future__ import annotations

from twolane.measure.report.quiet import Quiet


def test_what_others_used_is_a_share_of_the_processor() -> None:
    # given
    quiet = Quiet()

    # when
    sum(range(3_000_000))
    percent = quiet.others_percent()

    # then
    assert percent == -1.0 or 0.0 <= percent <= 100.0
