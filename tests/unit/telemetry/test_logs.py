"""The lines of the log."""

from __future__ import annotations

import json
import logging

from twolane.telemetry.logs import JsonLines, TextLines
from twolane.trace import Trace, working_for


def record(message: str, **more: object) -> logging.LogRecord:
    made = logging.LogRecord("twolane.test", logging.INFO, __file__, 1, message, (), None)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_a_json_line_has_its_ids_and_fields() -> None:
    # when
    with working_for(Trace("abc-1", job_id=7, file_id=3)):
        line = json.loads(JsonLines().format(record("two\nlines", fields={"lane": "chat", "seconds": 0.5})))

    # then
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "twolane.test",
        "message": "two\nlines",
        "request_id": "abc-1",
        "job_id": 7,
        "file_id": 3,
        "lane": "chat",
        "seconds": 0.5,
    }


def test_a_json_line_is_one_line_with_its_exception() -> None:
    # given
    failed = record("it failed")
    try:
        raise ValueError("no\nnumber")
    except ValueError as error:
        failed.exc_info = (type(error), error, error.__traceback__)

    # when
    text = JsonLines().format(failed)

    # then
    assert "\n" not in text
    assert "ValueError: no\nnumber" in json.loads(text)["exception"]


def test_a_text_line_ends_with_them() -> None:
    # when
    with working_for(Trace("abc-1")):
        inside = TextLines().format(record("model call", fields={"lane": "chat"}))
    outside = TextLines().format(record("started"))

    # then
    assert inside.endswith("twolane.test INFO model call [lane=chat request_id=abc-1]")
    assert outside.endswith("twolane.test INFO started")
