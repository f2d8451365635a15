"""Jobs that come in batches: what they make is saved together, and no file loses or delays another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from PIL import Image
from tests.support.scripted import scripted_app

from twolane.app import App
from twolane.documents import FileState, Reading, ReadStatus
from twolane.errors import ExtractSlowError, FileReplacedError
from twolane.extract import Extractor, ReaderCounts
from twolane.ingest import CLASSIFY, ingest_steps
from twolane.ingest.results import BatchResults
from twolane.jobs.base import Handler
from twolane.work import READ, READ_SLOWLY, Job


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with scripted_app(tmp_path) as opened:
        yield opened


def claim(app: App, kind: str) -> tuple[Job, ...]:
    return app.store.claim([kind], "tester", 60.0, limit=100).jobs


def handler(app: App, kind: str) -> Handler:
    return next(step.handler for step in app.steps if step.kind == kind)


def run(app: App, kind: str) -> tuple[Job, ...]:
    """Do all jobs of a kind as one batch."""
    jobs = claim(app, kind)
    handler(app, kind)(jobs)
    return jobs


def run_if_any(app: App, kind: str) -> None:
    if jobs := claim(app, kind):
        handler(app, kind)(jobs)


class BriefReader(Extractor):
    """Takes every file with a certain word in its name for a slow one, in a quick look."""

    def read(self, path: Path, file: BinaryIO | None = None, *, quickly: bool = False) -> Reading:
        if quickly and "slow" in path.name:
            raise ExtractSlowError("it takes long", "later")
        return super().read(path, file, quickly=quickly)


def texts(folder: Path, *texts: str) -> Path:
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_text(text, "utf-8")
    return folder


def test_files_of_one_batch_are_read_and_filed(app: App, tmp_path: Path) -> None:
    # given
    app.library.add([texts(tmp_path / "in", *(f"Dear neighbour {number}" for number in range(40)))])

    # when
    read = run(app, READ)
    filed = run(app, CLASSIFY)

    # then
    assert len(read) == len(filed) == 40
    assert app.library.pending().jobs == 0
    assert app.library.counts().documents == 40


def test_results_are_written_in_the_order_in_which_a_scan_locks_their_files(app: App, tmp_path: Path) -> None:
    # given
    app.library.add([texts(tmp_path / "in", *(f"Dear neighbour {number}" for number in range(12)))])
    written: list[bytes] = []

    # when: a server with many writers queues jobs in another order
    with BatchResults(app.store) as results:
        for job in reversed(claim(app, READ)):
            path = os.fsencode(app.store.scanned(job.file_id).path)
            results.add(job, lambda _, path=path: written.append(path))  # type: ignore[misc]

    # then
    assert len(written) == 12
    assert written == sorted(written)


def test_copies_in_one_batch_are_one_document(app: App, tmp_path: Path) -> None:
    # given
    app.library.add([texts(tmp_path / "in", "Dear neighbour", "Another text", "Dear neighbour")])

    # when
    run(app, READ)
    filed = run(app, CLASSIFY)

    # then
    assert len(filed) == app.library.counts().documents == 2
    assert app.library.pending().jobs == 0
    assert FileState.WAITING not in {file.state for file in app.library.find().files}


def test_what_was_made_before_a_file_that_cannot_be_read_is_kept(app: App, tmp_path: Path) -> None:
    # given: the last of three files is replaced by a link after the scan
    folder = texts(tmp_path / "in", "Dear neighbour", "Another text", "A third text")
    app.library.add([folder])
    (folder / "2.txt").unlink()
    (folder / "2.txt").symlink_to(folder / "0.txt")
    jobs = claim(app, READ)

    # when
    with pytest.raises(FileReplacedError):
        handler(app, READ)(jobs)

    # then
    assert app.library.counts().documents == 2
    assert [job.file_id for job in app.store.held(jobs)] == [jobs[2].file_id]


def test_what_was_made_is_saved_before_a_file_waits_for_an_answer(app: App, tmp_path: Path) -> None:
    # given somebody who is answered just now
    saved = []

    class Answering:
        def is_paused(self) -> bool:
            return True

        def wait(self) -> None:
            saved.append(app.library.counts().documents)

    steps = ingest_steps(
        app.settings,
        app.store,
        app.current,
        contents=app.contents,
        extractor=app.extractor,
        classifier=app.classifier,
        embedder=lambda: None,
        turns=Answering(),
        threads=1,
        readers=ReaderCounts(),
    )
    app.library.add([texts(tmp_path / "in", "Dear neighbour", "Another text", "A third text")])

    # when
    steps[0].handler(claim(app, READ))

    # then
    assert saved == [0, 1, 2]


def test_a_slow_file_is_read_apart_and_holds_up_no_other(app: App, tmp_path: Path) -> None:
    # given
    (folder := tmp_path / "in").mkdir()
    for name in ("1", "2 slow", "3", "4 slow copy"):
        (folder / f"{name}.txt").write_text("Dear neighbour" if "slow" in name else f"A text {name}", "utf-8")
    with BriefReader(app.settings.extract) as reader:
        steps = ingest_steps(
            app.settings,
            app.store,
            app.current,
            contents=app.contents,
            extractor=lambda: reader,
            classifier=app.classifier,
            embedder=lambda: None,
            turns=app.admission,
            threads=1,
            readers=ReaderCounts(),
        )
        slowly = next(step for step in steps if step.kind == READ_SLOWLY)
        app.library.add([folder])

        # when
        steps[0].handler(claim(app, READ))
        between = app.library.counts().documents
        waiting = app.library.counts().files[FileState.WAITING]
        again = claim(app, READ)
        slowly.handler(claim(app, READ_SLOWLY))

    # then: of the same content only one is read, and the other is linked
    assert (between, waiting, again) == (2, 4, ())
    assert app.library.counts().documents == 3
    assert all(record.document for record in app.library.find().files)


def test_a_picture_without_text_has_the_day_that_its_camera_says(app: App, tmp_path: Path) -> None:
    # given
    picture = Image.new("RGB", (60, 40), "white")
    exif = picture.getexif()
    exif.get_ifd(0x8769)[0x9003] = "2024:07:14 10:30:00"
    (tmp_path / "in").mkdir()
    picture.save(tmp_path / "in" / "sea.jpg", exif=exif)
    app.library.add([tmp_path / "in"])

    # when
    run(app, READ)
    run_if_any(app, READ_SLOWLY)  # where there is OCR

    # then
    [record] = app.library.find().files
    assert record.read_status is not ReadStatus.TEXT
    assert record.dated_at is not None
    assert record.dated_at.isoformat() == "2024-07-14"
