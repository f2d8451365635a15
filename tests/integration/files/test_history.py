"""What a person said of a file holds for its next version, which is another document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import FileRecord, FileState


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    alone = {"embedding.runtime": "off", "filing.use_model": False, "chat.runtime": "scripted"}
    with open_app(load_settings(env={}, flags={"data_dir": str(tmp_path / "library"), **alone})) as opened:
        yield opened


def filed(app: App, path: Path) -> FileRecord:
    app.library.add([path.parent])
    app.workers.start()
    while app.library.pending().jobs:
        app.workers.wait(0.02)
    app.workers.stop()
    record = app.library.file_at(path)
    assert record
    return record


def test_an_edited_and_a_moved_file_stay_where_a_person_put_them(app: App, tmp_path: Path) -> None:
    # given
    path = tmp_path / "in" / "Notizen.txt"
    path.parent.mkdir()
    path.write_text("Am Abend war es still über dem Fluss.", "utf-8")
    first = filed(app, path)
    app.review.correct(first.file_id, "minutes")

    # when
    path.write_text("Am Abend war es still über dem Fluss. Und am Morgen auch.", "utf-8")
    edited = filed(app, path)
    moved_to = path.with_name("Fluss.txt")
    path.rename(moved_to)
    filed(app, moved_to)
    moved_to.write_text("Am Mittag war es laut über dem Fluss.", "utf-8")
    again = filed(app, moved_to)

    # then
    assert first.state is FileState.REVIEW
    assert edited.document != first.document
    assert edited.classification
    assert edited.classification.category == "minutes"
    assert "a person filed an earlier version" in edited.classification.reason
    assert edited.state is FileState.FILED
    assert again.classification
    assert (again.classification.category, again.state) == ("minutes", FileState.FILED)
