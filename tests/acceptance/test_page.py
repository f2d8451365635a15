"""The page in a real browser: asking, filing, correcting, and staying inside its fence."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.integration.api.served import (
    DEADLINE_S,
    HOSTILE_NAME,
    LEASE,
    UPLOAD_LIMIT_BYTES,
    Served,
    listening,
)

from twolane.answers import (
    AnswerEvent,
    CitationEvent,
    CitationStatus,
    ContradictionEvent,
    DoneEvent,
    ErrorEvent,
    RefusalCause,
    RefusalEvent,
    Source,
    SourcesEvent,
    StatedValue,
    TextEvent,
    Turn,
    UnreadCause,
    UnreadFiles,
)
from twolane.documents import Classification, Decision, FoundPassage, Tier
from twolane.facts import TextSpan

pytestmark = pytest.mark.browser


def ask(page: Page, question: str) -> Locator:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    return page.locator(".turn").last


def row(page: Page, name: str) -> Locator:
    return page.locator("#rows tr").filter(has=page.get_by_role("button", name=name, exact=True))


def test_an_answer_is_cited_and_leads_to_its_page(page: Page) -> None:
    # when
    turn = ask(page, "When does the lease end?")

    # then
    expect(turn.locator(".question")).to_have_text("When does the lease end?")
    expect(turn.locator(".answer")).to_have_attribute("aria-busy", "false")
    expect(turn.get_by_role("button", name="Source 1: lease.txt").first).to_be_visible()
    citation = page.get_by_role("complementary", name="Where it stands").get_by_role("button").first
    citation.click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("heading", level=2)).to_have_text("lease.txt")
    # a text has no pages, and none is invented
    expect(panel.locator("#panel-where")).to_have_text("lease › LEASE AGREEMENT")
    expect(panel.locator("mark", has_text="30 June 2027")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(citation).to_be_focused()


def test_a_citation_marks_what_states_it_and_a_weak_one_says_so(page: Page, served: Served) -> None:
    # given
    rent, said = "950 euros", "The rent is 950 euros [1]. It is paid by standing order [1]."

    def answer(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        found = FoundPassage(1, "d", served.folder / "lease.txt", "", 1, LEASE)
        start = LEASE.index(rent)
        citations = (
            CitationEvent(1, spans=(TextSpan(1, start, start + len(rent)),)),
            CitationEvent(1, CitationStatus.WEAK),
        )
        yield SourcesEvent((Source(1, found),))
        yield TextEvent(said)
        yield from citations
        yield DoneEvent(said, cited=(1,), citations=citations)

    with served.scripted(answer):
        # when
        turn = ask(page, "What is the rent, and how is it paid?")

        # then
        expect(turn.locator(".answer")).to_have_attribute("aria-busy", "false")
        weak = turn.get_by_role("button", name="Source 1: lease.txt: part of this does not stand there")
        expect(weak).to_have_text("1?")
        turn.get_by_role("button", name="Source 1: lease.txt", exact=True).click()
        panel = page.get_by_role("dialog")
        expect(panel.locator("mark")).to_have_text([rent])
        page.keyboard.press("Escape")
        weak.click()
        expect(panel.locator("mark")).to_contain_text("ends on 30 June 2027")  # nothing less than the passage
        page.keyboard.press("Escape")


def test_a_refusal_shows_what_comes_nearest_unfolded(page: Page, served: Served) -> None:
    # given
    reason = "Ihre Dateien beantworten das nicht. Nicht gelesen: Scans (3)."

    def refuse(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent((Source(1, FoundPassage(1, "d", served.folder / "lease.txt", "", 1, LEASE)),))
        yield RefusalEvent(reason, RefusalCause.NOTHING_FOUND, (UnreadFiles(UnreadCause.SCAN, 3),))
        yield DoneEvent(reason, refused=True, seconds=0.2)

    with served.scripted(refuse):
        # when
        turn = ask(page, "Wann fährt der Zug?")

        # then
        expect(turn.locator(".answer-text")).to_have_text(reason)
        nearest = turn.get_by_role("list", name="Nearest in your files (1)")
        expect(nearest.get_by_role("button")).to_be_visible()
        expect(turn.locator(".cost")).to_have_text("0.2 s")
        nearest.get_by_role("button").click()
        expect(page.get_by_role("dialog").get_by_role("heading", level=2)).to_have_text("lease.txt")
        page.keyboard.press("Escape")


def test_files_that_state_other_values_are_named_under_the_answer(page: Page, served: Served) -> None:
    # given
    said = "The rent is 950 euros [1]."

    def answer(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        newer = FoundPassage(1, "d", served.folder / "lease.txt", "", 1, LEASE, dated_at=date(2025, 1, 2))
        older = FoundPassage(2, "e", served.folder / "lease 2023.txt", "", 1, LEASE)
        yield SourcesEvent((Source(1, newer),))
        yield TextEvent(said)
        yield CitationEvent(1)
        yield ContradictionEvent(
            (StatedValue("950 euros", newer, newer.dated_at), StatedValue("900 euros", older))
        )
        yield DoneEvent(said, cited=(1,))

    with served.scripted(answer):
        # when
        turn = ask(page, "What is the rent?")

        # then
        differ = turn.get_by_role("note")
        expect(differ).to_contain_text("Your files differ:")
        expect(differ.get_by_role("listitem")).to_have_text(
            ["950 euros (2025-01-02, lease.txt)", "900 euros (lease 2023.txt)"]
        )


def test_an_answer_appears_while_it_is_written_and_can_be_stopped(page: Page, served: Served) -> None:
    # given
    closed = threading.Event()

    def endless(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        try:
            yield TextEvent("It goes on")
            while True:
                threading.Event().wait(0.05)
                yield TextEvent(" and on")
        finally:
            closed.set()

    with served.scripted(endless):
        # when
        turn = ask(page, "How long?")
        expect(turn.locator(".answer-text")).to_have_text(re.compile("It goes on and on"))
        page.get_by_role("button", name="Stop").click()

        # then
        expect(turn.locator(".cost")).to_have_text("Stopped.")
        assert closed.wait(DEADLINE_S)
    expect(page.locator("#send")).to_be_visible()


def test_a_conversation_is_remembered_until_a_new_one(page: Page, served: Served) -> None:
    # given
    seen: list[int] = []

    def count(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        seen.append(len(history))
        yield TextEvent("Yes.")
        if question == "What?":
            yield RefusalEvent("No passage of your files states this.", RefusalCause.UNPROVEN)
        yield DoneEvent("Yes.", refused=question == "What?")

    # when
    with served.scripted(count):
        for question in ("One?", "What?", "Two?"):  # what is refused is no part of it
            expect(ask(page, question).locator(".answer")).to_have_attribute("aria-busy", "false")
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator(".turn")).to_have_count(0)
        expect(ask(page, "Three?").locator(".answer")).to_have_attribute("aria-busy", "false")

    # then
    assert seen == [0, 1, 1, 0]


def test_an_error_is_shown_with_its_remedy(page: Page, served: Served) -> None:
    # given
    def fail(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield TextEvent("The lease")
        yield ErrorEvent("the chat model stopped answering", "look at: twolane doctor")
        yield DoneEvent("The lease")

    # when
    with served.scripted(fail):
        turn = ask(page, "When?")

        # then
        problem = turn.get_by_role("alert")
        expect(problem).to_contain_text("the chat model stopped answering")
        expect(problem).to_contain_text("→ look at: twolane doctor")
        expect(turn.locator(".answer-text")).to_have_text("The lease")


def test_text_stays_text(page: Page, served: Served) -> None:
    # given
    hostile = (
        "<img src=x onerror=alert(1)><script>alert(2)</script> **<b>bold</b>** [1](javascript:alert(3)) "
        "![it](http://127.0.0.1:9/it.png) [here](http://127.0.0.1:9/) <img src=http://127.0.0.1:9/it.png> "
        "http://127.0.0.1:9/ <http://127.0.0.1:9/>"
    )

    def speak(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield TextEvent(hostile)
        yield DoneEvent(hostile)

    # when
    with served.scripted(speak):
        turn = ask(page, "<img src=x onerror=alert(4)>")
        expect(turn.locator(".answer")).to_have_attribute("aria-busy", "false")

    # then
    expect(turn.locator(".answer-text")).to_have_text(hostile.replace("**", ""))
    expect(turn.locator(".question")).to_have_text("<img src=x onerror=alert(4)>")
    assert turn.locator("img, script, b, a").count() == 0


def test_names_and_pages_of_documents_stay_text(page: Page) -> None:
    # when
    row(page, HOSTILE_NAME).get_by_role("button", name=HOSTILE_NAME, exact=True).click()

    # then
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("heading", level=2)).to_have_text(HOSTILE_NAME)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="lease.txt", exact=True).click()
    panel.get_by_role("button", name="Read the text").click()
    expect(panel.locator(".page-text")).to_contain_text('<script>alert("from the text")</script>')
    assert page.locator("main img, dialog img, dialog script").count() == 0


def test_an_uploaded_file_is_filed_before_ones_eyes(page: Page, tmp_path: Path) -> None:
    # given
    letter = tmp_path / "receipt from the page.txt"
    letter.write_text("INVOICE no. 18. For one harp: 90 euros, due within 14 days.", "utf-8")

    # when
    page.locator("#upload-input").set_input_files(letter)

    # then
    added = row(page, letter.name)
    expect(added).to_be_visible()
    expect(added.get_by_role("combobox")).not_to_have_value("")
    expect(added.locator(".badge")).to_have_text(re.compile("Filed|To review"))


def test_a_file_can_be_dropped(page: Page) -> None:
    # given
    dropped = page.evaluate_handle(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["Dear Ada, a letter."], "dropped.txt", { type: "text/plain" }));
            return transfer;
        }"""
    )

    # when
    page.dispatch_event("main", "dragenter", {"dataTransfer": dropped})
    expect(page.locator("#drop")).to_be_visible()
    page.dispatch_event("main", "drop", {"dataTransfer": dropped})

    # then
    expect(page.locator("#drop")).to_be_hidden()
    expect(row(page, "dropped.txt")).to_be_visible()


