"""Taking files out of a library: what goes, what stays, and what comes back, over both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.library import (
    OpenStore,
    add,
    claim,
    classification,
    embed,
    passages,
    reading,
    scan,
    seen,
    texts_of,
    unit_vectors,
    work,
)

from twolane.answers import (
    CitationEvent,
    ContradictionEvent,
    ExtractsCause,
    KeptTurn,
    Source,
    StatedValue,
    TurnState,
)
from twolane.documents import Decision, Filter, FoundPassage, Tier
from twolane.errors import LeaseLostError, NotFoundError
from twolane.facts import CORRESPONDENT, TITLE, FieldSource, FieldValue, TextSpan
from twolane.store.base import Store
from twolane.store.conversed import NewTurn
from twolane.store.taken_out import ExclusionKind, Leaving, TakenOut
from twolane.work import NewJob


def take_out(store: Store, *file_ids: int, forget: bool = False, trashed: Path | None = None) -> TakenOut:
    with store.writing() as write:
        return write.take_out([Leaving(number, trashed=trashed) for number in file_ids], forget=forget)


def decide(store: Store, document: str, category: str, by: str = "ada") -> None:
    with store.writing() as write:
        write.decide(document, Decision(classification(category, tier=Tier.PERSON), by))


def counts(store: Store) -> tuple[int, int, int, int]:
    found = store.counts()
    return sum(found.files.values()), found.documents, found.passages, found.vectors


def test_a_document_goes_with_its_last_file(store: Store) -> None:
    # given
    one = add(store, "/d/lease.txt", "the kitchen is let", document="lease")
    two = add(store, "/d/copy.txt", "the kitchen is let", document="lease")
    add(store, "/d/other.txt", "a garden", document="other")
    embed(store, "lease", unit_vectors(1))

    # when
    first = take_out(store, one)

    # then
    assert first.paths == (Path("/d/lease.txt"),)
    assert first.documents == ()
    assert texts_of(store, "kitchen") == ["the kitchen is let"]

    # when
    second = take_out(store, two)

    # then
    assert second.documents == ("lease",)
    assert texts_of(store, "kitchen") == []
    assert texts_of(store, "garden") == ["a garden"]
    assert counts(store) == (1, 1, 1, 0)
    assert store.search_vector(unit_vectors(1)[0], 5) == []
    assert not store.has_document("lease")
    with pytest.raises(NotFoundError):
        store.file(two)
    assert take_out(store, one, two, 10**30 % 97_000_000) == TakenOut()


def test_the_names_of_a_file_go_with_it(store: Store) -> None:
    # given
    one = add(store, "/d/zebra.txt", "one text", document="same")
    add(store, "/d/giraffe.txt", "one text", document="same")
    assert texts_of(store, "zebra") == ["one text"]

    # when
    take_out(store, one)

    # then
    assert texts_of(store, "zebra") == []
    assert texts_of(store, "giraffe") == ["one text"]


def test_jobs_end_and_what_a_running_one_makes_is_not_kept(store: Store) -> None:
    # given
    scan(store, seen("/d/one.txt"), seen("/d/two.txt"))
    running = work(store)
    waiting = store.file_at(Path("/d/two.txt"))
    assert waiting

    # when
    take_out(store, running.file_id, waiting.file_id)

    # then
    assert claim(store, ["read"]) is None
    with pytest.raises(LeaseLostError), store.finishing(running) as write:
        write.save_reading(running.file_id, "late", 1, reading("late"), passages("late"))
    assert counts(store) == (0, 0, 0, 0)
    assert store.pending().jobs == 0


def test_the_jobs_of_a_document_go_on_for_another_file(store: Store) -> None:
    # given
    one = add(store, "/d/one.txt", "text", document="same")
    two = add(store, "/d/two.txt", "text", document="same")

    with store.writing() as write:
        write.enqueue([NewJob("classify", "same", one)])

    # when
    take_out(store, one)

    # then
    assert work(store, "classify").file_id == two


def test_learners_are_told(store: Store) -> None:
    # given
    number = add(store, "/d/one.txt", "text", document="taught")
    decide(store, "taught", "invoice")
    mark = store.decisions.changed(None).mark
    labelled = store.decisions.labelled()

    # when
    take_out(store, number)

    # then
    assert set(store.decisions.changed(mark).document_ids) == set(labelled)
    assert store.decisions.labelled() == []


def test_what_people_decided_comes_back_with_the_content(store: Store) -> None:
    # given
    text = "Invoice\nTotal due: 40 EUR to Holt"
    number = add(store, "/d/bill.txt", text, document="bill")
    decide(store, "bill", "invoice")
    place = TextSpan(1, text.index("Holt"), len(text))
    sender = FieldValue(
        CORRESPONDENT, "Holt", 1.0, FieldSource.PERSON, words="Holt", place=place, before="40 EUR to"
    )
    with store.writing() as write:
        write.decide_field("bill", sender, "ada")
        write.tag("bill", "tax", "ada")

    # when
    taken = take_out(store, number)

    # then
    assert [one.path for one in store.removals.list()] == [Path("/d/bill.txt")]
    assert store.correspondents.by_name("Holt") is None

    # when
    back = add(store, "/elsewhere/bill.txt", text, document="bill")

    # then
    record = store.file(back)
    assert record.classification
    assert (record.classification.category, record.classification.tier) == ("invoice", Tier.PERSON)
    assert store.decisions.of("bill")[-1].by == "ada"
    assert (record.correspondent, record.tags) == ("Holt", ("tax",))
    [field] = store.fields.corrected("bill")
    assert (field.value, field.words, field.place, field.before) == ("Holt", "Holt", place, "40 EUR to")
    assert store.removals.list() == []
    assert store.removals.get(taken.removal_ids[0]).restored_at


def test_another_reading_brings_back_the_values_alone(store: Store) -> None:
    # given
    number = add(store, "/d/bill.txt", "It is from Holt", document="bill")
    value = FieldValue(TITLE, "Holt's", 1.0, FieldSource.PERSON, words="Holt", place=TextSpan(1, 11, 15))
    with store.writing() as write:
        write.decide_field("bill", value)

    # when
    take_out(store, number)
    add(store, "/d/bill.txt", "Now it is read as from Holt", document="bill")

    # then
    [field] = store.fields.corrected("bill")
    assert (field.value, field.words, field.place) == ("Holt's", "", None)


def test_nothing_comes_back_of_what_is_forgotten(store: Store) -> None:
    # given
    number = add(store, "/d/bill.txt", "a text", document="bill")
    decide(store, "bill", "invoice")

    # when
    take_out(store, number, forget=True)
    back = add(store, "/d/bill.txt", "a text", document="bill")

    # then
    assert store.file(back).classification is None
    assert store.removals.list() == []


def test_what_is_forgotten_has_no_earlier_record_either(store: Store) -> None:
    # given a file that was taken out before, and was restored
    number = add(store, "/d/bill.txt", "a text", document="bill")
    decide(store, "bill", "invoice")
    [removal_id] = take_out(store, number).removal_ids
    with store.writing() as write:
        write.removals.end(removal_id)
    number = add(store, "/d/bill.txt", "a text", document="bill")
    assert store.file(number).classification

    # when
    take_out(store, number, forget=True)
    back = add(store, "/d/other.txt", "a text", document="bill")

    # then
    assert store.file(back).classification is None
    with pytest.raises(NotFoundError):
        store.removals.get(removal_id)


def test_what_lies_in_the_trash_is_listed_until_it_is_back(store: Store) -> None:
    # given
    one = add(store, "/d/one.txt", "one", document="one")
    two = add(store, "/d/two.txt", "two", document="two")
    with store.writing() as write:
        begun = write.removals.begin(one, "ada")

    # when
    with store.writing() as write:
        write.take_out([Leaving(one, begun, Path("/t/files/one.txt")), Leaving(two)], by="ada")

    # then
    [trashed] = store.removals.list(trashed=True)
    assert (trashed.removal_id, trashed.is_trashed, trashed.trashed) == (
        begun,
        True,
        Path("/t/files/one.txt"),
    )
    assert (trashed.path, trashed.document, trashed.by) == (Path("/d/one.txt"), "one", "ada")
    assert [one.path.name for one in store.removals.list()] == ["two.txt", "one.txt"]

    # when
    with store.writing() as write:
        write.removals.end(begun)

    # then
    assert store.removals.list(trashed=True) == []


def test_correspondents_go_with_their_last_document(store: Store) -> None:
    # given
    files = {}
    for name, sender in (("a", "Netherby Ltd"), ("b", "Netherby Limited"), ("c", "Doyle")):
        files[name] = add(store, f"/d/{name}.txt", name, document=name)
        with store.writing() as write:
            write.save_fields(name, [FieldValue(CORRESPONDENT, sender, 0.95, FieldSource.PATTERN)])
    one, other, doyle = (
        store.correspondents.by_name(name) for name in ("Netherby Ltd", "Netherby Limited", "Doyle")
    )
    assert one
    assert other
    assert doyle
    with store.writing() as write:
        write.merge_correspondents(
            one.correspondent_id,
            other.correspondent_id,
            'a person wrote "Netherby Ltd"',
            "ada",
            name="Netherby Ltd",
        )
        write.rename_correspondent(doyle.correspondent_id, "Mr Doyle")
    mark = store.correspondents.mark()

    # when
    take_out(store, files["a"], files["c"])

    # then
    assert store.correspondents.mark() != mark
    [left] = store.correspondents.everyone()
    assert (left.name, left.names) == ("Netherby Limited", ("Netherby Limited",))
    assert store.correspondents.by_name("Doyle") is None
    assert all("Netherby Ltd" not in change.reason + change.name for change in store.correspondents.changes())
    with store.writing() as write:
        write.undo_correspondents()
    take_out(store, files["b"])
    assert store.correspondents.everyone() == []
    assert store.correspondents.changes() == []


def ask(store: Store, conversation: str, question: str, turn: KeptTurn) -> None:
    store.conversations.begin(NewTurn(f"{conversation} {question}", conversation, question, "holder"), "")
    store.conversations.save(f"{conversation} {question}", turn)


def passage(document: str, text: str) -> FoundPassage:
    return FoundPassage(
        1, document, Path(f"/d/{document}.txt"), f"title of {document}", 1, text, f"head of {document}"
    )


def answered(question: str, text: str, *sources: FoundPassage, **more: object) -> KeptTurn:
    numbered = tuple(Source(number, one) for number, one in enumerate(sources, 1))
    cited = (CitationEvent(1, spans=(TextSpan(1, 0, 5),)),)
    return KeptTurn(1, question, TurnState.DONE, text, sources=numbered, citations=cited, **more)  # type: ignore[arg-type]


def test_conversations_lose_what_they_quote_and_keep_what_was_said(store: Store) -> None:
    # given
    one = add(store, "/d/one.txt", "the secret is lilac", document="one")
    add(store, "/d/two.txt", "the roof is red", document="two")
    store.conversations.start("talk", "")
    own, other = passage("one", "the secret is lilac"), passage("two", "the roof is red")
    stated = ContradictionEvent((StatedValue("lilac", own), StatedValue("red", other)))
    ask(
        store,
        "talk",
        "colour?",
        answered("colour?", "It is purple [1].", own, other, contradictions=(stated,)),
    )
    quoted = answered("quote", "> the secret is lilac", own, extracts=ExtractsCause.NO_MODEL)
    ask(store, "talk", "quote", quoted)

    # when
    take_out(store, one)

    # then
    first, second = store.conversations.get("talk", "").turns
    assert (first.question, first.text) == ("colour?", "It is purple [1].")
    assert [(one.passage.text, one.passage.path.name) for one in first.sources] == [
        ("", "one.txt"),
        ("the roof is red", "two.txt"),
    ]
    assert [value.value for value in first.contradictions[0].values] == ["", "red"]
    assert (second.question, second.text) == ("quote", "")
    assert "lilac" not in repr((first, second))
    assert store.conversations.find(["lilac"], "", limit=5).total == 0

    # when an answer that was under way then is kept once more
    store.conversations.save("talk colour?", answered("colour?", "It is purple [1].", own, other))

    # then
    assert "lilac" not in repr(store.conversations.get("talk", ""))


def test_forgetting_takes_the_turns_along(store: Store) -> None:
    # given
    one = add(store, "/d/one.txt", "the secret is lilac", document="one")
    own, other = passage("one", "the secret is lilac"), passage("two", "red")
    for name in ("mixed", "alone"):
        store.conversations.start(name, "")
        ask(store, name, "lilac?", answered("lilac?", "yes", own))
    ask(store, "mixed", "red?", answered("red?", "red", other))

    # when
    take_out(store, one, forget=True)

    # then
    [left] = store.conversations.find([], "", limit=5).conversations
    assert (left.conversation_id, left.title) == ("mixed", "red?")
    assert [turn.question for turn in store.conversations.get("mixed", "").turns] == ["red?"]


def test_exclusions_are_kept_and_taken_back(open_store: OpenStore) -> None:
    # given
    store, elsewhere = open_store(), open_store()
    mark = elsewhere.exclusions.mark()

    # when
    with store.writing() as write:
        write.exclusions.add(ExclusionKind.PATH, b"/d/\xff", "ada")
        write.exclusions.add(ExclusionKind.PATH, b"/d/\xff", "bob")
        write.exclusions.add(ExclusionKind.NAME, b"*.tmp")

    # then
    assert [(one.kind, one.value, one.by) for one in elsewhere.exclusions.all()] == [
        (ExclusionKind.NAME, b"*.tmp", ""),
        (ExclusionKind.PATH, b"/d/\xff", "ada"),
    ]
    assert elsewhere.exclusions.mark() != mark
    assert elsewhere.exclusions.has(ExclusionKind.PATH, b"/d/\xff")

    # when
    with store.writing() as write:
        dropped = [write.exclusions.drop(ExclusionKind.NAME, name) for name in (b"*.tmp", b"*.tmp")]

    # then
    assert dropped == [True, False]
    assert not elsewhere.exclusions.has(ExclusionKind.NAME, b"*.tmp")


def test_another_process_knows_it_no_more_at_once(open_store: OpenStore) -> None:
    # given a process that has searched, and holds what it has learned in memory
    store, elsewhere = open_store(), open_store()
    number = add(store, "/d/one.txt", "the secret is lilac", document="one", title="Lilac")
    add(store, "/d/two.txt", "the roof is red", document="two")
    embed(store, "one", unit_vectors(1))
    embed(store, "two", unit_vectors(1, seed=2))
    assert texts_of(elsewhere, "lilac") == ["the secret is lilac"]
    assert len(elsewhere.search_vector(unit_vectors(1)[0], 5)) == 2

    # when
    take_out(store, number)

    # then
    assert texts_of(elsewhere, "lilac") == []
    assert len(elsewhere.search_vector(unit_vectors(1)[0], 5)) == 1
    assert elsewhere.files(Filter(name="lilac")) == []
    assert counts(elsewhere) == (1, 1, 1, 1)


def test_after_a_vacuum_all_is_found_as_before(store: Store) -> None:
    # given
    number = add(store, "/d/one.txt", "the secret is lilac", document="one")
    add(store, "/d/two.txt", "the roof is red", document="two")
    take_out(store, number)

    # when
    store.vacuum()

    # then
    assert texts_of(store, "roof") == ["the roof is red"]
    assert texts_of(store, "lilac") == []
    assert counts(store) == (1, 1, 1, 0)
