"""The codes of a SQLite library and their file: whatever becomes of it, searches find what the rows say."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.support.library import (
    add,
    add_written_in,
    embed,
    passages,
    reading,
    scan,
    seen,
    unit_vectors,
)

from twolane.store.sqlite.codes import Codes
from twolane.store.sqlite.store import SqliteStore, open_sqlite

VECTORS = unit_vectors(6_000, 64)  # more than are always scored


def opened(path: Path) -> SqliteStore:
    return open_sqlite(path, max_attempts=3)


def found(store: SqliteStore) -> list[list[int]]:
    return [[hit.passage_id for hit in store.search_vector(vector, 1)] for vector in VECTORS[::600]]


def exact(store: SqliteStore) -> list[list[int]]:
    """What reading every row finds, in passages that can be found."""
    return [
        [hit.passage_id for hit in store.search_vector(vector, 1, exact=True)] for vector in VECTORS[::600]
    ]


def codes_file(library: Path) -> Path:
    return library.with_name("library.db-codes")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of 60 documents with a hundred passages each."""
    path = tmp_path_factory.mktemp("made") / "library.db"
    with closing(opened(path)) as store:
        for number in range(60):
            add(store, f"/d/{number}", *(f"text {n}" for n in range(100)), document=f"{number}")
            embed(store, f"{number}", VECTORS[number * 100 : number * 100 + 100])
    return path


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "library.db"))


def test_the_next_process_maps_what_the_first_has_written(library: Path) -> None:
    # given
    with closing(opened(library)) as store:
        first = found(store)
    written = codes_file(library).stat()

    # when
    with closing(opened(library)) as store:
        second, right = found(store), exact(store)

    # then
    assert first == second == right
    assert codes_file(library).stat().st_mtime_ns == written.st_mtime_ns
    assert written.st_mode & 0o777 == 0o600


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-4_000])


def _zeroed(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:8_192] + bytes(8_192) + content[16_384:])


def _turned(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[50_000] ^= 1
    file.write_bytes(content)


def _of_other_dimensions(file: Path) -> None:
    other = file.with_name("other.db")
    with closing(opened(other)) as store:
        add(store, "/d/a", *("text" for _ in VECTORS), document="a")
        embed(store, "a", unit_vectors(6_000, 128))
        store.search_vector(unit_vectors(1, 128)[0], 3)
    other.with_name("other.db-codes").replace(file)


def _in_the_way(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        _cut,
        _zeroed,
        _turned,
        _of_other_dimensions,
        _in_the_way,
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"what somebody else has put here, for whatever reason"),
    ],
)
def test_a_file_that_is_missing_damaged_or_not_ours_changes_nothing(
    library: Path, damage: Callable[[Path], object]
) -> None:
    # given
    with closing(opened(library)) as store:
        before = found(store)
    damage(codes_file(library))

    # when
    with closing(opened(library)) as store:
        after = found(store)

    # then
    assert before == after


def test_a_folder_that_cannot_be_written_costs_only_the_file(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)

    # when
    with closing(opened(library)) as store:
        first = found(store)
        add(store, "/d/more", *(f"text {n}" for n in range(2_500)), document="more")
        more = embed(store, "more", unit_vectors(2_500, 64, seed=2))
        [hit, *_] = store.search_vector(unit_vectors(2_500, 64, seed=2)[7], 3)
        right = exact(store)

        # then
        assert first == right
        assert hit.passage_id == more[7]
    assert not codes_file(library).exists()


def test_what_was_committed_after_the_file_counts_at_once_in_every_process(library: Path) -> None:
    with ExitStack() as stack:
        # given
        writer, reader = (stack.enter_context(closing(opened(library))) for _ in range(2))
        before = found(reader)
        replaced, again, gone = (writer.file_at(Path(f"/d/{number}")) for number in (0, 6, 12))
        assert replaced is not None
        assert again is not None
        assert gone is not None

        # when: a file has another content, one was read again, one is gone, one has other vectors, one is new
        with writer.writing() as write:
            write.save_reading(replaced.file_id, "other", 1, reading("new"), passages("new"))
            write.save_reading(again.file_id, "6", 1, reading("again"), passages("again"))
            write.mark_gone([Path("/d/12")])
            write.save_vectors("tester", [1_801], VECTORS[2_400:2_401])
        add(writer, "/d/new", "text", document="new")
        [new] = embed(writer, "new", VECTORS[3_000:3_001])
        late = stack.enter_context(closing(opened(library)))

        # then
        for store in (reader, late):
            after = found(store)
            twins = [{hit.passage_id for hit in store.search_vector(VECTORS[n], 2)} for n in (2_400, 3_000)]
            assert after == exact(store)
            assert not {row[0] for row in after} & {before[n][0] for n in (0, 1, 2)}
            assert twins == [{1_801, before[4][0]}, {new, before[5][0]}]


def test_a_file_that_comes_back_is_found_by_a_process_that_knew_it_gone(library: Path) -> None:
    # given
    with closing(opened(library)) as store:
        before = found(store)
        with store.writing() as write:
            write.mark_gone([Path("/d")])
        gone = found(store)

        # when
        scan(store, *(seen(f"/d/{number}") for number in range(60)))

        # then
        assert gone == [[]] * 10
        assert found(store) == before


