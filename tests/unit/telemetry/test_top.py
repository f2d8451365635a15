"""What `twolane top` makes of scrapes, and that it fits a small terminal."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console
from tests.support.watched import lookout

from twolane.cli.top_screen import screen
from twolane.documents import Classification, DoneEvent, Tier
from twolane.errors import ModelTimeoutError
from twolane.telemetry.metrics import Metrics, Sample, parse
from twolane.telemetry.standing import ServerStanding, Standing, Standings, Trouble, Words

WORDS = {"chat": Words("nothing answers at http://127.0.0.1:1", "start its server")}


def done(number: float) -> list[Sample]:
    labels = {"kind": "read", "lane": "filing"}
    return [
        Sample("twolane_queue_jobs", {**labels, "state": "queued"}, 5),
        Sample("twolane_queue_jobs_done_total", labels, number),
    ]


def busy() -> Standing:
    metrics = Metrics(lookout(), "1.0.0")
    metrics.call_began("filing")
    metrics.call_failed("filing", ModelTimeoutError("too slow"))
    metrics.call_ended("filing", "choose", 1.0, outcome="error")
    metrics.classified(Classification("letters", 0.4, Tier.RULES, "said so"))
    metrics.answered("answered", DoneEvent("yes", first_token_s=0.3, seconds=2.0))
    troubles = [Trouble(f"file{number}.pdf", "the reader died\nof its memory " * 9) for number in range(5)]
    return Standings("http://127.0.0.1:8642").add(parse(metrics.render().decode()), WORDS, troubles)


def lines_of(standing: Standing, width: int = 80, height: int = 24) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width, height=height, force_terminal=True, color_system=None)
    console.print(screen(standing, height=height))
    return out.getvalue().splitlines()


def test_rates_are_over_the_last_half_minute() -> None:
    # given
    now = [0.0]
    standings = Standings("here", clock=lambda: now[0])

    # when
    rates = []
    for at, number in ((0.0, 100), (10.0, 150), (20.0, 170), (60.0, 170)):
        now[0] = at
        rates.append(standings.add(done(number), {}).kinds[0].per_s)

    # then
    assert rates == [None, 5.0, 3.5, 0.0]


def test_a_server_that_was_restarted_counts_from_nothing() -> None:
    # given
    now = iter((0.0, 10.0))
    standings = Standings("here", clock=lambda: next(now))
    standings.add(done(100), {})

    # then
    assert standings.add(done(3), {}).kinds[0].per_s == 0.0


def test_a_scrape_becomes_a_standing() -> None:
    # when
    standing = busy()

    # then
    assert standing.workers == 3
    assert standing.files == {"filed": 9, "review": 1}
    assert standing.tiers == {"rules": 4, "similarity": 6}
    assert (standing.kinds[0].queued, standing.kinds[0].parked, standing.kinds[0].oldest_s) == (7, 2, 12.5)
    filing, chat = standing.lanes
    assert (filing.ready, filing.errors, filing.requests) == (True, {"timeout": 1}, 1)
    assert (chat.ready, chat.remedy) == (False, "start its server")
    assert standing.answers.answered == 1
    assert standing.answers.first_token_p50_s == pytest.approx(0.375)


def test_it_fits_a_terminal_of_80_by_24_and_a_smaller_one() -> None:
    # given both lanes in trouble, with several servers each
    standing = busy()
    servers = tuple(ServerStanding(f"http://gpu{n}.example:11434", "open") for n in range(9))
    standing = replace(standing, lanes=tuple(replace(lane, servers=servers) for lane in standing.lanes))

    for width, height in ((80, 24), (60, 15), (200, 50)):
        # when
        lines = lines_of(standing, width, height)

        # then
        assert len(lines) < height
        assert max(map(len, lines)) <= width
        assert "q leaves" in lines[-1]


def test_what_is_wrong_is_said() -> None:
    # when
    text = "\n".join(lines_of(busy(), height=40))

    # then
    assert "NOT READY" in text
    assert "nothing answers at http://127.0.0.1:1 → start its server" in text
    assert "failed: 1 timeout" in text
    assert "file0.pdf: the reader died of its memory" in text
    assert "rules 40%, similarity 60%" in text
