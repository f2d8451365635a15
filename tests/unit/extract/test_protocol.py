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
        struct.pack(">I", 9_001) + b"[" * 9_001,
    ],
)
def test_nonsense_frames_are_refused(frame: bytes) -> None:
    # when / then
    with pytest.raises(ValueError, match=r".*"):
        receive(io.BytesIO(frame), 10_000)


def test_a_frame_that_would_take_much_more_memory_than_its_size_is_refused() -> None:
    # given
    data = b'{"pages":[' + b"[]," * (3 << 20) + b"[]]}"

    # when / then
    with pytest.raises(ValueError, match="too many values"):
        receive(io.BytesIO(struct.pack(">I", len(data)) + data), 100 << 20)


def test_a_long_text_is_no_nonsense_whatever_stands_in_it() -> None:
    # given
    stream = io.BytesIO()
    text = '[],{"\\ \n' * (2 << 20)
    send(stream, {"pages": [text]})
    stream.seek(0)

    # when
    message = receive(stream, 100 << 20)

    # then
    assert message == {"pages": [text]}


def test_what_a_child_says_beside_the_texts_is_kept_short() -> None:
    # given
    values = reading_to_json(READING) | {"note": "x" * 10_000_000}

    # when
    reading = reading_from_json(values)

    # then
    assert len(reading.note) < 100_000


def test_a_stream_that_ends_early_is_the_end() -> None:
    # when
    message = receive(io.BytesIO(struct.pack(">I", 100) + b"{"), 10_000)

    # then
    assert message is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "hacked"},
        {"pages": [[1, 2, 3, 4]]},
        {"pages": 5},
        {"title": None},
        {"seen": "much"},
        {"page_count": float("inf")},
        {"page_count": 1 << 80},
        {"page_count": -1},
        {"pages": [[7, "text", "", False, True, ""]]},
        {"pages": [[1, "text", "", False, True, ""], [1, "again", "", False, True, ""]]},
        {"status": ["text"]},
    ],
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