def test_a_file_that_is_too_large_is_explained(page: Page, tmp_path: Path) -> None:
    # given
    large = tmp_path / "large.txt"
    large.write_bytes(b"x" * (UPLOAD_LIMIT_BYTES + 1))

    # when
    page.locator("#upload-input").set_input_files(large)

    # then
    problem = page.locator("#uploads").get_by_role("alert")
    expect(problem).to_contain_text("large.txt is larger than 2.0 MiB")
    page.get_by_role("button", name="Dismiss").click()
    expect(problem).to_be_hidden()


def test_a_category_is_corrected(page: Page) -> None:
    # given
    choice = row(page, "invoice.txt").get_by_role("combobox", name="Category of invoice.txt")
    values = choice.locator("option").evaluate_all("options => options.map((option) => option.value)")
    other = next(value for value in values if value != choice.input_value())

    # when
    choice.select_option(other)

    # then
    expect(row(page, "invoice.txt").locator(".tier")).to_have_text("person")
    expect(row(page, "invoice.txt").locator(".badge")).to_have_text("Filed")
    page.reload()
    expect(row(page, "invoice.txt").get_by_role("combobox")).to_have_value(other)
    row(page, "invoice.txt").get_by_role("button", name="invoice.txt", exact=True).click()
    decisions = page.get_by_role("dialog").locator(".decisions li")
    expect(decisions).to_have_count(2)
    expect(decisions.first).to_contain_text("person")
    expect(decisions.last).to_contain_text("small model")


