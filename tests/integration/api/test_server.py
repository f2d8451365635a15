"""The server itself: where it listens, and how it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from tests.integration.api.served import DEADLINE_S, SteeredApp, events_of, listening, settings_in

from twolane.answers import AnswerEvent, TextEvent, Turn
from twolane.api.server import listen_on, serve
from twolane.app import open_app
from twolane.errors import SettingsError

PROGRAM = """
import sys
from pathlib import Path
from tests.integration.api.served import settings_in
from twolane.api.server import serve
from twolane.app import open_app

with open_app(settings_in(Path(sys.argv[1]))) as app:
    serve(app, "127.0.0.1", 0, lambda url: print(url, flush=True))
print("closed", flush=True)
"""


def test_a_taken_port_is_explained(tmp_path: Path) -> None:
    # given
    with listen_on("127.0.0.1", 0) as other, open_app(settings_in(tmp_path)) as app:
        other.listen()
        port = other.getsockname()[1]

        # when
        with pytest.raises(SettingsError) as raised:
            serve(app, "127.0.0.1", port, print)

    # then
    assert f"port {port} of 127.0.0.1 is taken" in raised.value.what
    assert "--port 0" in raised.value.remedy


def test_an_address_of_another_machine_is_explained() -> None:
    # when
    with pytest.raises(SettingsError) as raised:
        listen_on("192.0.2.1", 0)

    # then
    assert "192.0.2.1" in raised.value.what
    assert raised.value.remedy


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_cleanly_with_pages_open(tmp_path: Path, name: signal.Signals) -> None:
    # given
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root
    ) as program:
        assert program.stdout is not None
        url = program.stdout.readline().strip()
        with httpx.stream("GET", f"{url}/api/v1/events", timeout=DEADLINE_S, trust_env=False) as response:
            events = events_of(response)
            next(events)

            # when
            program.send_signal(name)
            rest = list(events)
        output, errors = program.communicate(timeout=DEADLINE_S)

    # then
    assert rest == []
    assert (program.returncode, output, errors) == (0, "closed\n", "")


def test_a_silent_model_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    # given
    go_on = threading.Event()

    def silent(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield TextEvent("wait")
        go_on.wait(DEADLINE_S)

    with SteeredApp(settings_in(tmp_path)) as app:
        app.script = silent
        with httpx.Client(timeout=DEADLINE_S, trust_env=False) as client:
            stopping = listening(app)
            url = stopping.__enter__()
            with client.stream("POST", f"{url}/api/v1/ask", json={"question": "Why?"}) as response:
                events = events_of(response)
                next(events)

                # when
                stopper = threading.Thread(target=stopping.__exit__, args=(None, None, None))
                stopper.start()
                rest = list(events)
                stopper.join(DEADLINE_S)

        # then
        assert not stopper.is_alive()
        assert rest[0][1]["error"] == "the server is stopping"
        go_on.set()
