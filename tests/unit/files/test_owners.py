"""What somebody who may not see all can do with files: their own, everybody's, and those they do not see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.library import passages, reading, work
from tests.support.scripted import scripted_app

from twolane.app import App
from twolane.chat.asked.library import LibraryNames
from twolane.documents import Classification, Decision, FileRecord, Filter, Tier
from twolane.errors import AccessError, NotFoundError
from twolane.principal import Access, Role, Share, ShareKind, seeing
from twolane.store.admitted import User

ANNA, BOB = Access("anna"), Access("bob")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with scripted_app(tmp_path) as app:
        for name in ("anna", "bob"):
            app.store.users.add(User(name, Role.MEMBER))
        yield app


def read(app: App, path: Path, text: str, owner: str = "") -> FileRecord:
    """Put a file of somebody's into the library, filed and read as by a worker."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    app.library.add([path], owner=owner)
    job = work(app.store)
    with app.store.finishing(job) as write:
        write.save_reading(job.file_id, f"hash of {text}", len(text), reading(text), passages(text))
        write.decide(f"hash of {text}", Decision(Classification("invoice", 0.9, Tier.RULES, "")))
    return app.library.file(job.file_id)


def test_a_file_is_given_by_its_owner_and_by_who_sees_all(app: App, tmp_path: Path) -> None:
    # given
    hers, open_to_all = read(app, tmp_path / "a.txt", "ash", "anna"), read(app, tmp_path / "b.txt", "birch")

    # when
    with seeing(ANNA):
        with pytest.raises(AccessError, match="not yours"):
            app.access.owners.give([open_to_all.file_id], "anna")
        with pytest.raises(NotFoundError, match="no user"):
            app.access.owners.give([hers.file_id], "carla")
        app.access.owners.give([hers.file_id], "BOB")

    # then
    assert app.library.file(hers.file_id).owner == "bob"
    with seeing(ANNA), pytest.raises(NotFoundError):
        app.library.file(hers.file_id)
    app.access.owners.give([hers.file_id, open_to_all.file_id], "")
    with seeing(BOB):
        assert app.library.find().total == 2


VERBS: dict[str, Callable[[App, int, int], object]] = {
    "correct": lambda app, hidden, _: app.review.correct(hidden, "invoice"),
    "undo": lambda app, hidden, _: app.review.undo(hidden),
    "correct a field": lambda app, hidden, _: app.facts.correct(hidden, "title", "x"),
    "undo a field": lambda app, hidden, _: app.facts.undo(hidden, "title"),
    "tag": lambda app, hidden, _: app.facts.tag(hidden, ["x"]),
    "untag": lambda app, hidden, _: app.facts.untag(hidden, ["x"]),
    "call the same": lambda app, hidden, own: app.copies.decide(own, hidden, same=True),
    "call it the same": lambda app, hidden, own: app.copies.decide(hidden, own, same=True),
    "take back": lambda app, hidden, own: app.copies.undo(own, hidden),
    "copies": lambda app, hidden, _: app.copies.of(hidden),
    "accept a place": lambda app, hidden, _: app.placements.accept(hidden),
    "decline a place": lambda app, hidden, _: app.placements.decline(hidden),
    "take out": lambda app, hidden, own: app.taking_out.remove_files([own, hidden]),
    "give": lambda app, hidden, _: app.access.owners.give([hidden], "anna"),
    "open": lambda app, hidden, _: app.library.page(app.library.file(hidden), 1),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_file_that_is_not_seen_is_as_one_that_does_not_exist(app: App, tmp_path: Path, verb: str) -> None:
    # given
    own = read(app, tmp_path / "own.txt", "ash", "anna").file_id
    hidden = read(app, tmp_path / "hidden.txt", "birch", "bob").file_id

    # when
    told = []
    for number in (hidden, 4_000_000):
        with seeing(ANNA), pytest.raises(NotFoundError) as error:
            VERBS[verb](app, number, own)
        told.append(str(error.value).replace(str(number), "N"))

    # then
    assert told[0] == told[1]
    assert app.library.file(hidden).owner == "bob"
    assert app.library.file(own).owner == "anna"


def test_what_its_sender_files_out_of_sight_is_returned_all_the_same(app: App, tmp_path: Path) -> None:
    # given
    record = read(app, tmp_path / "a.txt", "ash")
    other = next(one.id for one in app.taxonomy.leaves().categories if one.id != "invoice")
    private = Share(ShareKind.CATEGORY, other, frozenset({"bob"}))

    # when
    with seeing(Access("anna", shares=(private,))):
        made = app.review.correct(record.file_id, other)

        # then
        with pytest.raises(NotFoundError):
            app.library.file(record.file_id)
    assert made.classification is not None
    assert made.classification.category == other


def test_taking_out_a_folder_takes_what_is_seen_and_leaves_what_others_have(app: App, tmp_path: Path) -> None:
    # given
    folder = tmp_path / "papers"
    read(app, folder / "own.txt", "ash", "anna")
    same = read(app, folder / "same.txt", "birch", "anna")
    hidden = read(app, folder / "hidden.txt", "cedar", "bob")
    with app.store.writing() as write:
        assert write.link(hidden.file_id, same.document)

    # when
    with seeing(ANNA):
        removed = app.taking_out.remove(Filter(folders=(folder,)))
    app.library.add([folder])

    # then
    assert (removed.files, removed.documents) == (2, 1)
    assert [file.path.name for file in app.library.find().files] == ["hidden.txt"]
    assert app.store.has_document(same.document)


def test_what_was_taken_out_is_known_to_who_saw_it_and_stays_its_owners(app: App, tmp_path: Path) -> None:
    # given
    own = read(app, tmp_path / "own.txt", "ash", "anna")
    read(app, tmp_path / "all.txt", "birch")
    with seeing(ANNA):
        app.taking_out.remove_files([own.file_id])
    app.taking_out.remove(Filter(folders=(tmp_path / "all.txt",)))

    # when
    with seeing(BOB):
        others = app.taking_out.removals(trashed=False)
    with seeing(ANNA):
        hers = app.taking_out.removals(trashed=False)
        [removal] = [one for one in hers if one.path == own.path]
        back = app.taking_out.restore(removal.removal_id)

    # then
    assert [one.path.name for one in others] == ["all.txt"]
    assert {one.path.name for one in hers} == {"all.txt", "own.txt"}
    assert back is not None
    assert back.owner == "anna"
    with seeing(BOB):
        assert app.library.find().total == 0
        with pytest.raises(NotFoundError):
            app.taking_out.restore(removal.removal_id)


def test_what_a_question_may_name_is_what_its_asker_sees(app: App, tmp_path: Path) -> None:
    # given
    hidden = read(app, tmp_path / "hidden.txt", "birch", "bob")
    app.facts.tag(hidden.file_id, ["Segelboot"])
    names = LibraryNames(app.store, tuple)

    # when
    with seeing(ANNA):
        before = names().tags
    everybodys = names().tags
    with seeing(ANNA):
        after = names().tags

    # then
    assert (before, everybodys, after) == ((), ("Segelboot",), ())
