"""What a plan moves stays reachable for machines that do not see the folder, there and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.plans import DraftPlan, Move, MoveKind

ALONE = {"embedding.runtime": "off", "filing.use_model": False, "chat.runtime": "scripted"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    flags = {"data_dir": str(tmp_path / "library"), "blobs_url": (tmp_path / "blobs").as_uri(), **ALONE}
    with open_app(load_settings(env={}, flags=flags)) as opened:
        yield opened


def content_at(app: App, path: Path) -> bytes:
    with app.contents.open(path) as content:
        content.document()
        content.file().seek(0)
        return content.file().read()


def test_content_in_the_blob_area_is_found_where_a_plan_has_put_its_file(app: App, tmp_path: Path) -> None:
    # given
    source = tmp_path.resolve() / "papers" / "счёт.txt"
    target = source.parent / "Invoice" / source.name
    source.parent.mkdir()
    source.write_text("An invoice.", "utf-8")
    app.library.add([source.parent])
    record, scanned = app.library.file_at(source), app.store.scanned(1)
    assert record is not None
    with app.contents.open(source) as content:
        document = content.document()
    move = Move(
        1,
        record.file_id,
        document,
        source,
        target,
        MoveKind.MOVE,
        scanned.size_bytes,
        scanned.stamp,
        "invoice",
    )
    app.organizer.save(DraftPlan((move,)), "p")

    # when
    app.organizer.apply("p")

    # then
    assert content_at(app, target) == b"An invoice."

    # when
    app.organizer.undo("p")

    # then
    assert content_at(app, source) == b"An invoice."
