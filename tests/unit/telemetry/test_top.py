"""The rates of `twolane top`, and that its screen fits a small terminal."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console
from tests.support.watched import snapshot

from twolane.cli.top_screen import View, screen
from twolane.jobs.base import WorkerRecord
from twolane.lanes.snapshot import AnswerCounts, LaneCalls, Snapshot, TokenMeter, Trouble
from twolane.llm.base import ServerHealth


def written(tokens: int) -> Snapshot:
    filing, chat = snapshot().lanes
    return snapshot(lanes=(filing, replace(chat, calls=LaneCalls(completion_tokens=tokens))))


def busy() -> View:
    troubles = tuple(Trouble(f"file{n}.pdf", "the reader died\nof its memory " * 9) for n in range(5))
    calls = LaneCalls(requests=1, errors={"timeout": 1}, completion_tokens=12, first_token_s=0.3)
    filing, chat = snapshot().lanes
    now = snapshot(
        lanes=(replace(filing, calls=calls), chat),
        answers=AnswerCounts(answered=1, first_token_p50_s=0.3, first_token_p95_s=0.4),
        troubles=troubles,
        working=(WorkerRecord("a", "filing", 4, 0.0, 1.0, rates={"read": 3.5, "picture": 0.02}),),
    )
    return View("http://127.0.0.1:8642", now, {"filing": 7.5})


def lines_of(view: View, width: int = 80, height: int = 24) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width, height=height, force_terminal=True, color_system=None)
    console.print(screen(view, height=height))
    return out.getvalue().splitlines()


def test_rates_are_over_the_last_half_minute() -> None:
    # given
    now = [0.0]
    meter = TokenMeter(clock=lambda: now[0])

    # when
    rates = []
    for at, number in ((0.0, 100), (10.0, 150), (20.0, 170), (60.0, 170)):
        now[0] = at
        rates.append(meter.add(written(number)).get("chat"))

    # then
    assert rates == [None, 5.0, 3.5, 0.0]


def test_a_server_that_was_restarted_counts_from_nothing() -> None:
    # given
    now = iter((0.0, 10.0))
    meter = TokenMeter(clock=lambda: next(now))
    meter.add(written(100))

    # then
    assert meter.add(written(3))["chat"] == 0.0


def test_it_fits_a_terminal_of_80_by_24_and_a_smaller_one() -> None:
    # given both lanes in trouble, with several servers each
    servers = tuple(
        ServerHealth(f"http://user:secret@gpu{n}.example:11434", "open", 0, ready=False, detail="down")
        for n in range(9)
    )
    view = busy()
    lanes = tuple(replace(lane, health=replace(lane.health, servers=servers)) for lane in view.snapshot.lanes)
    view = replace(view, snapshot=replace(view.snapshot, lanes=lanes))

    for width, height in ((80, 24), (60, 15), (200, 50)):
        # when
        lines = lines_of(view, width, height)

        # then
        assert len(lines) < height
        assert max(map(len, lines)) <= width
        assert "q leaves" in lines[-1]
    assert "gpu0.example:11434" in "".join(lines)
    assert "secret" not in "".join(lines)


def test_what_is_wrong_is_said() -> None:
    # when
    text = "\n".join(lines_of(busy(), height=40))

    # then
    assert "NOT READY" in text
    assert "nothing answers at http://127.0.0.1:1 → start its server" in text
    assert "failed: 1 timeout" in text
    assert "file0.pdf: the reader died of its memory" in text
    assert "rules 40%, similarity 60%" in text


def test_what_happens_is_said_with_its_rates() -> None:
    # when
    text = "\n".join(lines_of(busy(), height=40))

    # then
    assert "9 filed, 1 review  5 s left" in text
    assert "1 calls, 0 under way, 7.5 tokens/s, first token 0.30 s" in text
    assert "1 answered, 0 refused, first word 0.30 s, 95% in 0.40 s" in text
    [read] = [line for line in text.splitlines() if line.startswith("read ")]
    assert read.split() == ["read", "7", "1", "2", "12", "s", "10", "3.5/s", "5", "s"]
