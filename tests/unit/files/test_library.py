"""The library's verbs over a real catalogue: what is found, lent, left to do and embedded anew."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.support.library import embed, passages, reading, scan, seen, unit_vectors, work
from tests.support.scripted import scripted_app

from twolane.app import App
from twolane.config.settings import Settings
from twolane.documents import FileRecord, FileState, Filter
from twolane.errors import NotFoundError
from twolane.files.contents import Content, SharedContents
from twolane.files.library import Library

LETTERS = ("ash", "birch", "cedar")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with scripted_app(tmp_path) as app:
        yield app


def read(app: App, path: Path, text: str) -> FileRecord:
    """Put a file into the library and read it, as a worker would."""
    path.write_text(text, "utf-8")
    app.library.add([path])
    job = work(app.store)
    with app.store.finishing(job) as write:
        write.save_reading(job.file_id, f"hash of {path.name}", len(text), reading(text), passages(text))
    return app.library.file(job.file_id)


def test_a_part_of_the_list_comes_with_the_number_of_all(app: App, tmp_path: Path) -> None:
    # given
    for name in LETTERS:
        (tmp_path / f"{name}.txt").write_text(name)
    app.library.add([tmp_path / f"{name}.txt" for name in LETTERS])

    # when
    whole, part = app.library.find(), app.library.find(limit=1, offset=1)
    none = app.library.find(Filter(states=(FileState.FILED,)))

    # then
    assert ([file.path.stem for file in whole.files], whole.total) == (list(LETTERS), 3)
    assert ([file.path.stem for file in part.files], part.total) == (["birch"], 3)
    assert (none.files, none.total) == ((), 0)


def test_a_page_is_shown_and_a_missing_one_explained(app: App, tmp_path: Path) -> None:
    # given
    letter = read(app, tmp_path / "letter.txt", "Dear neighbour")
    (tmp_path / "late.txt").write_text("not read yet")
    app.library.add([tmp_path / "late.txt"])
    late = app.library.file_at(tmp_path / "late.txt")
    assert late is not None

    # when
    with pytest.raises(NotFoundError) as beyond:
        app.library.page(letter, 2)
    with pytest.raises(NotFoundError) as unread:
        app.library.page(late, 1)

    # then
    assert app.library.page(letter, 1).text == "Dear neighbour"
    assert "ask for another one" in beyond.value.remedy
    assert "late.txt" in unread.value.what
    assert app.library.reading(late) is None


def test_the_original_is_lent_and_one_that_was_deleted_is_explained(app: App, tmp_path: Path) -> None:
    # given
    letter = read(app, tmp_path / "letter.txt", "Dear neighbour")

    # when
    with app.library.content(letter) as original:
        lent = original.path.read_text("utf-8")
    letter.path.unlink()
    with pytest.raises(NotFoundError) as gone, app.library.content(letter):
        pass

    # then
    assert lent == "Dear neighbour"
    assert "twolane add" in gone.value.remedy


def refuse(path: Path) -> Iterator[Content]:
    raise PermissionError(errno.EACCES, "Permission denied", str(path))


def test_an_original_that_may_not_be_read_is_refused_with_the_systems_reason(
    app: App, tmp_path: Path
) -> None:
    # given
    letter = read(app, tmp_path / "letter.txt", "Dear neighbour")

    class Closed(SharedContents):
        @contextmanager
        def open(self, path: Path) -> Iterator[Content]:
            yield from refuse(path)

    library = Library(
        Settings(data_dir=tmp_path / "library"),
        app.store,
        Closed({}),
        embed_kind="vectors",
        vector_model="new",
    )

    # when
    with pytest.raises(NotFoundError) as refused, library.content(letter):
        pass

    # then
    assert "letter.txt cannot be read: Permission denied" in refused.value.what
    assert "permissions" in refused.value.remedy


def test_only_what_is_at_and_under_a_folder_is_still_to_be_done_there(app: App, tmp_path: Path) -> None:
    # given
    for folder in ("in", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(folder)
        app.library.add([tmp_path / folder])

    # then
    assert app.library.pending().files == 2
    assert app.library.pending([tmp_path / "in"]).files == 1


def test_nobody_waits_for_facts_that_a_model_is_asked_for_when_it_is_idle(app: App, tmp_path: Path) -> None:
    # given
    letter = read(app, tmp_path / "letter.txt", "Dear neighbour")
    before = app.library.pending()

    # when
    asked = app.facts.redo()
    after = app.library.pending()

    # then
    assert letter.document
    assert asked == 1
    assert (after.jobs, after.later) == (before.jobs, 1)


def test_what_failed_too_often_is_tried_again(app: App, tmp_path: Path) -> None:
    # given
    (tmp_path / "broken.pdf").write_text("no PDF")
    app.library.add([tmp_path / "broken.pdf"])
    app.store.fail(work(app.store), "the reader died", retry=False)
    parked = app.store.parked(5)

    # when
    again = app.library.retry_parked()

    # then
    assert [job.error for job in parked] == ["the reader died"]
    assert again == 1
    assert app.store.parked(5) == []


def test_another_embedding_model_is_noticed_and_every_document_is_embedded_anew(
    app: App, tmp_path: Path
) -> None:
    # given a library with vectors of one model, and settings that name another
    letter = read(app, tmp_path / "letter.txt", "Dear neighbour")
    embed(app.store, letter.document, unit_vectors(1), model="old")
    settings = Settings(data_dir=tmp_path / "library")
    library = Library(settings, app.store, SharedContents({}), embed_kind="vectors", vector_model="new")

    # when
    stale = library.stale_vectors()
    number = library.reembed()

    # then
    assert (stale, number) == ("old", 1)
    assert library.counts().vectors == 0
    assert work(app.store, "vectors").key == letter.document


def test_a_switched_off_embedder_makes_no_vectors_stale(app: App, tmp_path: Path) -> None:
    # given
    scan(app.store, seen(tmp_path / "a.txt"))

    # then
    assert app.library.stale_vectors() == ""


def test_files_that_were_given_up_are_named_with_their_reason(app: App, tmp_path: Path) -> None:
    # given
    (tmp_path / "bad.txt").write_text("a text")
    app.library.add([tmp_path / "bad.txt"])
    job = work(app.store)

    # when
    app.store.fail(job, "its reader broke off", retry=False)

    # then
    [given_up] = app.review.given_up(10)
    assert (given_up.file.path.name, given_up.kind) == ("bad.txt", job.kind)
    assert given_up.reason == "its reader broke off"