def test_a_key_that_strays_over_the_categories_decides_nothing(page: Page, served: Served) -> None:
    # given
    choice = row(page, HOSTILE_NAME).get_by_role("combobox")
    before = choice.input_value()

    # when
    choice.focus()
    page.keyboard.press("ArrowDown")
    expect(choice).not_to_have_value(before)
    page.keyboard.press("Tab")

    # then
    expect(choice).to_have_value(before)
    record = next(file for file in served.app.store.files() if file.path.name == HOSTILE_NAME)
    assert record.classification
    assert record.classification.tier is not Tier.PERSON


def test_a_correction_by_keys_keeps_the_focus_and_is_taken_back(page: Page) -> None:
    # given
    choice = row(page, HOSTILE_NAME).get_by_role("combobox")
    before = choice.input_value()

    # when
    choice.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    # then
    expect(row(page, HOSTILE_NAME).locator(".tier")).to_have_text("person")
    expect(page.locator("#rows select:focus")).to_have_count(1)
    page.locator("#toast").get_by_role("button", name="Undo").click()
    expect(row(page, HOSTILE_NAME).locator(".tier")).not_to_have_text("person")
    expect(row(page, HOSTILE_NAME).get_by_role("combobox")).to_have_value(before)


def test_files_are_found_by_name(page: Page) -> None:
    # when
    page.get_by_label("Name or title").fill("lease")

    # then
    expect(page.locator("#rows tr")).to_have_count(1)
    page.get_by_label("Name or title").fill("no such file")
    expect(page.get_by_role("heading", name="No file matches")).to_be_visible()
    page.get_by_role("button", name="Show all files").click()
    expect(row(page, "lease.txt")).to_be_visible()


