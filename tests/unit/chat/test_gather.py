"""A whole answer tells all that its events told."""

from __future__ import annotations

from twolane.answers import (
    AskedFilter,
    CatalogueEvent,
    CitationEvent,
    CitationStatus,
    ContradictionEvent,
    DoneEvent,
    ErrorEvent,
    FiltersEvent,
    QuestionEvent,
    RefusalCause,
    RefusalEvent,
    SourcesEvent,
    TextEvent,
    UnreadCause,
    UnreadFiles,
)
from twolane.chat.gather import gather
from twolane.facts import TextSpan


def test_a_refusal_is_told_with_its_reason() -> None:
    # when
    unproven = RefusalEvent("No file says so.", RefusalCause.UNPROVEN)
    answer = gather([SourcesEvent(()), TextEvent("1512."), unproven, DoneEvent("1512.", refused=True)])

    # then
    assert (answer.text, answer.refused, answer.reason) == ("1512.", True, "No file says so.")


def test_a_failure_is_told_with_its_remedy_and_a_cut_as_one() -> None:
    # when
    failed = gather([TextEvent("It is"), ErrorEvent("m only thought", "use another"), DoneEvent("It is")])
    cut = gather([TextEvent("It is"), DoneEvent("It is", (1,), cut=True)])

    # then
    assert (failed.text, failed.error, failed.remedy) == ("It is", "m only thought", "use another")
    assert (cut.cut, cut.error, cut.cited) == (True, "", (1,))


def test_what_files_state_otherwise_and_what_was_not_read_are_kept() -> None:
    # given
    differ = ContradictionEvent(())
    unread = (UnreadFiles(UnreadCause.SCAN, 3),)

    # when
    answered = gather([differ, DoneEvent("It is 2.31.")])
    refused = gather([RefusalEvent("No.", unread=unread), DoneEvent("No.", refused=True)])

    # then
    assert answered.contradictions == (differ,)
    assert refused.unread == unread


def test_citations_keep_their_status_and_places() -> None:
    # given
    cited = CitationEvent(1, CitationStatus.WEAK, (TextSpan(3, 120, 132),))

    # when
    answer = gather([TextEvent("It is 2.31"), cited, DoneEvent("It is 2.31 [1].", (1,), citations=(cited,))])

    # then
    assert answer.citations == (cited,)


def test_what_was_read_out_of_a_question_and_what_the_catalogue_holds_of_it_are_told() -> None:
    # given
    asked = (AskedFilter("category", "invoice", "Invoice", "invoices"),)
    counted = CatalogueEvent("count", (), 3, unread=(UnreadFiles(UnreadCause.SCAN, 1),))

    # when
    answer = gather([QuestionEvent("How many invoices?"), FiltersEvent(asked), counted, DoneEvent("3.")])

    # then
    assert (answer.question, answer.filters, answer.catalogue) == ("How many invoices?", asked, counted)
    assert answer.unread == counted.unread
