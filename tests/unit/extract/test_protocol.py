"""What a child says is checked: it may have been taken over by the file it reads."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import pytest

from twolane.documents import Page, Reading, ReadStatus
from twolane.extract.sandbox.protocol import reading_from_json, reading_to_json, receive, send

READING = Reading(ReadStatus.TEXT, "text/plain", (Page(1, "Größe", "Sheet", True),), "title", 3, 0.5, "note")


def test_a_reading_survives_the_way() -> None:
    # given
    stream = io.BytesIO()

    # when
    send(stream, reading_to_json(READING))
    stream.seek(0)
    message = receive(stream, 10_000)

    # then
    assert message is not None
    assert reading_from_json(message) == READING


@pytest.mark.parametrize(
    "frame",
    [
        struct.pack(">I", 0xFFFF_FFFF),
        struct.pack(">I", 2) + b"[]",
        struct.pack(">I", 3) + b"\xff{}",
        struct.pack(">I", 4) + b"nope",
    ],
)
def test_nonsense_frames_are_refused(frame: bytes) -> None:
    # when / then
    with pytest.raises(ValueError, match=r".*"):
        receive(io.BytesIO(frame), 10_000)


def test_a_stream_that_ends_early_is_the_end() -> None:
    # when
    message = receive(io.BytesIO(struct.pack(">I", 100) + b"{"), 10_000)

    # then
    assert message is None


@pytest.mark.parametrize(
    "wrong",
    [{"status": "hacked"}, {"pages": [[1, 2, 3, 4]]}, {"pages": 5}, {"title": None}, {"seen": "much"}],
)
def test_wrong_readings_are_refused(wrong: dict[str, Any]) -> None:
    # given
    values = reading_to_json(READING) | wrong

    # when / then
    with pytest.raises((ValueError, TypeError, KeyError)):
        reading_from_json(values)


def test_lone_surrogates_never_come_out() -> None:
    # given
    values = json.loads(json.dumps(reading_to_json(READING) | {"title": "a\ud800b"}))

    # when
    reading = reading_from_json(values)

    # then
    assert reading.title == "a?b"