def test_a_dead_lane_is_told_and_the_other_goes_on(page: Page, served: Served) -> None:
    # when
    with served.dead("filing"):
        # then
        expect(page.locator("#banners")).to_contain_text("Filing: nothing answers at http://127.0.0.1:1")
        expect(page.locator("#banners")).to_contain_text("→ start its server")
        expect(page.locator(".lane.filing .word")).to_have_text("down")
        expect(page.locator(".lane.chat .word")).to_have_text("ready")
        answer = ask(page, "When does the lease end?").locator(".answer")
        expect(answer).to_have_attribute("aria-busy", "false")
    expect(page.locator("#banners")).to_be_empty()


def test_a_small_screen_shows_one_part_at_a_time(page: Page) -> None:
    # given
    page.set_viewport_size({"width": 390, "height": 800})

    # when
    page.get_by_role("link", name="Files", exact=True).click()

    # then
    expect(page.get_by_role("heading", name="Ask")).to_be_hidden()
    expect(row(page, "lease.txt")).to_be_visible()
    wider = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert wider is False


def address(page: Page) -> str:
    return "#" + page.url.partition("#")[2]


def test_a_view_has_an_address_and_back_leads_to_the_one_before(page: Page) -> None:
    # given
    page.set_viewport_size({"width": 390, "height": 800})

    # when
    page.get_by_role("link", name="Files", exact=True).click()
    expect(row(page, "lease.txt")).to_be_visible()
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("link", name="Lanes", exact=True).click()
    expect(page.get_by_role("region", name="How all stands")).to_be_visible()
    there = address(page)
    page.reload()

    # then
    assert there == address(page) == "#/lanes"
    expect(page.get_by_role("region", name="How all stands")).to_be_visible()
    page.get_by_role("button", name="More", exact=True).click()
    expect(page.get_by_role("link", name="Lanes")).to_have_attribute("aria-current", "page")
    page.go_back()
    expect(row(page, "lease.txt")).to_be_visible()
    assert address(page) == "#/files"
    page.go_back()
    expect(page.get_by_label("Your question")).to_be_visible()
    page.go_forward()
    expect(row(page, "lease.txt")).to_be_visible()


def test_filters_stand_in_the_address_and_outlive_a_reload(page: Page) -> None:
    # when
    page.get_by_role("group", name="State").get_by_role("button", name="To review").click()
    page.get_by_label("Name or title").press_sequentially("lease")
    expect(page.locator("#rows tr")).to_have_count(1)
    there = address(page)
    page.reload()

    # then
    assert there == address(page) == "#/files?state=review&q=lease"
    expect(page.locator("#rows tr")).to_have_count(1)
    expect(page.get_by_label("Name or title")).to_have_value("lease")
    expect(page.get_by_role("group", name="State").get_by_role("button", name="To review")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.go_back()  # a word is one step, not one for each letter
    assert address(page) == "#/files?state=review"
    expect(page.get_by_label("Name or title")).to_have_value("")
    page.go_back()
    expect(page.locator("#rows tr").nth(1)).to_be_visible()


def test_an_address_of_a_category_shows_its_files(page: Page, served: Served) -> None:
    # given
    category = row(page, "lease.txt").get_by_role("combobox").input_value()

    # when
    page.goto(f"{served.url}/#/files?category={category}")

    # then
    expect(page.locator("#category")).to_have_value(category)
    expect(row(page, "lease.txt")).to_be_visible()
    page.reload()
    expect(page.locator("#category")).to_have_value(category)


def test_a_link_to_a_file_opens_its_panel(page: Page) -> None:
    # given
    row(page, "lease.txt").get_by_role("button", name="lease.txt", exact=True).click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_text("Decided by")).to_be_visible()
    link = page.url
    assert re.fullmatch(r"#/files/\d+", address(page))

    # when
    page.goto("about:blank")
    page.goto(link)

    # then
    expect(panel.get_by_role("heading", level=2)).to_have_text("lease.txt")
    page.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    expect(page).to_have_url(re.compile(r"#/files$"))  # a step back, which the browser takes in its time


def test_a_link_to_a_file_that_is_not_there_says_so(browser: Browser, served: Served) -> None:
    # given
    context = browser.new_context()
    page = context.new_page()

    # when
    page.goto(f"{served.url}/#/files/999999")

    # then
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("alert")).to_contain_text("999999")
    page.get_by_role("button", name="Close").click()
    expect(row(page, "lease.txt")).to_be_visible()
    context.close()


