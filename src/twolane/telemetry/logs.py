"""The log: lines for people or JSON for programs, each with the id of the request or job it belongs to."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any, Literal

from twolane import trace
from twolane.text.printable import one_line, printable

Format = Literal["text", "json"]
LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, ids, and the fields that a call adds.

    A call adds fields with `extra={"fields": {...}}`.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_ids(),
            **_fields(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)


class TextLines(logging.Formatter):
    """One line for people, with ids and fields at its end; an exception follows on lines of its own."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(name)s %(levelname)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        more = " ".join(f"{name}={value}" for name, value in {**_fields(record), **_ids()}.items())
        return one_line(super().formatMessage(record) + (f" [{more}]" if more else ""))

    def formatException(self, ei: Any) -> str:
        return printable(super().formatException(ei))


def configure(kind: Format, level: str) -> None:
    """Send the log of this process to standard error; may be called again to change how."""
    root = logging.getLogger()
    for earlier in [h for h in root.handlers if isinstance(h.formatter, JsonLines | TextLines)]:
        root.removeHandler(earlier)
    if not root.handlers:  # a program that has set up its own log keeps it
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines() if kind == "json" else TextLines())
        root.addHandler(handler)
    root.setLevel(LEVELS[level])


def _ids() -> dict[str, str | int]:
    now = trace.current()
    ids: dict[str, str | int] = {"request_id": now.request_id, "job_id": now.job_id, "file_id": now.file_id}
    return {name: value for name, value in ids.items() if value}


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    fields = getattr(record, "fields", None)
    return fields if isinstance(fields, dict) else {}
