"""A process with a library open that files, corrects and tells what it has learned: `SETTINGS` as JSON.

It reads one command a line, as JSON, and answers each with one line: {"file": path}, {"correct": path,
"category": id} and {"learned": true}.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twolane.app import App, open_app
from twolane.config.loading import load_settings


@dataclass
class FilingProcess:
    """The process as a test speaks to it."""

    process: subprocess.Popen[str]

    def ask(self, **command: object) -> Any:
        """Send one command and return its answer."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(command), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        assert line, "the process has ended"
        return json.loads(line)

    def file(self, path: Path) -> tuple[str, float]:
        """File what is at and under a path; return category and confidence of the file there."""
        category, confidence = self.ask(file=str(path))
        return category, confidence

    def correct(self, path: Path, category: str) -> None:
        self.ask(correct=str(path), category=category)

    def documents(self) -> float:
        """Return the weight of the documents that it has learned from."""
        return float(self.ask(learned=True))


@contextmanager
def filing_process(settings: dict[str, str]) -> Iterator[FilingProcess]:
    """Start the process; its library is open when this returns."""
    command = [sys.executable, "-m", "tests.support.filing_process", json.dumps(settings)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, cwd=Path(__file__).parents[2], **pipes) as process:  # type: ignore[call-overload]
        try:
            filing = FilingProcess(process)
            filing.documents()
            yield filing
        finally:
            process.terminate()


def main(flags: dict[str, str]) -> None:
    with open_app(load_settings(env={}, flags=flags)) as app:
        for line in sys.stdin:
            print(json.dumps(_answer(app, json.loads(line))), flush=True)


def _answer(app: App, command: dict[str, Any]) -> object:
    if "learned" in command:
        return app.classifier().learned().documents
    if "file" in command:
        return _filed(app, Path(command["file"]))
    record = app.library.file_at(Path(command["correct"]))
    assert record is not None
    app.review.correct(record.file_id, command["category"])
    return None


def _filed(app: App, path: Path) -> tuple[str, float]:
    app.library.add([path])
    app.workers.start()
    while app.store.pending().jobs:
        app.workers.wait(0.02)
    app.workers.stop()
    record = app.library.file_at(path)
    made = record and record.classification
    return (made.category, made.confidence) if made else ("", 0.0)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
