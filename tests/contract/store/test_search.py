"""What the index finds: words of every script, vectors near and far, and nothing of what is gone."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.library import (
    OpenStore,
    add,
    add_written_in,
    embed,
    found_by_words,
    passages,
    reading,
    scan,
    seen,
    texts_of,
    unit_vectors,
    work,
)

from twolane.documents import Filter
from twolane.errors import StoreError
from twolane.llm.base import Vectors
from twolane.store.base import Store
from twolane.store.values import TextDocument


def test_words_are_found_by_their_stems_and_ranked(store: Store) -> None:
    # given
    add(store, "/d/a", "the fishing fleet caught herrings", "a letter about rent")
    add(store, "/d/b", "herring herring herring")

    # when
    found = texts_of(store, "Which herring was caught?")

    # then
    assert found == ["the fishing fleet caught herrings", "herring herring herring"]


def test_stop_words_count_only_where_nothing_else_is_asked(store: Store) -> None:
    # given
    add(store, "/d/a", "to be or not to be")
    add(store, "/d/b", "herrings")

    # then
    assert texts_of(store, "what is a herring") == ["herrings"]
    assert texts_of(store, "to be or not") == ["to be or not to be"]


def test_titles_and_file_names_help(store: Store) -> None:
    # given
    add(store, "/d/Invoice_2024-ACME.txt", "total 100", title="Annual statement")

    # then
    assert texts_of(store, "acme invoice") == texts_of(store, "statements") == ["total 100"]


def test_headings_are_found(store: Store) -> None:
    # given
    scan(store, seen("/d/a"))
    job = work(store)
    with store.finishing(job) as write:
        write.save_reading(job.file_id, "h", 1, reading("text"), passages("text", heading="Notice period"))

    # then
    assert texts_of(store, "notice") == ["text"]
    assert store.passages_without_vectors("h")[0][1] == "Notice period\ntext"


def test_the_first_passages_are_listed_with_and_without_vectors(store: Store) -> None:
    # given
    add(store, "/d/a", "one", "two", "three", document="h")
    [first, *_] = [number for number, _ in store.passages_without_vectors("h", 1)]
    with store.writing() as write:
        write.save_vectors("tester", [first], unit_vectors(1))

    # when
    listed = store.first_passages("h", 2)

    # then
    assert [(passage.text, passage.embedded) for passage in listed] == [("one", True), ("two", False)]
    assert [text for _, text in store.passages_without_vectors("h", 1)] == ["two"]
    assert store.first_passages("unknown", 2) == []


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("本合同到期日为二零二五年", "合同什么时候到期"),
        ("本合同到期日为二零二五年", "合同"),
        ("本合同到期日为二零二五年", "年"),
        ("契約書の更新について", "契約"),
        ("カタカナ", "ﾀｶ"),
        ("계약서를 확인했다", "계약서"),
        ("สัญญาเช่าบ้าน", "สัญญา"),
        ("हिन्दी में अनुबंध", "अनुबंध"),
        ("Der Mietvertrag für die Straße", "STRASSE Straße"),
        ("caf\u00e9", "cafe\u0301"),
        ("caf\u00e9", "CAFE"),
        ("ﬁnancial agree\u00adment", "financial"),
        ("agree\u00adment", "agreement"),
        ("Договор аренды", "договор"),
        ("عقد الإيجار", "الإيجار"),
        ("don't", "don’t"),
        ("x\ud800y herring", "herring"),
        ("INV-2024-0815", "0815"),
    ],
)
def test_every_script_is_found(store: Store, text: str, query: str) -> None:
    # given
    add(store, "/d/a", text)
    add(store, "/d/b", "zzz")

    # then
    assert len(found_by_words(store, query, 5)) == 1


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80) | st.text(alphabet='"*()^:+-{}NEARORAND \0🎉合', max_size=40))
def test_any_text_may_be_asked(store: Store, query: str) -> None:
    # then
    assert found_by_words(store, query, 5) == found_by_words(store, query, 5)


@pytest.mark.parametrize(
    "query", ["", '"', "NEAR(", "a*", "🎉", "\0", "\ud800", "AND OR NOT", "herring " * 12_500]
)
def test_odd_queries_are_harmless(store: Store, query: str) -> None:
    # given
    add(store, "/d/fish", "herring")

    # then
    assert len(found_by_words(store, query, 5)) == ("herring" in query)


def test_a_limit_is_kept_though_gone_files_took_the_best_places(store: Store) -> None:
    # given
    for number in range(30):
        add(store, f"/gone/{number}", "herring herring herring")
    add(store, "/d/a", "one herring among many other words that make it rank lower")
    with store.writing() as write:
        write.mark_gone([Path("/gone")])

    # then
    assert len(found_by_words(store, "herring", 3)) == 1


def test_passages_come_in_the_order_asked_and_unknown_ones_not_at_all(store: Store) -> None:
    # given
    add(store, "/d/a", "one", "two")
    one, two = (found_by_words(store, word, 1)[0].passage_id for word in ("one", "two"))

    # then
    assert [found.text for found in store.passages([two, 99_999, one])] == ["two", "one"]
    assert store.passages([]) == []


def test_the_nearest_vectors_come_first_with_their_cosine(store: Store) -> None:
    # given
    vectors = unit_vectors(40)
    add(store, "/d/a", *(f"text {number}" for number in range(40)), document="a")
    ids = embed(store, "a", vectors)
    question = vectors[7] + 0.1 * vectors[3]

    # when
    hits = store.search_vector(question, 5)

    # then
    cosines = vectors @ question / np.linalg.norm(question)
    assert [hit.passage_id for hit in hits] == [ids[number] for number in np.argsort(-cosines)[:5]]
    assert [hit.score for hit in hits] == pytest.approx(sorted(cosines)[::-1][:5], abs=0.01)
    assert store.vector_model() == "tester"


def test_an_empty_index_and_a_zero_question_find_nothing(store: Store) -> None:
    # given
    before = store.search_vector(unit_vectors(1)[0], 5)
    add(store, "/d/a", "text", document="a")
    embed(store, "a", unit_vectors(1))

    # then
    assert before == []
    assert store.search_vector(np.zeros(32, dtype=np.float32), 5) == []
    assert store.search_vector(np.full(32, np.nan, dtype=np.float32), 5) == []
    assert store.search_vector(unit_vectors(1)[0], 0) == []


def test_what_is_gone_changed_or_read_again_leaves_the_vectors_too(store: Store) -> None:
    # given
    vectors = unit_vectors(4)
    for number, name in enumerate("abcd"):
        add(store, f"/d/{name}", f"text {name}", document=name)
        embed(store, name, vectors[number : number + 1])
    before = len(store.search_vector(vectors[0], 9))
    changed, again = store.file_at(Path("/d/b")), store.file_at(Path("/d/c"))
    assert changed is not None
    assert again is not None

    # when
    with store.writing() as write:
        write.mark_gone([Path("/d/a")])
        write.save_reading(changed.file_id, "b2", 1, reading("new"), passages("new"))
        write.save_reading(again.file_id, "c", 1, reading("again"), passages("again"))

    # then
    left = store.passages([hit.passage_id for hit in store.search_vector(vectors[0], 9)])
    assert before == 4
    assert [found.text for found in left] == ["text d"]
    assert store.counts().vectors == 1


def test_a_file_that_comes_back_brings_its_vectors_back(store: Store) -> None:
    # given
    add(store, "/d/a", "text", document="a")
    vectors = unit_vectors(1)
    embed(store, "a", vectors)
    with store.writing() as write:
        write.mark_gone([Path("/d/a")])
    gone = store.search_vector(vectors[0], 5)

    # when
    scan(store, seen("/d/a"))

    # then
    assert gone == []
    assert len(store.search_vector(vectors[0], 5)) == 1


def test_another_process_sees_what_was_embedded_dropped_and_embedded_anew(open_store: OpenStore) -> None:
    # given
    writer, reader = open_store(), open_store()
    add(writer, "/d/a", "one", "two", document="a")
    embed(writer, "a", unit_vectors(2))
    first = len(reader.search_vector(unit_vectors(1)[0], 5))
    add(writer, "/d/b", "three", document="b")
    embed(writer, "b", unit_vectors(1, seed=3))
    second = len(reader.search_vector(unit_vectors(1)[0], 5))

    # when
    with writer.writing() as write:
        write.drop_vectors()
    dropped = reader.search_vector(unit_vectors(1)[0], 5)
    embed(writer, "a", unit_vectors(2, 48), model="other")

    # then
    assert (first, second, dropped) == (2, 3, [])
    assert len(reader.search_vector(unit_vectors(1, 48)[0], 5)) == 2
    assert reader.vector_model() == "other"


def test_a_search_within_a_transaction_that_fails_leaves_no_trace(store: Store) -> None:
    # given
    add(store, "/d/a", "text", document="a")
    [passage_id] = [number for number, _ in store.passages_without_vectors("a")]
    vectors = unit_vectors(2)

    # when
    with contextlib.suppress(ZeroDivisionError), store.writing() as write:
        write.save_vectors("tester", [passage_id], vectors[:1])
        store.search_vector(vectors[0], 5)
        raise ZeroDivisionError
    nothing = store.search_vector(vectors[0], 5)
    embed(store, "a", vectors[1:])

    # then
    assert nothing == []
    [hit] = store.search_vector(vectors[1], 5)
    assert hit.score == pytest.approx(1.0, abs=0.01)


def test_vectors_of_different_models_are_never_mixed(store: Store) -> None:
    # given
    add(store, "/d/a", "one", document="a")
    embed(store, "a", unit_vectors(1))

    # then
    with pytest.raises(StoreError, match="tester") as wrong_model, store.writing() as write:
        write.save_vectors("other", [1], unit_vectors(1))
    with pytest.raises(StoreError, match="32 dimensions"), store.writing() as write:
        write.save_vectors("tester", [1], unit_vectors(1, 48))
    with pytest.raises(StoreError, match="32 dimensions"):
        store.search_vector(unit_vectors(1, 48)[0], 5)
    assert wrong_model.value.remedy


def test_vectors_of_unknown_passages_are_ignored(store: Store) -> None:
    # given
    add(store, "/d/a", "one", document="a")
    [passage_id] = [number for number, _ in store.passages_without_vectors("a")]

    # when
    with store.writing() as write:
        write.save_vectors("tester", [passage_id, 99_999], unit_vectors(2))
        write.save_vectors("tester", [], np.empty((0, 32), dtype=np.float32))

    # then
    assert store.counts().vectors == 1
    assert store.passages_without_vectors("a") == []


def test_many_vectors_are_found_through_their_codes(store: Store) -> None:
    # given
    count = 6_000
    vectors = unit_vectors(count, 64)
    add(store, "/d/a", *(f"text {number}" for number in range(count)), document="a")
    ids = embed(store, "a", vectors)

    # when
    found = [store.search_vector(vectors[number], 3)[0].passage_id for number in range(0, count, 600)]

    # then
    assert found == [ids[number] for number in range(0, count, 600)]


def test_what_has_no_vectors_is_listed_with_a_file_until_it_has_them(store: Store) -> None:
    # given
    first = add(store, "/d/a", "one", document="a")
    add(store, "/d/b", "two", document="b")
    add(store, "/d/gone", "three", document="gone")
    embed(store, "b", unit_vectors(1))
    with store.writing() as write:
        write.mark_gone([Path("/d/gone")])

    # when
    before = store.unembedded()
    with store.writing() as write:
        write.drop_vectors()

    # then
    assert before == [TextDocument("a", first)]
    assert [known.document for known in store.unembedded()] == ["a", "b"]
    assert store.vector_model() == ""


def test_no_vector_is_lost_behind_those_of_gone_files(store: Store) -> None:
    # given: the nearest fifty times as many as asked are gone
    near = unit_vectors(1, 16)[0]
    vectors = near + 0.01 * unit_vectors(2_000, 16, seed=2)
    add(store, "/gone/a", *("text" for _ in vectors), document="gone")
    embed(store, "gone", vectors)
    far = unit_vectors(40, 16, seed=3)
    add(store, "/d/b", *("text" for _ in far), document="b")
    ids = embed(store, "b", far)
    with store.writing() as write:
        write.mark_gone([Path("/gone")])

    # when
    hits = store.search_vector(near, 40)

    # then
    assert sorted(hit.passage_id for hit in hits) == ids
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_part_of_a_page_is_read_by_its_characters(store: Store) -> None:
    # given
    scan(store, seen("/d/a"))
    job = work(store)
    with store.finishing(job) as write:
        write.save_reading(
            job.file_id, "hash", 1, reading("first page", "Größe: 7 m"), passages("first page")
        )

    # then
    assert store.page_text("hash", 2, 0, 5) == "Größe"
    assert store.page_text("hash", 2, 7, 99) == "7 m"
    assert store.page_text("hash", 3, 0, 5) == store.page_text("none", 1, 0, 5) == ""


def test_the_vectors_of_passages_are_given_back(store: Store) -> None:
    # given
    add(store, "/d/a", "one", "two")
    vectors = unit_vectors(2)
    ids = embed(store, store.unembedded()[0].document, vectors)

    # when
    found = store.vectors([*ids, 10_000])

    # then
    assert set(found) == set(ids)
    for number, vector in zip(ids, vectors, strict=True):
        assert float(found[number] @ vector) > 0.999
        assert float(np.linalg.norm(found[number])) == pytest.approx(1, abs=1e-3)


def _in(language: Vectors, says: Vectors) -> Vectors:
    """Return vectors as models make them of what is said in a language: near to all else said in it."""
    moved = says + 1.2 * language
    written: Vectors = moved / np.linalg.norm(moved, axis=-1, keepdims=True)
    return written


def test_a_question_is_no_nearer_to_what_is_written_in_its_own_language(store: Store) -> None:
    # given
    says, german, english = unit_vectors(50, 64, seed=7), *unit_vectors(2, 64, seed=8)
    in_german = add_written_in(store, "de", _in(german, says[:25]))
    add_written_in(store, "en", _in(english, says[25:]))

    # when: an English question on what is written in German
    hits = [store.search_vector(_in(english, says[n]), 3) for n in range(25)]

    # then: the cosine alone puts all that is written in English first
    assert all(in_german[n] in {hit.passage_id for hit in found} for n, found in enumerate(hits))


def test_a_filter_of_one_language_finds_as_many_as_there_are(store: Store) -> None:
    # given
    says, german, english = unit_vectors(50, 64, seed=7), *unit_vectors(2, 64, seed=8)
    in_german = add_written_in(store, "de", _in(german, says[:25]))
    add_written_in(store, "en", _in(english, says[25:]))

    # when
    hits = store.search_vector(_in(english, says[3]), 30, Filter(languages=("de",)))

    # then
    assert {hit.passage_id for hit in hits} == set(in_german)
    assert hits[0].passage_id == in_german[3]


def test_vectors_of_passages_are_given_without_what_their_languages_share(store: Store) -> None:
    # given: the same said in two languages
    says, german, english = unit_vectors(25, 64, seed=7), *unit_vectors(2, 64, seed=8)
    in_german = add_written_in(store, "de", _in(german, says))
    in_english = add_written_in(store, "en", _in(english, says))

    # when
    found = store.vectors([*in_german, *in_english])

    # then: what says the same is nearest, and not what is in the same language
    every = np.stack(list(found.values()))
    for one, other in zip(in_german, in_english, strict=True):
        nearest = np.argsort(np.linalg.norm(every - found[one], axis=1))[:2]
        assert {list(found)[place] for place in nearest} == {one, other}