def test_the_page_of_a_source_outlives_a_reload_with_its_mark(page: Page) -> None:
    # given
    ask(page, "When does the lease end?")
    page.get_by_role("complementary", name="Where it stands").get_by_role("button").first.click()
    panel = page.get_by_role("dialog")
    expect(panel.locator("mark", has_text="30 June 2027")).to_be_visible()

    # when
    page.reload()

    # then
    assert re.fullmatch(r"#/ask/[\w-]+\?file=\d+&page=1", address(page))
    expect(panel.locator("mark", has_text="30 June 2027")).to_be_visible()
    page.go_back()
    expect(panel).to_be_hidden()
    page.go_forward()
    expect(panel.locator("mark", has_text="30 June 2027")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.wait_for_url(re.compile(r"#/ask/[\w-]+$"))


def test_the_lanes_view_shows_both_lanes_and_leads_to_the_files(page: Page) -> None:
    # when
    page.get_by_role("link", name="Lanes").click()

    # then
    lanes = page.get_by_role("region", name="How all stands")
    for name in ("Filing", "Chat"):
        expect(lanes.get_by_role("region", name=name)).to_contain_text("ready")
        expect(lanes.get_by_role("region", name=name)).to_contain_text("scripted")
    expect(lanes).to_contain_text("Nothing is held up.")
    expect(lanes.get_by_role("row", name="classify")).to_be_visible()
    cut_off = "all => all.filter((one) => one.scrollHeight > one.clientHeight + 1).length"
    assert lanes.locator("section").evaluate_all(cut_off) == 0
    lanes.get_by_role("link", name="Files: Filed").click()
    expect(row(page, "lease.txt")).to_be_visible()
    assert address(page) == "#/files?state=filed"


def test_a_server_that_went_away_is_told(browser: Browser, served: Served) -> None:
    # given
    context = browser.new_context()
    page = context.new_page()
    with listening(served.app) as url:
        page.goto(url)
        expect(page.locator(".lane").first).to_be_visible()

    # then
    expect(page.locator("#banners")).to_contain_text("twolane does not answer")
    expect(page.locator("#banners")).to_contain_text("twolane serve")
    context.close()


def test_files_are_reviewed_by_keys_and_the_last_decision_is_taken_back(page: Page, tmp_path: Path) -> None:
    # given
    for name in ("review one.txt", "review two.txt"):
        (tmp_path / name).write_text(f"{name}: 十二只羊在山坡上吃草", "utf-8")
        page.locator("#upload-input").set_input_files(tmp_path / name)
        expect(row(page, name).locator(".badge")).to_have_text("To review")

    def skip_to(name: str) -> None:
        while not page.locator(".review-file").get_by_role("button", name=name).count():
            before = page.locator(".review-file header button").inner_text()
            page.keyboard.press("s")
            expect(page.locator(".review-file header button")).not_to_have_text(before)

    # when
    page.get_by_role("link", name="Review").click()
    expect(page.locator(".review-text").first).not_to_be_empty()
    skip_to("review one.txt")
    expect(page.locator(".review-text")).to_contain_text("十二只羊在山坡上吃草")
    expect(page.locator(".proposal")).to_contain_text("It is in review: it is not sure enough.")
    page.keyboard.press("/")
    page.keyboard.type("contract")
    page.keyboard.press("Enter")

    # then
    expect(page.locator(".review-file header")).to_contain_text("review two.txt")
    page.keyboard.press("0")
    expect(page.locator("#toast")).to_have_text("review two.txt: none of the categories")
    page.keyboard.press("u")
    expect(page.locator(".review-file header")).to_contain_text("review two.txt")
    page.keyboard.press("u")
    expect(page.locator(".review-file header")).to_contain_text("review one.txt")
    page.keyboard.press("y")
    page.keyboard.press("q")
    expect(row(page, "review one.txt").locator(".tier")).to_have_text("person")
    expect(row(page, "review two.txt").locator(".badge")).to_have_text("To review")


def test_files_are_filed_again_once_it_was_seen_what_changes(page: Page, served: Served) -> None:
    # given: a decision of yesterday that would not be made today
    record = next(file for file in served.app.store.files() if file.path.name == "lease.txt")
    assert record.classification
    stale = Classification("recipe", 0.9, Tier.RULES, "", taxonomy="of yesterday")
    with served.app.store.writing() as write:
        write.decide(record.document, Decision(stale))

    # when
    page.get_by_role("button", name="File again…").click()
    dialog = page.get_by_role("dialog", name="What filing again would change")

    # then
    expect(dialog.get_by_role("row").filter(has_text="lease.txt")).to_contain_text("recipe")
    dialog.get_by_role("button", name=re.compile("so$")).click()
    expect(dialog).to_contain_text(re.compile("filed anew"))
    dialog.get_by_role("button", name="Close this list").click()
    category = row(page, "lease.txt").get_by_role("combobox", name="Category of lease.txt")
    expect(category).to_have_value(record.classification.category)
