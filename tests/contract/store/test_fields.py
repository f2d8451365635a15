"""The facts of documents: values that machines drew and people decided, tags, and whom papers are from."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.support.library import add, classification, passages, reading, scan, seen, texts_of, work

from twolane.documents import Decision, FileRecord, Filter
from twolane.facts import (
    CORRESPONDENT,
    DATE,
    LANGUAGE,
    TITLE,
    FieldCondition,
    FieldSource,
    FieldValue,
    MarkKind,
    SenderMark,
    Stated,
    TextSpan,
)
from twolane.store.base import Store


def drawn(field: str, value: str, confidence: float = 0.8, **more: object) -> FieldValue:
    return FieldValue(field, value, confidence, FieldSource.PATTERN, **more)  # type: ignore[arg-type]


def said(field: str, value: str, **more: object) -> FieldValue:
    return FieldValue(field, value, 1.0, FieldSource.PERSON, **more)  # type: ignore[arg-type]


def save(store: Store, document: str, *values: FieldValue, marks: tuple[SenderMark, ...] = ()) -> None:
    with store.writing() as write:
        write.save_fields(document, values, marks)


def decide(store: Store, document: str, value: FieldValue, by: str = "") -> None:
    with store.writing() as write:
        write.decide_field(document, value, by)


def standing(store: Store, document: str) -> dict[str, str]:
    return {value.field: value.value for value in store.fields.of(document)}


def record(store: Store, path: str) -> FileRecord:
    found = store.file_at(Path(path))
    assert found is not None
    return found


def change(store: Store, path: str, document: str, *texts: str) -> None:
    """Give a file another content."""
    scan(store, seen(path, stamp=document))
    job = work(store)
    with store.finishing(job) as write:
        write.save_reading(job.file_id, document, 10, reading(*texts), passages(*texts))


def test_what_machines_draw_is_kept_whole_and_replaced_by_the_next_draw(store: Store) -> None:
    # given
    add(store, "/d/a", "Total: 571,04 €", document="a")
    total = drawn(
        "total_due",
        "571.04 EUR",
        words="571,04 €",
        place=TextSpan(1, 7, 15),
        reason="said so",
        before="Total:",
    )
    save(store, "a", total, drawn("number", "507"))
    before = store.fields.of("a")

    # when
    save(store, "a", total, drawn(DATE, ""))

    # then
    assert before == [drawn("number", "507"), total]
    assert store.fields.of("a") == [total]


def test_lists_filters_and_counts_follow_the_values_that_stand(store: Store) -> None:
    # given
    add(store, "/d/a", "Ein Brief", document="a", title="as read")

    # when
    save(
        store,
        "a",
        drawn(TITLE, "Ein Brief"),
        drawn(DATE, "2024-02-29"),
        drawn(LANGUAGE, "de"),
        drawn(CORRESPONDENT, "Stadtwerke Halden"),
    )

    # then
    file = record(store, "/d/a")
    assert (file.title, file.dated_at, file.language) == ("Ein Brief", date(2024, 2, 29), "de")
    assert file.correspondent == "Stadtwerke Halden"
    within = [
        Filter(dated_from=date(2024, 2, 29), dated_to=date(2024, 2, 29)),
        Filter(languages=("de",)),
        Filter(name="ein brief"),
        Filter(name="WERKE H"),
        Filter(correspondents=(file.correspondent_id,)),
    ]
    assert [store.count_files(one) for one in within] == [1, 1, 1, 1, 1]
    assert store.count_files(Filter(name="as read")) == 0
    assert store.counts().correspondents == {"Stadtwerke Halden": 1}
    assert store.document("a").reading.title == "as read"
    assert texts_of(store, "stadtwerke") == ["Ein Brief"]


def test_a_guess_is_kept_and_nothing_follows_from_it(store: Store) -> None:
    # given
    for name in "abc":
        add(store, f"/d/{name}", f"about {name}", document=name, title="as read")
    guesses = [
        drawn(CORRESPONDENT, "Saturday", 0.45),
        drawn(DATE, "2024-01-01", 0.49),
        drawn(TITLE, "Home", 0.2),
        drawn("total_due", "5.00", 0.4),
    ]

    # when
    save(store, "a", *guesses)
    save(store, "b", *guesses)
    file = record(store, "/d/a")

    # then
    assert len(store.fields.of("a")) == 4
    assert (file.title, file.dated_at, file.correspondent) == ("as read", None, "")
    assert store.count_files(Filter(fields=(FieldCondition("total_due", "1"),))) == 0
    assert store.correspondents.by_name("Saturday") is None

    # when: another paper says it surely
    save(store, "c", drawn(CORRESPONDENT, "Saturday", 0.9))
    save(store, "a", *guesses)

    # then
    assert record(store, "/d/a").correspondent == "Saturday"
    assert record(store, "/d/b").correspondent == ""

    # when: that paper says so no more
    save(store, "c")
    save(store, "a", drawn(CORRESPONDENT, "Saturday", 0.3))

    # then
    assert store.correspondents.list() == []


def test_a_persons_decision_stands_over_machines_until_it_is_taken_back(store: Store) -> None:
    # given
    add(store, "/d/a", "a letter", document="a")
    save(store, "a", drawn(DATE, "2024-01-01"))
    decide(store, "a", said(DATE, "2024-01-02"), "ada")
    decide(store, "a", said(DATE, ""), "bob")
    save(store, "a", drawn(DATE, "2024-01-03"))
    none = record(store, "/d/a").dated_at

    # when
    shown = []
    for _ in range(3):
        with store.writing() as write:
            undone = write.undo_field("a", DATE, "eve")
        shown.append((undone, record(store, "/d/a").dated_at))

    # then
    assert none is None
    assert shown == [(True, date(2024, 1, 2)), (True, date(2024, 1, 3)), (False, date(2024, 1, 3))]
    history = store.fields.history("a", DATE)
    assert [(one.value.value, one.by, one.undone_at > 0) for one in history] == [
        ("2024-01-02", "ada", True),
        ("", "bob", True),
    ]
    assert store.fields.corrected("a") == []


def test_a_reading_anew_keeps_what_people_decided(store: Store) -> None:
    # given
    file_id = add(store, "/d/a", "a letter", document="a", title="as read")
    decide(store, "a", said(TITLE, "Offer"))

    # when
    with store.writing() as write:
        write.save_reading(file_id, "a", 1, reading("a letter", title="as read"), passages("a letter"))

    # then
    assert record(store, "/d/a").title == "Offer"
    assert texts_of(store, "offer") == ["a letter"]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([FieldCondition("total_due", "100")], "b c"),
        ([FieldCondition("total_due", "100 EUR")], "b"),
        ([FieldCondition("total_due", "99.99", "99.99")], "a"),
        ([FieldCondition("total_due", "", "100")], "a"),
        ([FieldCondition("total_due", "9", "1000"), FieldCondition("number", "507", "507")], "a"),
        ([FieldCondition("number", "0507", "0507")], "b"),
        ([FieldCondition("due_date", "2024-02-01", "2024-02-29")], "b"),
        ([FieldCondition("due_date"), FieldCondition("total_due")], "a b"),
        ([FieldCondition("unknown")], ""),
    ],
)
def test_a_filter_by_fields_compares_numbers_as_numbers(
    store: Store, conditions: list[FieldCondition], expected: str
) -> None:
    # given
    for name in "abcd":
        add(store, f"/d/{name}", f"about {name}", document=name)
    save(store, "a", drawn("total_due", "99.99 EUR"), drawn("number", "507"), drawn("due_date", "2024-01-31"))
    save(
        store, "b", drawn("total_due", "571.04 EUR"), drawn("number", "0507"), drawn("due_date", "2024-02-01")
    )
    save(store, "c", drawn("total_due", "1000 JPY"), drawn("due_date", "2024-02-02"))
    decide(store, "c", said("due_date", ""))

    # when
    within = Filter(fields=tuple(conditions))

    # then
    assert " ".join(file.document for file in store.files(within)) == expected
    assert store.counts(within).documents == len(expected.split())


def test_tags_are_peoples_own_and_written_alike(store: Store) -> None:
    # given
    add(store, "/d/a", "about a", document="a")
    add(store, "/d/b", "about b", document="b")

    # when
    with store.writing() as write:
        write.tag("a", " Steuer  2024 ", "ada")
        write.tag("b", "STEUER 2024")
        write.tag("b", "налог")
        write.tag("unknown", "x")

    # then
    assert store.tags.counts() == store.counts().tags == {"Steuer 2024": 2, "налог": 1}
    assert record(store, "/d/b").tags == store.tags.of("b") == ("Steuer 2024", "налог")
    assert [file.document for file in store.files(Filter(tags=("steuer 2024",)))] == ["a", "b"]

    # when
    with store.writing() as write:
        write.untag("b", "steuer 2024")

    # then
    assert store.tags.of("b") == ("налог",)


def test_a_tag_that_two_people_gave_is_one_tag_and_each_takes_away_their_own(store: Store) -> None:
    # given
    add(store, "/d/a", "about a", document="a")
    add(store, "/d/copy", "about a", document="a")
    with store.writing() as write:
        write.tag("a", "Tax", "ada")
        write.tag("a", "tax", "bob")
        write.tag("a", "TAX", "bob")

    # when
    listed, counted = record(store, "/d/a").tags, store.counts(Filter(tags=("tax",))).tags
    with store.writing() as write:
        write.untag("a", "tax", "bob")
    without_bobs = store.tags.of("a")
    with store.writing() as write:
        write.tag("a", "tax", "bob")
        write.untag("a", "tax")

    # then
    assert listed == without_bobs == ("Tax",)
    assert counted == {"Tax": 2}
    assert store.tags.counts() == {}
    assert record(store, "/d/a").tags == store.tags.of("a") == ()


def test_files_are_listed_newest_first_by_date_and_by_when_they_came(store: Store) -> None:
    # given
    for name, day in (("a", "2024-01-02"), ("b", ""), ("c", "2024-01-03"), ("d", "2024-01-02")):
        add(store, f"/d/{name}", f"about {name}", document=name)
        save(store, name, drawn(DATE, day))

    # then
    assert "".join(file.document for file in store.files(order="date")) == "cadb"
    assert "".join(file.document for file in store.files(order="date", limit=2, offset=1)) == "ad"
    assert "".join(file.document for file in store.files(order="added")) == "dcba"


def test_files_are_listed_by_each_column_and_from_its_end(store: Store) -> None:
    # given
    for name, path, sender, category in (
        ("a", "/z/Beta.txt", "Zenit", "tax"),
        ("b", "/y/alpha.txt", "", "invoice"),
        ("c", "/x/Gamma.txt", "Amt", ""),
    ):
        add(store, path, f"about {name}", document=name)
        if sender:
            save(store, name, drawn(CORRESPONDENT, sender))
        if category:
            with store.writing() as write:
                write.decide(name, Decision(classification(category)))

    def listed(**how: Any) -> str:
        return "".join(file.document for file in store.files(**how))

    # then
    assert listed(order="path") == "cba"
    assert listed(order="name") == "bac"
    assert listed(order="correspondent") == "cab"
    assert listed(order="category") == "bac"
    assert listed(order="state") in {"bac", "cba"}
    assert listed(order="name", reverse=True) == "cab"
    assert listed(order="name", reverse=True, limit=2) == "ca"
    assert listed(order="name", reverse=True, limit=2, offset=2) == "b"
    assert listed(order="name", reverse=True, limit=2, offset=3) == ""


def test_what_the_file_states_of_itself_is_kept_with_its_reading(store: Store) -> None:
    # given
    stated = (Stated(DATE, "Mon, 1 Jan 2024", "mail header"),)
    file_id = add(store, "/d/a", "a mail", document="a")
    read = reading("a mail")

    # when
    with store.writing() as write:
        read = type(read)(read.status, read.media_type, read.pages, stated=stated)
        write.save_reading(file_id, "a", 1, read, passages("a mail"))

    # then
    assert store.fields.stated("a") == store.document("a").reading.stated == stated


def test_a_changed_file_keeps_its_tags_and_what_its_text_still_says(store: Store) -> None:
    # given
    add(store, "/d/a", "From Halden, total 12.00, date 1 May", document="a")
    with store.writing() as write:
        write.tag("a", "home")
        write.decide_field("a", said("total_due", "12.00", words="12.00", before="total"), "ada")
        write.decide_field("a", said("number", "A-7", words="A-7"), "ada")
        write.decide_field("a", said(DATE, "2024-05-01", words="1 May"), "ada")

    # when
    change(store, "/d/a", "b", "Corrected: total 12.00, of 1 May, date 2 June")
    save(store, "b", drawn("total_due", "13.00", 0.7), drawn(DATE, "2024-06-02", 0.95))

    # then
    assert record(store, "/d/a").tags == ("home",)
    assert standing(store, "b") == {DATE: "2024-06-02", "number": "A-7", "total_due": "12.00"}
    [number] = [value for value in store.fields.of("b") if value.field == "number"]
    assert (number.source, number.confidence) == (FieldSource.PERSON, 0.4)
    [total] = store.fields.corrected("b")
    assert total.place == TextSpan(1, 17, 22)
    assert store.fields.history("b", "total_due")[0].by == "ada"

    # when: what was carried is taken back, nothing carries it again
    with store.writing() as write:
        write.undo_field("b", "total_due")
    save(store, "b", drawn("total_due", "13.00", 0.7))

    # then
    assert standing(store, "b")["total_due"] == "13.00"


def test_a_correction_outlives_an_edit_where_machines_are_wrong_again(store: Store) -> None:
    # given a sure value that a person corrected, one that is nowhere in the text, and one that there is not
    add(store, "/d/a", "Printed 2 May 2024. As of 1 May 2024.", document="a")
    wrong = (
        drawn(DATE, "2024-05-02", 0.95),
        drawn(TITLE, "Printed", 0.95),
        drawn("due_date", "2024-05-02", 0.95),
        drawn("period", "2024-05-02/2024-05-03", 0.95),
    )
    save(store, "a", *wrong)
    decide(store, "a", said(DATE, "2024-05-01", words="1 May 2024", before="As of"))
    decide(store, "a", said(TITLE, "The report", words="The report"))
    decide(store, "a", said("due_date", ""))
    decide(store, "a", said("period", ""))

    # when
    change(store, "/d/a", "b", "Printed 2 May 2024.  As of  1 May 2024!")
    save(store, "b", *wrong[:3], drawn("period", "2024-01-01/2024-12-31", 0.95))
    once = standing(store, "b")
    change(store, "/d/a", "c", "Printed 2 May 2024. As of 1 May 2024?")
    save(store, "c", *wrong[:2])

    # then
    said_then = {DATE: "2024-05-01", TITLE: "The report", "due_date": ""}
    assert once == {**said_then, "period": "2024-01-01/2024-12-31"}
    assert standing(store, "c") == {**said_then, "period": ""}


def test_what_a_person_took_back_of_an_earlier_version_stays_taken_back(store: Store) -> None:
    # given
    add(store, "/d/a", "Total 12.00", document="a")
    decide(store, "a", said("total_due", "12.00", words="12.00", before="Total"))
    change(store, "/d/a", "b", "Total 12.00.")
    save(store, "b", drawn("total_due", "13.00"))
    with store.writing() as write:
        write.undo_field("b", "total_due")

    # when
    change(store, "/d/a", "c", "Total 12.00!")
    save(store, "c", drawn("total_due", "13.00"))

    # then
    assert standing(store, "c") == {"total_due": "13.00"}


@pytest.mark.parametrize(
    ("words", "text", "is_said"),
    [
        ("12", "No. 2012", False),
        ("12", "12.50", False),
        ("12", "1,012", False),
        ("12", "No. 12.", True),
        ("Halden", "Haldener Hof", False),
        ("Halden", "(Halden)", True),
        ("发票", "电子发票号", True),
        ("\U0001f600 a.b", "\U0001f600\U0001f600 a.b", True),
    ],
)
def test_words_within_others_are_not_what_a_person_said(
    store: Store, words: str, text: str, is_said: bool
) -> None:
    # given
    add(store, "/d/a", "about a", document="a")
    decide(store, "a", said("number", words, words=words))

    # when
    change(store, "/d/a", "b", "", text)
    save(store, "b")

    # then
    places = [value.place for value in store.fields.corrected("b")]
    at = text.index(words)
    assert places == ([TextSpan(2, at, at + len(words))] if is_said else [])


def test_people_teach_what_the_same_senders_next_paper_is_read_by(store: Store) -> None:
    # given
    for name in ("a", "b", "c"):
        add(store, f"/d/{name}", f"about {name}", document=name)
        save(store, name, drawn(CORRESPONDENT, "Halden" if name != "c" else "Other"))
    decide(store, "a", said("number", "1", before="No."))
    decide(store, "b", said("number", "2", before="Nr."))
    decide(store, "c", said("number", "3"))

    # when
    sender = store.correspondents.by_name("HALDEN")

    # then
    assert sender is not None
    assert (sender.documents, sender.names) == (2, ("Halden",))
    taught = store.fields.taught(sender.correspondent_id)
    assert [(value.value, value.before) for value in taught] == [("2", "Nr."), ("1", "No.")]


def test_marks_tell_whom_a_paper_is_from_and_people_know_better(store: Store) -> None:
    # given
    iban, own = SenderMark(MarkKind.IBAN, "DE02"), SenderMark(MarkKind.MAIL, "me@home.example")
    for name, sender in (("a", "Halden"), ("b", "Halden"), ("c", "Other")):
        add(store, f"/d/{name}", f"about {name}", document=name)
        save(
            store,
            name,
            drawn(CORRESPONDENT, sender, 0.95),
            marks=(own, *([iban] if sender == "Halden" else [])),
        )

    # then
    by_iban = store.fields.sender_of([iban, own])
    assert by_iban is not None
    assert by_iban.name == "Halden"
    assert store.fields.sender_of([own]) is None
    assert store.fields.sender_of([SenderMark(MarkKind.SITE, "unknown.example")]) is None
    assert store.fields.sender_of([]) is None

    # when
    decide(store, "a", said(CORRESPONDENT, "Stadtwerke"))

    # then
    decided = store.fields.sender_of([iban])
    assert decided is not None
    assert decided.name == "Stadtwerke"


def test_a_site_that_papers_mention_is_nobodys_until_several_are_sure(store: Store) -> None:
    # given
    site = SenderMark(MarkKind.SITE, "en.encyclopedia.example")

    def paper(name: str, *values: FieldValue) -> str:
        add(store, f"/d/{name}", f"about {name}", document=name)
        save(store, name, *values, marks=(site,))
        sender = store.fields.sender_of([site])
        return sender.name if sender else ""

    # when: one paper, those that were concluded from it, and more that say so themselves
    found = paper("a", drawn(CORRESPONDENT, "Halden", 0.95))
    concluded = [
        paper(name, FieldValue(CORRESPONDENT, "Halden", 0.93, FieldSource.SENDER)) for name in ("b", "c", "d")
    ]
    several = [paper(name, drawn(CORRESPONDENT, "Halden", 0.95)) for name in ("e", "f")]
    unknown = paper("g")
    decided = paper("h", drawn(CORRESPONDENT, "Other", 0.95))
    decide(store, "h", said(CORRESPONDENT, "Halden"))
    after = store.fields.sender_of([site])

    # then
    assert (found, concluded) == ("", ["", "", ""])
    assert several == ["", "Halden"]
    assert (unknown, decided) == ("", "")
    assert after is not None


def test_facts_of_a_document_that_is_no_more_are_gone_with_it(store: Store) -> None:
    # given
    add(store, "/d/a", "about a", document="a")
    save(store, "a", drawn(CORRESPONDENT, "Halden"), marks=(SenderMark(MarkKind.IBAN, "DE02"),))

    # when
    change(store, "/d/a", "b", "about b")
    save(store, "a", drawn(DATE, "2024-01-01"))
    decide(store, "a", said(DATE, "2024-01-01"))

    # then
    assert store.fields.of("a") == []
    assert store.fields.sender_of([SenderMark(MarkKind.IBAN, "DE02")]) is None
    assert store.correspondents.list() == []


def test_hostile_values_are_kept_as_texts(store: Store) -> None:
    # given
    add(store, "/d/a", "about a", document="a")
    odd = "x\0\ud800 '; DROP TABLE files; -- " + "\U0001f600" * 4_000

    # when
    save(store, "a", drawn(TITLE, odd, words=odd), drawn(CORRESPONDENT, odd), drawn(DATE, "2024-02-31"))
    decide(store, "a", said("number", "9" * 4_000))
    with store.writing() as write:
        write.tag("a", odd)

    # then
    assert record(store, "/d/a").title.startswith("x ? '; DROP TABLE files; -- ")
    assert record(store, "/d/a").dated_at is None