def test_the_file_grows_with_the_library_and_forgets_what_is_no_more(library: Path) -> None:
    # given
    with closing(opened(library)) as store:
        found(store)
        first = codes_file(library).stat().st_size
        more = unit_vectors(3_000, 64, seed=2)
        add(store, "/d/more", *("text" for _ in more), document="more")
        embed(store, "more", more)
        found(store)
        second = codes_file(library).stat().st_size

        # when: all but these are read again as one passage each
        with store.writing() as write:
            for number in range(60):
                file = store.file_at(Path(f"/d/{number}"))
                assert file is not None
                write.save_reading(file.file_id, f"{number}", 1, reading("again"), passages("again"))
        add(store, "/d/much", *("text" for _ in more), document="much")
        embed(store, "much", unit_vectors(3_000, 64, seed=3))
        hits = store.search_vector(more[5], 1)

        # then
        assert hits == store.search_vector(more[5], 1, exact=True)
    assert first < second
    assert codes_file(library).stat().st_size == pytest.approx(second, rel=0.4)


def put_back(library: Path, tmp_path: Path) -> None:
    """Change a library and search it, then put a backup of before in its place."""
    backup = Path(shutil.copy(library, tmp_path / "backup.db"))
    with closing(opened(library)) as store:
        with store.writing() as write:
            write.save_vectors("tester", list(range(1, 3_001)), -VECTORS[:3_000])
        found(store)
    backup.replace(library)


def test_the_file_of_a_library_that_was_here_before_is_not_taken_for_this_ones(
    library: Path, tmp_path: Path
) -> None:
    # given: a backup goes on where it was made
    put_back(library, tmp_path)

    # when
    with closing(opened(library)) as store:
        at_once = found(store)
        with store.writing() as write:
            write.save_vectors("tester", [6_000], VECTORS[5_999:])

        # then
        assert at_once == found(store) == exact(store)


def test_a_backup_that_goes_on_before_anybody_searches_is_told_from_what_was_there(
    library: Path, tmp_path: Path
) -> None:
    # given
    put_back(library, tmp_path)

    # when
    with closing(opened(library)) as store, store.writing() as write:
        write.save_vectors("tester", [6_000], VECTORS[5_999:])

    # then
    with closing(opened(library)) as store:
        assert found(store) == exact(store)


def test_vectors_are_as_they_are_where_there_are_no_codes_of_their_model() -> None:
    # given
    vectors = unit_vectors(3, 64)

    # when
    levelled = Codes().levelled(vectors, np.array([1, 2, 3]))

    # then
    assert (levelled == vectors).all()


def test_codes_are_followed_by_threads_that_search_while_others_write(library: Path) -> None:
    # given
    with closing(opened(library)) as store, ThreadPoolExecutor(4) as pool:
        before = found(store)

        def change(number: int) -> None:
            add(store, f"/d/new{number}", "text", document=f"new{number}")
            embed(store, f"new{number}", -np.ones((1, 64), dtype=np.float32))

        # when
        results = [pool.submit(found, store) if n % 2 else pool.submit(change, n) for n in range(40)]

        # then
        assert all(result.result() in (None, before) for result in results)


def test_vectors_that_lie_close_together_are_told_apart(tmp_path: Path) -> None:
    # given: as models make them, far from the origin and all on one side, some of one matter
    matters = np.repeat(unit_vectors(60, 128, seed=9), 100, axis=0)
    rows = matters + 0.8 * unit_vectors(6_000, 128, seed=4) + 4 * unit_vectors(1, 128, seed=5)
    vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    questions = vectors[::60] + 0.02 * unit_vectors(100, 128, seed=6)

    # when
    with closing(opened(tmp_path / "library.db")) as store:
        add(store, "/d/a", *("text" for _ in vectors), document="a")
        embed(store, "a", vectors)
        found_share = np.mean(
            [
                len(set(store.search_vector(q, 60)[:10]) & set(store.search_vector(q, 10, exact=True))) / 10
                for q in questions
            ]
        )

    # then
    assert found_share >= 0.98


def test_a_document_that_is_said_to_be_in_another_language_has_its_middle(tmp_path: Path) -> None:
    # given
    with ExitStack() as stack:
        writer, reader = (stack.enter_context(closing(opened(tmp_path / "library.db"))) for _ in range(2))
        add_written_in(writer, "de", unit_vectors(30, 64))
        add_written_in(writer, "en", unit_vectors(30, 64, seed=2))
        question = unit_vectors(1, 64, seed=3)[0]
        reader.search_vector(question, 60)

        # when
        with writer.writing() as write:
            write.save_reading(1, "de0", 10, replace(reading("text"), language="en"), passages("text"))
        [new] = embed(writer, "de0", question[None])

        # then: as if it had been written in English from the first
        [twin] = add_written_in(writer, "en", question[None], first=30)
        scores = {hit.passage_id: hit.score for hit in reader.search_vector(question, 2)}
        assert set(scores) == {new, twin}
        assert scores[new] == scores[twin]
