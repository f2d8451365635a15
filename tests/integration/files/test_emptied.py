"""A watched folder empties itself: what is surely filed goes where its category goes, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from standins.disks import fill
from standins.program import until
from tests.support.filesystems import disk

from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.config.settings import WatchedFolder
from twolane.documents import FileRecord, FileState, Filter
from twolane.errors import ConflictError, NoRoomError
from twolane.organize.emptying import Emptying
from twolane.plans import MoveState, Plan, PlanState

INVOICE = (
    "Invoice no. {number}\n\nInvoice date: 3 March 2026\n\nTotal due: 40.00 EUR, payable within 14 days.\n"
)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "papers"


def opened(library: Path, root: Path) -> App:
    flags = {
        "data_dir": library,
        "filing.use_model": False,
        "chat.use_model": False,
        "embedding.runtime": "off",
        "organize.root": str(root),
        "organize.template": "{category}/{name}{ext}",
    }
    return open_app(load_settings(env={}, flags=flags))


@pytest.fixture
def app(tmp_path: Path, inbox: Path, root: Path) -> Iterator[App]:
    with opened(tmp_path / "library", root) as app:
        app.workers.start()
        app.folders.start([WatchedFolder(path=inbox, apply=True, quiet_s=0.1)])
        yield app


def dropped(inbox: Path, name: str, number: int) -> Path:
    path = inbox / name
    path.write_text(INVOICE.format(number=number))
    return path


def moved(path: Path, root: Path) -> Path:
    """Wait until a file has left its folder; return where it is."""

    def place() -> Path | None:
        return None if path.exists() else next(root.rglob(path.name), None)

    return until(place, f"{path.name} is moved")


def plan_of(app: App, place: Path) -> Plan:
    def applied() -> Plan | None:
        [past] = app.store.plans.past(place, limit=1)
        return app.store.plans.get(past.plan) if past.move.state is MoveState.DONE else None

    return until(applied, "its move is written down")


def test_what_is_surely_filed_goes_and_its_index_with_it(app: App, inbox: Path, root: Path) -> None:
    # given
    unsure = inbox / "unsure.txt"
    unsure.write_text("qwx zzv")

    # when
    names = ["Rechnung März.txt", "счёт.txt"]
    places = [moved(path, root) for path in [dropped(inbox, name, 17) for name in names]]

    # then
    for place in places:
        plan_of(app, place)
        record = app.library.file_at(place)
        assert record is not None
        assert (record.state, record.placed_by) == (FileState.FILED, "plan")
    assert app.library.find().total == 3
    assert unsure.exists()

    # when
    def read() -> FileRecord | None:
        record = app.library.file_at(unsure)
        return record if record and record.document else None

    app.review.correct(until(read, "it is read").file_id, "invoice")

    # then
    moved(unsure, root)


def test_what_a_person_took_back_stays(app: App, inbox: Path, root: Path) -> None:
    # given
    first = dropped(inbox, "first.txt", 1)
    plan = plan_of(app, moved(first, root))

    # when
    def taken_back() -> Plan | None:
        with suppress(ConflictError):  # what empties the folder may still be letting go of the plan
            return app.organizer.undo(plan.name)
        return None

    until(taken_back, "it is taken back")
    second = moved(dropped(inbox, "second.txt", 2), root)

    # then
    assert first.exists()
    assert second.parent.is_relative_to(root)
    record = app.library.file_at(first)
    assert record is not None
    assert record.state is FileState.FILED


def test_a_plan_that_found_no_room_goes_on_and_no_other_is_made(tmp_path: Path, inbox: Path) -> None:
    # given
    (tmp_path / "disk").mkdir()
    dropped(inbox, "large.txt", 1).write_text(INVOICE.format(number=1) + "few words " * 30_000)
    with (
        disk("tmpfs", tmp_path / "disk", size_mb=1) as small,
        opened(tmp_path / "library", small / "papers") as app,
    ):
        app.workers.start()
        app.library.add([inbox])
        until(lambda: app.library.find(Filter(states=(FileState.FILED,))).total, "it is filed")
        ballast = fill(small, leave_bytes=100_000)
        emptying = Emptying(lambda: app.organizer)

        # when
        for _ in range(3):
            with pytest.raises(NoRoomError):
                emptying.empty(inbox)

        # then
        assert [plan.state for plan in app.organizer.plans()] == [PlanState.APPLYING]
        ballast.unlink()
        ended = emptying.empty(inbox)
        assert ended
        assert ended.counts == {MoveState.DONE: 1}
        assert app.organizer.unfinished() == []


def test_a_plan_beside_it_brings_nothing_back_that_it_has_moved(app: App, tmp_path: Path, root: Path) -> None:
    # given
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    root.mkdir()
    paths = [dropped(shelf, f"{number}.txt", number) for number in range(5)]
    app.folders.start([WatchedFolder(path=shelf, quiet_s=0.1), WatchedFolder(path=root, quiet_s=0.1)])
    filed = Filter(folders=(shelf,), states=(FileState.FILED,))
    before = until(
        lambda: found if len(found := app.library.find(filed).files) == 5 else None, "all are filed"
    )

    # when
    plan = app.organizer.save(app.organizer.draft(Filter(folders=(shelf,))))
    app.organizer.apply(plan.name)
    late = [dropped(folder, "late.txt", number) for number, folder in enumerate((shelf, root), 6)]
    for path in late:
        until(lambda path=path: app.library.file_at(path), "what came after it is taken in")  # type: ignore[misc]

    # then
    after = [app.library.file(file.file_id) for file in before]
    assert [(file.state, file.document) for file in after] == [(file.state, file.document) for file in before]
    assert all(file.path.is_relative_to(root) and file.path.exists() for file in after)
    assert not any(path.exists() for path in paths)
    assert app.library.find().total == 7
