"""The whole library: files wait while a question is answered, and are filed after it; none is blamed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from standins.program import until
from tests.support.library import claim
from tests.support.scripted import scripted_app

from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import FileState

DEADLINE_S = 60.0


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with scripted_app(tmp_path) as opened:
        yield opened


def write_letters(folder: Path, first: int, number: int) -> None:
    folder.mkdir(exist_ok=True)
    for index in range(first, first + number):
        text = f"Dear neighbour, the boiler makes a noise again, for the time number {index}. Yours, Ida"
        (folder / f"{index}.txt").write_text(text)


def test_files_wait_for_an_answer_and_are_filed_after_it(app: App, tmp_path: Path) -> None:
    # given: something to ask about
    write_letters(tmp_path / "in", 0, 1)
    app.library.add([tmp_path / "in"])
    app.workers.start()
    until(lambda: app.store.pending().jobs == 0, "the first letter filed")
    write_letters(tmp_path / "in", 1, 4)

    # when
    with closing(app.ask("What noise does the boiler make?")) as events:  # type: ignore[type-var]
        next(events)
        app.library.add([tmp_path / "in"])
        until(lambda: any(count.running for count in app.store.job_counts().values()), "taken on")
        during = app.store.pending().files
    until(lambda: app.store.pending().jobs == 0, "all filed")

    # then
    assert during == 4
    letters = [app.store.file_at(tmp_path / "in" / f"{index}.txt") for index in range(5)]
    assert {letter.state for letter in letters if letter} <= {FileState.FILED, FileState.REVIEW}
    assert not any(count.parked for count in app.store.job_counts().values())


def test_closing_while_files_wait_loses_no_attempt(tmp_path: Path) -> None:
    # given
    flags = {"data_dir": str(tmp_path / "library"), "filing.runtime": "scripted", "chat.runtime": "scripted"}
    settings = load_settings(env={}, flags={**flags, "embedding.runtime": "off"})
    write_letters(tmp_path / "in", 0, 2)
    with open_app(settings) as other, other.admission.answering():
        # when
        with open_app(settings) as app:
            app.library.add([tmp_path / "in"])
            app.workers.start()
            until(lambda: any(count.running for count in app.store.job_counts().values()), "taken on")

        # then
        counts = other.store.job_counts()["read"]
        assert (counts.queued, counts.parked) == (2, 0)
        job = claim(other.store, ["read"], "tester", 60.0)
        assert job
        assert job.attempt == 1
