"""Correspondents: spellings are merged, taken apart and renamed, and each change is undone exactly."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.store.test_fields import decide, drawn, said, save
from tests.support.library import add, passages, scan, seen, work

from twolane.copies.sketch import sketch_of
from twolane.documents import Filter, Page, Reading, ReadStatus
from twolane.errors import ConflictError, NotFoundError
from twolane.facts import CORRESPONDENT, MarkKind, SenderMark
from twolane.fields.correspondents import Correspondents
from twolane.fields.merging import best_spelling
from twolane.store.base import Store
from twolane.store.values import SpellingUse

IBAN, SITE = SenderMark(MarkKind.IBAN, "DE02"), SenderMark(MarkKind.SITE, "halden.example")


def letter(store: Store, document: str, sender: str, *marks: SenderMark) -> None:
    add(store, f"/d/{document}", f"about {document}", document=document)
    save(store, document, drawn(CORRESPONDENT, sender), marks=marks)


def scanned(store: Store, document: str, sender: str, *marks: SenderMark) -> None:
    """Add a letter that was read off a picture."""
    scan(store, seen(f"/d/{document}"))
    job = work(store)
    page = Page(1, f"about {document}", ocr=True)
    with store.finishing(job) as write:
        read = Reading(ReadStatus.TEXT, "image/png", (page,), page_count=1)
        write.save_reading(job.file_id, document, 10, read, passages(page.text))
    save(store, document, drawn(CORRESPONDENT, sender), marks=marks)


def take_back(store: Store, document: str) -> None:
    with store.writing() as write:
        assert write.undo_field(document, CORRESPONDENT)


def shown(store: Store) -> dict[str, tuple[tuple[str, ...], int]]:
    return {one.name: (one.names, one.documents) for one in store.correspondents.list()}


def test_spellings_of_one_case_are_one_correspondent(store: Store) -> None:
    # when
    letter(store, "a", "Stadtwerke Halden")
    letter(store, "b", "  STADTWERKE   Halden ")
    letter(store, "c", "Städtische Werke")

    # then
    assert shown(store) == {
        "Städtische Werke": (("Städtische Werke",), 1),
        "Stadtwerke Halden": (("Stadtwerke Halden",), 2),
    }


def test_workers_that_meet_a_new_sender_at_once_make_one_correspondent(store: Store) -> None:
    # given
    papers = [str(number) for number in range(8)]
    for name in papers:
        add(store, f"/d/{name}", f"about {name}", document=name)
    together = threading.Barrier(len(papers))

    def work(name: str) -> None:
        together.wait()
        save(store, name, drawn(CORRESPONDENT, "Stadtwerke Halden"), marks=(IBAN,))
        Correspondents(store).settle(name)

    # when
    with ThreadPoolExecutor(len(papers)) as pool:
        for done in [pool.submit(work, name) for name in papers]:
            done.result()

    # then
    assert shown(store) == {"Stadtwerke Halden": (("Stadtwerke Halden",), len(papers))}


def test_merged_correspondents_are_one_in_every_list_until_it_is_undone(store: Store) -> None:
    # given
    letter(store, "a", "Stadtwerke Halden")
    letter(store, "b", "SW Halden")
    decide(store, "b", said("number", "7"))
    verbs = Correspondents(store)

    # when
    one = verbs.merge("stadtwerke halden", "SW HALDEN", by="ada")

    # then
    within = Filter(correspondents=(one.correspondent_id,))
    assert [(file.document, file.correspondent) for file in store.files(within)] == [
        ("a", "Stadtwerke Halden"),
        ("b", "Stadtwerke Halden"),
    ]
    assert [value.value for value in store.fields.taught(one.correspondent_id)] == ["7"]
    assert shown(store) == {"Stadtwerke Halden": (("Stadtwerke Halden", "SW Halden"), 2)}

    # when: a later paper in either spelling
    letter(store, "c", "SW Halden")

    # then
    assert store.count_files(within) == 3

    # when
    undone = verbs.undo(by="ada")

    # then
    assert undone is not None
    assert (undone.reason, undone.by) == ("a person said so", "ada")
    assert store.count_files(within) == 1
    assert shown(store)["SW Halden"] == (("SW Halden",), 2)
    assert verbs.undo() is None


def test_a_spelling_taken_apart_is_its_own_and_never_merged_back_by_evidence(store: Store) -> None:
    # given
    letter(store, "a", "SW Halden GmbH", IBAN, SITE)
    letter(store, "b", "Stadtwerke Halden", IBAN, SITE)
    verbs = Correspondents(store)
    merged = verbs.settle("b")

    # when
    own = verbs.part("SW Halden GmbH", "stadtwerke halden")
    letter(store, "c", "Stadtwerke Halden", IBAN, SITE)

    # then
    assert [found.names for found in merged] == [("SW Halden GmbH", "Stadtwerke Halden")]
    assert own.name == "Stadtwerke Halden"
    assert not verbs.settle("c")
    assert not list(verbs.settle_all())
    assert verbs.find("SW Halden GmbH").documents == 1

    # when: the person thinks again
    verbs.undo()

    # then
    assert verbs.find("SW Halden GmbH").documents == 3


def test_what_a_person_undoes_of_evidence_is_not_merged_again(store: Store) -> None:
    # given
    letter(store, "a", "SW Halden GmbH", IBAN, SITE)
    letter(store, "b", "Stadtwerke Halden", IBAN, SITE)
    verbs = Correspondents(store)
    [found] = verbs.settle_all()

    # when
    [change] = verbs.changes()
    verbs.undo(change.change_id, by="ada")

    # then
    assert change.reason == found.reason
    assert change.by_evidence
    assert not verbs.settle("b")
    assert not list(verbs.settle_all())
    assert len(shown(store)) == 2


def test_evidence_merges_whom_a_new_paper_is_from_and_nobody_by_one_weak_sign(store: Store) -> None:
    # given
    own = SenderMark(MarkKind.MAIL, "me@home.example")
    letter(store, "a", "Stadtwerke Halden", IBAN, own)
    letter(store, "b", "Finanzamt Halden", own)
    letter(store, "c", "SW Halden GmbH", IBAN)
    letter(store, "d", "STADTWERKE-HALDEN")
    letter(store, "e", "Peter Halden", own)
    verbs = Correspondents(store)

    # when
    merged = [found.names for document in "abcde" for found in verbs.settle(document)]

    # then
    assert len(merged) == 2
    assert set(shown(store)) == {"Stadtwerke Halden", "Finanzamt Halden", "Peter Halden"}


def test_a_new_sender_of_several_papers_at_once_is_compared_too(store: Store) -> None:
    # given
    verbs = Correspondents(store)
    letter(store, "a", "Stadtwerke Halden")
    verbs.settle("a")

    # when: both are saved before either is settled, as in a batch
    letter(store, "b", "STADTWERKE-HALDEN")
    letter(store, "c", "STADTWERKE-HALDEN")
    merged = [found for document in "bc" for found in verbs.settle(document)]

    # then
    assert len(merged) == 1
    assert shown(store) == {"STADTWERKE-HALDEN": (("Stadtwerke Halden", "STADTWERKE-HALDEN"), 3)}


@pytest.mark.parametrize(
    ("drawn_name", "written", "next_one"),
    [
        ("SW Halden GmbH", "Stadtwerke Halden", "Stadtwerke Halden"),
        ("ООО Ромашка", "Ромашка", "Ромашка"),
        ("Invoice", "Stadtwerke Halden", "Invoice"),
        ("Müller", "Peter Müller", "Müller"),
        ("Halden GmbH", "Halden AG", "Halden GmbH"),
    ],
)
def test_a_name_that_a_person_wrote_for_another_teaches_the_next_paper(
    store: Store, drawn_name: str, written: str, next_one: str
) -> None:
    # given
    verbs = Correspondents(store)
    letter(store, "a", drawn_name)
    letter(store, "b", drawn_name)

    # when
    decide(store, "a", said(CORRESPONDENT, written))
    verbs.settle("a")
    letter(store, "c", drawn_name)

    # then
    senders = {file.document: file.correspondent for file in store.files()}
    assert senders == {"a": written, "b": next_one, "c": next_one}


def test_a_misread_name_is_not_the_one_that_is_shown(store: Store) -> None:
    # given
    scanned(store, "a", "Stadtwerke Ha1den GmbH", IBAN, SITE)
    scanned(store, "b", "Stadtwerke Ha1den GmbH", IBAN, SITE)
    letter(store, "c", "Stadtwerke Halden", IBAN, SITE)
    letter(store, "d", "STADTWERKE HALDEN GMBH", IBAN, SITE)
    letter(store, "e", "STADTWERKE HALDEN GMBH", IBAN, SITE)
    verbs = Correspondents(store)

    # when
    for document in "abcde":
        verbs.settle(document)

    # then: of what was typed the most frequent
    [one] = store.correspondents.list()
    assert (one.name, one.documents) == ("STADTWERKE HALDEN GMBH", 5)

    # when
    while any(not change.undone_at for change in verbs.changes()):
        verbs.undo()

    # then
    assert set(shown(store)) == {"Stadtwerke Ha1den GmbH", "Stadtwerke Halden", "STADTWERKE HALDEN GMBH"}


def test_a_name_that_a_person_gave_outlives_what_evidence_merges(store: Store) -> None:
    # given
    letter(store, "a", "SW Halden GmbH", IBAN, SITE)
    verbs = Correspondents(store)
    verbs.rename("SW Halden GmbH", "Strom")
    letter(store, "b", "Stadtwerke Halden", IBAN, SITE)

    # when
    verbs.settle("b")

    # then
    assert shown(store)["Strom"] == (("SW Halden GmbH", "Stadtwerke Halden"), 2)


@pytest.mark.parametrize(
    ("uses", "best"),
    [
        ([("Ha1den GmbH", 9, 9, 0), ("Halden", 1, 0, 0)], "Halden"),
        ([("Halden", 1, 0, 0), ("Halden GmbH", 2, 0, 0)], "Halden GmbH"),
        ([("Halden", 2, 0, 0), ("Halden GmbH", 2, 0, 0)], "Halden GmbH"),
        ([("Halden GmbH", 9, 0, 0), ("Halden", 1, 1, 1)], "Halden"),
        ([("HALDEN", 1, 0, 0), ("Halden", 1, 0, 0)], "HALDEN"),
    ],
)
def test_the_best_spelling_is_shown(uses: list[tuple[str, int, int, int]], best: str) -> None:
    found = [SpellingUse(name, 1, documents, scanned, decided) for name, documents, scanned, decided in uses]
    assert best_spelling([name for name, *_ in uses], found) == best


def test_a_decision_taken_back_takes_the_merge_back_that_it_alone_taught(store: Store) -> None:
    # given
    verbs = Correspondents(store)
    letter(store, "a", "SW Halden GmbH")
    letter(store, "b", "SW Halden GmbH")
    decide(store, "a", said(CORRESPONDENT, "Stadtwerke Halden"))
    verbs.settle("a")
    decide(store, "b", said(CORRESPONDENT, "Stadtwerke Halden"))
    verbs.settle("b")
    assert set(shown(store)) == {"Stadtwerke Halden"}

    # when
    take_back(store, "a")
    verbs.follow("a", "Stadtwerke Halden")

    # then: the other decision says the same
    assert set(shown(store)) == {"Stadtwerke Halden"}

    # when
    take_back(store, "b")
    verbs.follow("b", "Stadtwerke Halden")

    # then
    assert set(shown(store)) == {"SW Halden GmbH"}

    # when: it is said again
    decide(store, "a", said(CORRESPONDENT, "Stadtwerke Halden"))
    verbs.settle("a")

    # then: nobody has said that the two are not one
    assert shown(store)["Stadtwerke Halden"][1] == 2


def test_what_the_papers_prove_outlives_the_decision(store: Store) -> None:
    # given
    verbs = Correspondents(store)
    letter(store, "a", "SW Halden GmbH", IBAN, SITE)
    decide(store, "a", said(CORRESPONDENT, "Stadtwerke Halden"))
    verbs.settle("a")
    letter(store, "b", "Stadtwerke Halden", IBAN, SITE)

    # when
    take_back(store, "a")
    verbs.follow("a", "Stadtwerke Halden")

    # then
    assert shown(store)["Stadtwerke Halden"][1] == 2


@pytest.mark.parametrize("change", ["merge", "part", "undo"])
def test_copies_are_sought_again_where_a_sender_has_changed(store: Store, change: str) -> None:
    # given
    for document, sender, number in (
        ("a", "Stadtwerke Halden", "RE-7"),
        ("b", "SW Halden", "RE-7"),
        ("c", "SW Halden", "RE-8"),
        ("d", "Finanzamt", "RE-7"),
    ):
        add(store, f"/d/{document}", f"about {document}", document=document)
        save(store, document, drawn(CORRESPONDENT, sender), drawn("number", number))
        with store.writing() as write:
            write.copies.save_sketch(document, sketch_of(f"about {document}"))
    looked_at: list[list[str]] = []

    def look() -> None:
        numbers = store.copies.unlooked(9)
        looked_at.append([store.copies.text(number) for number in numbers])
        with store.writing() as write:
            write.copies.save_pairs(numbers, [])

    look()
    verbs = Correspondents(store, look)

    # when
    one = verbs.merge("Stadtwerke Halden", "SW Halden")
    if change == "part":
        verbs.part(one.correspondent_id, "SW Halden")
    if change == "undo":
        verbs.undo()

    # then
    assert all(texts == ["about a", "about b"] for texts in looked_at[1:])
    assert len(looked_at) == (2 if change == "merge" else 3)


def test_likely_pairs_are_suggested(store: Store) -> None:
    # given
    letter(store, "a", "Stadtwerke Halden")
    letter(store, "b", "Stadtwerke Halden GmbH")
    letter(store, "c", "Stadtwerke Bonn")

    # when
    [found] = Correspondents(store).suggestions()

    # then
    assert found.names == ("Stadtwerke Halden", "Stadtwerke Halden GmbH")


def test_a_name_that_is_shown_is_a_spelling_too(store: Store) -> None:
    # given
    letter(store, "a", "SW Halden GmbH")
    letter(store, "b", "Finanzamt")
    verbs = Correspondents(store)

    # when
    verbs.rename("sw halden gmbh", "Stadtwerke")
    letter(store, "c", "Stadtwerke")

    # then
    assert shown(store)["Stadtwerke"] == (("SW Halden GmbH", "Stadtwerke"), 2)
    with pytest.raises(ConflictError, match="merge the two"):
        verbs.rename("Finanzamt", "stadtwerke")
    assert verbs.undo() is not None
    assert shown(store)["SW Halden GmbH"][1] == 2


@pytest.mark.parametrize("named", ["nobody", "0", "-1", str(1 << 70), ""])
def test_what_is_not_there_is_said(store: Store, named: str) -> None:
    # given
    letter(store, "a", "Halden")
    verbs = Correspondents(store)

    # then
    with pytest.raises(NotFoundError):
        verbs.merge("Halden", named)
    with pytest.raises(NotFoundError):
        verbs.part("Halden", named)
    with pytest.raises(ConflictError):
        verbs.part("Halden", "Halden")
    with pytest.raises(ConflictError):
        verbs.merge("Halden", "halden")


def test_correspondents_are_those_of_the_files_that_pass(store: Store) -> None:
    # given
    letter(store, "a", "Halden")
    letter(store, "b", "Bonn")
    within = Filter(folders=(Path("/d/a"),))

    # then
    assert [one.name for one in store.correspondents.list(within=within)] == ["Halden"]
    assert [one.name for one in store.correspondents.list("ON")] == ["Bonn"]
    assert [one.name for one in store.correspondents.list(limit=1, offset=1)] == ["Halden"]


# Any changes in any order: those that are taken back leave the others as if they had never been.

NAMES = ("one", "two", "three", "four", "five")
_examples = itertools.count()
_name = st.sampled_from(NAMES)
_change = st.one_of(
    st.tuples(st.just("merge"), _name, _name),
    st.tuples(st.just("part"), _name, _name),
    st.tuples(st.just("rename"), _name, st.sampled_from(["six", "seven"])),
    st.tuples(st.just("undo"), st.just(""), st.just("")),
    st.tuples(st.just("paper"), st.sampled_from([*NAMES, "six", "eight"]), st.just("")),
)
State = dict[str, tuple[int, str]]


@dataclass
class Doings:
    """What was done to the correspondents of one example, and how they were before each change."""

    store: Store
    example: int = field(default_factory=lambda: next(_examples))
    papers: int = 0
    before: list[tuple[int, State]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.verbs = Correspondents(self.store)

    def named(self, name: str) -> str:
        return f"{name} of {self.example}"

    def state(self) -> State:
        """Return, for each spelling, whose it is and how that one is shown."""
        names = self.store.correspondents.names()
        return {
            spelling: (number, self.store.correspondents.get(number).name)
            for number, spellings in names.items()
            for spelling in spellings
            if spelling.endswith(f" of {self.example}")
        }

    def paper(self, sender: str) -> None:
        letter(self.store, f"{self.example}-{self.papers}", self.named(sender))
        self.papers += 1

    def do(self, what: str, one: str, other: str) -> None:
        before = self.state()
        verbs: dict[str, Callable[[str, str], object]] = {
            "merge": self.verbs.merge,
            "part": self.verbs.part,
            "rename": self.verbs.rename,
        }
        if what == "paper":
            self.paper(one)
        elif what == "undo":
            self.undo_last()
        else:
            try:
                verbs[what](self.named(one), self.named(other))
            except (NotFoundError, ConflictError):
                assert self.state() == before
            else:
                self.before.append((self.verbs.changes()[-1].change_id, before))

    def undo_last(self) -> None:
        if self.before:
            change_id, before = self.before.pop()
            assert self.verbs.undo(change_id) is not None
            now = self.state()  # spellings of later papers stay where they came to
            assert {name: now[name] for name in map(self.named, NAMES)} == {
                name: before[name] for name in map(self.named, NAMES)
            }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(_change, max_size=14))
def test_any_changes_are_undone_exactly(store: Store, changes: list[tuple[str, str, str]]) -> None:
    # given
    doings = Doings(store)
    for name in NAMES:
        doings.paper(name)
    first = doings.state()

    # when
    for what, one, other in changes:
        doings.do(what, one, other)

    # then: every document is somebody's, and once
    found = store.correspondents.list(f" of {doings.example}")
    assert sum(one.documents for one in found) == doings.papers

    # when
    while doings.before:
        doings.undo_last()

    # then
    assert first.items() <= doings.state().items()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(_change, min_size=2, max_size=10), data=st.data())
def test_a_change_is_taken_back_whatever_came_after_it(
    store: Store, changes: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    # given
    doings = Doings(store)
    for name in NAMES:
        doings.paper(name)
    first = doings.state()
    for what, one, other in changes:
        doings.do(what, one, other)

    # when: all of them, in any order
    for change_id in data.draw(st.permutations([change_id for change_id, _ in doings.before])):
        doings.verbs.undo(change_id)

    # then
    assert first.items() <= doings.state().items()


def test_everyone_is_told_with_all_spellings_and_a_mark_of_when_that_changes(store: Store) -> None:
    # given
    marks = [store.correspondents.mark()]
    letter(store, "a", "Stadtwerke Halden")
    marks.append(store.correspondents.mark())
    letter(store, "b", "Städtische Werke")
    marks.append(store.correspondents.mark())

    # when
    one, other = (known.correspondent_id for known in store.correspondents.everyone())
    with store.writing() as write:
        write.merge_correspondents(one, other, "they are one")
        write.rename_correspondent(one, "The works")
    marks.append(store.correspondents.mark())

    # then
    (everyone,) = store.correspondents.everyone()
    assert (everyone.name, everyone.names) == ("The works", ("Stadtwerke Halden", "Städtische Werke"))
    assert len(set(marks)) == len(marks)
    assert store.correspondents.mark() == marks[-1]
