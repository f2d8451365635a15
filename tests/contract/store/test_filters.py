"""A filter: every list, count and search obeys it within its scan, as things stand at that moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from tests.support.library import (
    OpenStore,
    add,
    classification,
    embed,
    found_by_words,
    passages,
    reading,
    scan,
    seen,
    unit_vectors,
    work,
)

from twolane.documents import EVERYTHING, Decision, FileState, Filter, Tier
from twolane.llm.base import Vectors
from twolane.store.base import Store
from twolane.store.values import Hit

DAY = date(2024, 2, 29)
VECTOR = unit_vectors(1)[0]


def add_about_herrings(
    store: Store,
    path: str,
    *,
    owner: str = "",
    category: str = "",
    dated_at: date | None = None,
    language: str = "",
    media_type: str = "text/plain",
) -> None:
    """Put one document into the library, known by its path, with one passage and its vector."""
    scan(store, replace(seen(path), owner=owner))
    job = work(store)
    read = replace(reading("a herring"), dated_at=dated_at, language=language, media_type=media_type)
    with store.finishing(job) as write:
        write.save_reading(job.file_id, path, 1, read, passages("a herring"))
    embed(store, path, VECTOR[None])
    if category:
        with store.writing() as write:
            write.decide(path, Decision(classification(category)))


def found(store: Store, within: Filter) -> list[str]:
    """Return the paths that pass by every way of asking, which must all agree."""
    by_words, by_vector = (
        found_by_words(store, "herring", 99, within),
        store.search_vector(VECTOR, 99, within),
    )
    shown = [
        sorted(str(passage.path) for passage in store.passages([hit.passage_id for hit in hits], within))
        for hits in (by_words, by_vector)
    ]
    listed = [str(file.path) for file in store.files(within)]
    counts = store.counts(within)
    assert shown == [listed, listed]
    assert store.count_files(within) == sum(counts.files.values()) == counts.documents == len(listed)
    assert counts.passages == counts.vectors == len(listed)
    return listed


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        (EVERYTHING, "/a/b /a/lease /a/letter /ab/scan"),
        (Filter(documents=("/a/lease", "unknown")), "/a/lease"),
        (Filter(categories=("contract",)), "/a/lease"),
        (Filter(categories=("contract", "letter")), "/a/lease /a/letter"),
        (Filter(states=(FileState.FILED,)), "/a/lease /a/letter"),
        (Filter(states=(FileState.WAITING, FileState.REVIEW)), "/a/b /ab/scan"),
        (Filter(dated_from=DAY), "/a/lease /a/letter"),
        (Filter(dated_to=DAY), "/a/b /a/lease"),
        (Filter(dated_from=DAY, dated_to=DAY), "/a/lease"),
        (Filter(folders=(Path("/a"),)), "/a/b /a/lease /a/letter"),
        (Filter(folders=(Path("/a/b"), Path("/ab"))), "/a/b /ab/scan"),
        (Filter(kinds=("application/pdf",)), "/a/lease"),
        (Filter(kinds=("image/*",)), "/ab/scan"),
        (Filter(kinds=("image/png", "text/*")), "/a/b /a/letter /ab/scan"),
        (Filter(kinds=("image/pn",)), ""),
        (Filter(languages=("de",)), "/a/lease"),
        (Filter(languages=("de", "")), "/a/lease /ab/scan"),
        (Filter(owners=("ada",)), "/a/letter"),
        (Filter(owners=("ada", "")), "/a/b /a/letter /ab/scan"),
        (Filter(name="LE"), "/a/lease /a/letter"),
        (Filter(categories=("contract",), owners=("ada",)), ""),
        (Filter(dated_from=DAY, languages=("de", "en"), kinds=("text/*",), name="/a"), "/a/letter"),
    ],
)
def test_a_filter_restricts_every_list_count_and_search(store: Store, within: Filter, expected: str) -> None:
    # given
    add_about_herrings(store, "/a/b", dated_at=date(1970, 1, 1), language="en")
    add_about_herrings(
        store,
        "/a/lease",
        owner="bob",
        category="contract",
        dated_at=DAY,
        language="de",
        media_type="application/pdf",
    )
    add_about_herrings(
        store, "/a/letter", owner="ada", category="letter", dated_at=date(2024, 3, 1), language="en"
    )
    add_about_herrings(store, "/ab/scan", media_type="image/png")

    # then
    assert found(store, within) == expected.split()


@pytest.mark.parametrize(
    "within",
    [
        Filter(categories=("'; DROP TABLE files; --",)),
        Filter(kinds=("*", "")),
        Filter(languages=("\0", "\ud800")),
        Filter(owners=("%", "_")),
        Filter(name="%"),
        Filter(documents=tuple(str(number) for number in range(3_000))),
    ],
)
def test_odd_filters_pass_nothing_that_they_do_not_name(store: Store, within: Filter) -> None:
    # given
    add_about_herrings(store, "/a/b", owner="ada", category="contract", language="en")

    # then
    assert found(store, within) == []


def test_a_copy_passes_by_its_own_folder_and_owner_and_is_shown_by_it(store: Store) -> None:
    # given
    add_about_herrings(store, "/ada/lease", owner="ada")
    scan(store, replace(seen("/bob/lease"), owner="bob"))
    with store.finishing(job := work(store)) as write:
        write.link(job.file_id, "/ada/lease")
    of_ada, of_bob = Filter(owners=("ada",)), Filter(folders=(Path("/bob"),))
    before = [found(store, of_ada), found(store, of_bob), found(store, Filter(owners=("eve",)))]

    # when
    with store.writing() as write:
        write.mark_gone([Path("/ada")])

    # then
    assert before == [["/ada/lease"], ["/bob/lease"], []]
    assert found_by_words(store, "herring", 9, of_ada) == store.search_vector(VECTOR, 9, of_ada) == []
    assert store.passages([found_by_words(store, "herring", 9)[0].passage_id], of_ada) == []
    assert found(store, of_bob) == ["/bob/lease"]


def test_what_is_gone_or_skipped_is_listed_where_its_state_is_named_and_never_searched(store: Store) -> None:
    # given
    add_about_herrings(store, "/a/b")
    with store.writing() as write:
        write.mark_gone([Path("/a")])
    gone = Filter(states=(FileState.GONE,))

    # then
    assert [str(file.path) for file in store.files(gone)] == ["/a/b"]
    assert store.counts(gone).files[FileState.GONE] == 1
    assert found_by_words(store, "herring", 9, gone) == store.search_vector(VECTOR, 9, gone) == []
    assert store.counts(gone).documents == 0


def test_a_file_keeps_its_owner_when_it_is_met_again(store: Store) -> None:
    # given
    add_about_herrings(store, "/a/b", owner="ada")

    # when
    scan(store, replace(seen("/a/b", stamp="2"), owner="bob"))

    # then
    assert store.count_files(Filter(owners=("ada",))) == 1


def test_dates_and_languages_are_those_of_the_newest_reading(store: Store) -> None:
    # given
    add_about_herrings(store, "/a/b", dated_at=DAY, language="de")
    known = store.document("/a/b").reading
    file = store.file_at(Path("/a/b"))
    assert file is not None

    # when
    with store.writing() as write:
        write.save_reading(file.file_id, "/a/b", 1, reading("a herring"), passages("a herring"))

    # then
    assert (known.dated_at, known.language) == (DAY, "de")
    assert store.count_files(Filter(dated_from=DAY)) == store.count_files(Filter(languages=("de",))) == 0


def test_files_are_counted_by_their_language_where_it_is_known(store: Store) -> None:
    # given
    for path, language in (("/a/a", "de"), ("/a/b", "de"), ("/a/c", "fr"), ("/a/d", "")):
        add_about_herrings(store, path, language=language)

    # then
    assert store.counts().languages == {"de": 2, "fr": 1}
    assert store.counts(Filter(languages=("fr",))).languages == {"fr": 1}


def test_no_search_obeys_what_another_process_has_changed_since(open_store: OpenStore) -> None:
    # given: a reader that has searched before, and so remembers what it can
    writer, reader = open_store(), open_store()
    add_about_herrings(writer, "/a/b", category="letter")
    letters, contracts = Filter(categories=("letter",)), Filter(categories=("contract",))
    waiting, review = Filter(states=(FileState.FILED,)), Filter(states=(FileState.REVIEW,))
    before = [found(reader, within) for within in (letters, contracts, waiting, review)]

    # when
    with writer.writing() as write:
        write.decide("/a/b", Decision(classification("contract", tier=Tier.PERSON, review=True)))

    # then
    assert before == [["/a/b"], [], ["/a/b"], []]
    assert [found(reader, within) for within in (letters, contracts, waiting, review)] == [
        [],
        ["/a/b"],
        [],
        ["/a/b"],
    ]


def test_a_filter_that_one_in_a_thousand_passes_finds_all_that_an_exact_scan_finds(store: Store) -> None:
    # given: thousands of passages about the same few things, of which very few are meant
    chance = np.random.default_rng(3)
    centres = chance.normal(size=(20, 64))
    texts = ["herring", "herring and mackerel", "the mackerel swims far", "a herring in the far sea"]
    sizes = {"/big/1": 2_900, "/big/2": 2_900, "/big/3": 194, "/small/a": 4, "/small/b": 2}
    known: dict[str, dict[int, Vectors]] = {"/": {}, "/big": {}, "/big/3": {}, "/small": {}}
    for path, size in sizes.items():
        add(store, path, *(f"{texts[n % 4]} {n % 7}" for n in range(size)), document=path)
        rows = centres[chance.integers(0, 20, size)] + 0.9 * chance.normal(size=(size, 64))
        unit = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        ids = embed(store, path, unit)
        for folder in known:
            if path.startswith(folder):
                known[folder] |= dict(zip(ids, unit, strict=True))
    questions = list(known["/"].values())[::400]
    everything = found_by_words(store, "herring far", 6_000)

    for folder, vectors in known.items():
        # when
        within = Filter(folders=(Path(folder),))
        shares = [
            recall(vectors, question, store.search_vector(question, 60, within)) for question in questions
        ]
        by_words = found_by_words(store, "herring far", 20, within)

        # then
        assert np.mean(shares) >= 0.99
        exact = [hit.score for hit in everything if hit.passage_id in vectors][:20]
        assert [hit.score for hit in by_words] == pytest.approx(exact)
        assert {hit.passage_id for hit in by_words} <= set(vectors)


def recall(vectors: dict[int, Vectors], question: Vectors, hits: list[Hit]) -> float:
    """Return the share of the ten nearest that was found; a store's own error of a cosine is forgiven."""
    cosines = {passage_id: float(vector @ question) for passage_id, vector in vectors.items()}
    nearest = sorted(cosines.values(), reverse=True)[:10]
    right = sum(cosines[hit.passage_id] > nearest[-1] - 0.005 for hit in hits[:10])
    return right / len(nearest)
