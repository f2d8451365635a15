"""The page: how soon a view is seen, how smoothly its lists scroll, and what its own code weighs.

A library is made of files that lie on the disk, half of them for review, of a plan that moves all of them,
and of conversations. `twolane serve` runs as a process of its own, and a real browser opens each view with
an empty cache, again and again, one view after the other, so that what else the machine does meets all of
them alike. Times begin when the browser begins to open the address. "First paint" is the first paint with a
content, as the browser tells it; "view" is when the frame of the view that was asked for is shown and can be
used; "rows" is when what the library knows is in it.

Frames are counted by the browser while a list is scrolled by so many pixels at each of them: 60 a second are
all that there are. "Late" are those that came more than one and a half frames after the one before.

    python -m bench page [--files N] [--conversations N] [--opens N] [--page docs/results.md]
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from eval.provenance import provenance
from eval.results import with_section
from playwright.sync_api import Browser, Page, sync_playwright
from standins.program import Program

from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import (
    Classification,
    Decision,
    FileSeen,
    Passage,
    Reading,
    ReadStatus,
    ReviewCause,
    Tier,
)
from twolane.documents import Page as TextPage
from twolane.files.scan import stamp
from twolane.store.conversed import NewTurn

BEGINS, ENDS = "<!-- bench page -->", "<!-- end of bench page -->"
PAINT_BAR_MS, FRAMES_BAR, CODE_BAR_BYTES = 300, 60, 150_000
_AT_ONCE = 500
_PLAN = "bench"
_SIZES = {"wide": (1280, 800), "narrow": (390, 800)}
_TEXTS = ("texts/de.js", "texts/fr.js")  # whoever reads another language gets one file more
_WITHOUT_MODELS = {
    "filing.runtime": "scripted",
    "filing.model": "scripted",
    "chat.runtime": "scripted",
    "chat.model": "scripted",
    "embedding.runtime": "off",
    "extract.ocr": "off",
}


@dataclass(frozen=True, slots=True)
class View:
    """A view, its address, and what is there once what the library knows is in it."""

    address: str
    rows: str

    @property
    def part(self) -> str:
        return self.address.partition("/")[0].partition("?")[0]


VIEWS = (
    View("ask", "#talks:not([hidden]) li:not(.spacer, .coming), #talks[hidden] ~ .chat #talk-empty"),
    View("search?q=number", ".result"),
    View("files", "#rows tr[data-id]"),
    View("review", ".choice"),
    View("order", ".plans li"),
    View(f"order/{_PLAN}", ".diff li:not(.spacer, .coming), .diff tr:not(.spacer, .coming)"),
    View("categories", "#categories-list li"),
    View("correspondents", "#correspondents-empty:not([hidden]), #correspondents-list li"),
    View("lanes", "#lanes-parts .lane-part, #lanes-parts section"),
    View("settings", "#settings-body h3"),
)
# The view, and the box of it that scrolls.
LISTS = {
    "files": ("files", "#table"),
    "conversations": ("ask", "#talks-list"),
    "results of a search": ("search?q=number", "#search-body"),
    "moves of a plan": (f"order/{_PLAN}", "#order-body"),
}
_WATCH = """(() => {
  const [part, rows] = %s;
  const seen = globalThis.seen = {};
  const look = () => {
    const now = performance.now();
    if (!seen.view && document.querySelector(`main > [data-part="${part}"]:not([hidden])`)) seen.view = now;
    const isSeen = [...document.querySelectorAll(rows)].some((row) => row.checkVisibility());
    if (seen.view && isSeen) seen.rows = now;
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();"""
_SEEN = """async () => {
  const painted = () => performance.getEntriesByName("first-contentful-paint");  // is told a moment after
  while (!seen.rows || !painted().length) {
    if (performance.now() > 60_000) return null;
    await new Promise(requestAnimationFrame);
  }
  const asked = performance.getEntriesByType("resource").filter(({ startTime }) => startTime < seen.rows);
  const [paint] = painted();
  return { ...seen, paint: paint.startTime, requests: 1 + asked.length };
}"""
_SCROLL = """async ([selector, step, seconds]) => {
  const scrolls = (each) => /auto|scroll/.test(getComputedStyle(each).overflowY)
    && each.scrollHeight > each.clientHeight + 1;
  let box = document.querySelector(selector);
  while (box && !scrolls(box)) box = box.parentElement;
  box ??= document.documentElement;
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  const times = [await frame()];
  let way = step;
  while (times.at(-1) - times[0] < seconds * 1000) {
    if (box.scrollTop + box.clientHeight >= box.scrollHeight - 1) way = -step;
    if (box.scrollTop <= 0) way = step;
    box.scrollTop += way;
    times.push(await frame());
  }
  return { times, height: box.scrollHeight };
}"""


def fill(app: App, inbox: Path, files: int, conversations: int) -> None:
    """Put files, a plan that moves them all, and conversations into a library."""
    categories = [one.id for one in app.current().categories]
    for begin in range(0, files, _AT_ONCE):
        paths = [_write(inbox, number) for number in range(begin, min(begin + _AT_ONCE, files))]
        scan = app.store.next_scan()
        with app.store.writing() as write:
            write.see([FileSeen(path, path.stat().st_size, stamp(path.stat())) for path in paths], scan)
        known = app.store.file_ids(paths)
        with app.store.writing() as write:
            for number, path in enumerate(paths, begin):
                text = path.read_text("utf-8")
                reading = Reading(ReadStatus.TEXT, "text/plain", (TextPage(1, text),), "", 1)
                document = f"{number:064x}"
                write.save_reading(
                    known[path], document, len(text), reading, [Passage(0, 1, 0, len(text), text, "")]
                )
                category = categories[number % len(categories)]
                sure, cause = (0.99, None) if number % 2 else (0.3, ReviewCause.UNSURE)
                made = Classification(category, sure, Tier.RULES, "its number", cause)
                write.decide(document, Decision(made))
    while jobs := app.store.claim(list(app.store.job_counts()), "bench", 60, limit=_AT_ONCE).jobs:
        with app.store.finishing(*jobs):
            pass
    app.organizer.save(app.organizer.draft(root=inbox.parent / "filed", unsure=True), _PLAN)
    for number in range(conversations):
        begun = app.conversations.start(f"Conversation number {number}")
        app.store.conversations.begin(
            NewTurn(f"{number:016x}", begun.conversation_id, "What is due?", "nobody"), ""
        )


def _write(inbox: Path, number: int) -> Path:
    folder = inbox / f"{number // _AT_ONCE:04}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"letter of a long enough name {number:06}.txt"
    path.write_text(f"number {number}: word{number % 97} and word{number % 89}\n", "utf-8")
    return path


def chromium() -> str | None:
    """Return the program of the browser, None for the driver's own."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def opened(browser: Browser, url: str, view: View, size: str) -> dict[str, float] | None:
    """Open a view with an empty cache; return when it was seen, in ms, and how often it asked the server.

    None where nothing of it was seen within a minute.
    """
    width, height = _SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, service_workers="block")
    try:
        page = context.new_page()
        page.add_init_script(_WATCH % json.dumps([view.part, view.rows]))
        page.goto(f"{url}/#/{view.address}")
        seen: dict[str, float] | None = page.evaluate(_SEEN)
        return seen
    finally:
        context.close()


def scrolled(page: Page, url: str, address: str, box: str, step: int, seconds: float) -> dict[str, float]:
    """Scroll a list, and return how many frames a second there were, and which share of them came late."""
    page.goto("about:blank")
    page.goto(f"{url}/#/{address}")
    view = next(one for one in VIEWS if one.address == address)
    page.locator(view.rows).first.wait_for()
    moved = page.evaluate(_SCROLL, [box, step, seconds])
    times = moved["times"]
    gaps = [after - before for before, after in itertools.pairwise(times)]
    return {
        "step_px": step,
        "height_px": moved["height"],
        "frames_a_second": len(gaps) / (times[-1] - times[0]) * 1000,
        "late": sum(gap > 25 for gap in gaps) / len(gaps),
        "longest_ms": max(gaps),
    }


def weight(url: str) -> dict[str, int]:
    """Return the bytes of the page's own code in one language as they are sent, and in how many files."""
    with httpx.Client(base_url=url, trust_env=False, headers={"Accept-Encoding": "gzip"}) as client:
        documents = [client.get(address) for address in ("/", "/signin")]
        asked = {found for one in documents for found in re.findall(r'"(/web/[^"]+[.](?:js|css))"', one.text)}
        sizes = [len(_raw(client, address)) for address in ("/", "/signin", *sorted(asked))]
    return {"files": len(sizes), "bytes": sum(sizes)}


def _raw(client: httpx.Client, address: str) -> bytes:
    with client.stream("GET", address) as response:
        return b"".join(response.iter_raw())


def wait_done(url: str) -> None:
    """Wait until the server has done what it does with files that it did not file itself."""
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        while client.get("/api/v1/status").json()["waiting"]:
            time.sleep(0.5)


def measure(url: str, browser: Browser, opens: int, seconds: float) -> Iterator[dict[str, Any]]:
    """Yield a row for each view and each list."""
    for size in _SIZES:
        found: dict[str, list[dict[str, float]]] = {view.address: [] for view in VIEWS}
        for at in range(opens + 1):
            for view in VIEWS:
                seen = opened(browser, url, view, size)
                if seen is None:
                    print(f"nothing was seen of {view.address}, {size}", file=sys.stderr)
                elif at:  # the first one is the server's first, too
                    found[view.address].append(seen)
        for address, rows in found.items():
            row: dict[str, Any] = {
                "open": address,
                "size": size,
                "opens": len(rows),
                "load": os.getloadavg()[0],
            }
            for name in ("paint", "view", "rows", "requests"):
                row[name] = _spread([one[name] for one in rows])
            yield row
    for size, (width, height) in _SIZES.items():
        page = browser.new_page(viewport={"width": width, "height": height}, service_workers="block")
        for name, (address, box) in LISTS.items():
            if name == "conversations" and size == "narrow":
                continue  # they are unfolded by hand there
            for step in (60, 600):
                row = {"list": name, "size": size} | scrolled(page, url, address, box, step, seconds)
                yield row | {"load": os.getloadavg()[0]}
        page.context.close()
    yield {"code": weight(url)}


def _spread(values: list[float]) -> list[float]:
    """Return median, least and greatest."""
    return [round(one, 1) for one in (statistics.median(values), min(values), max(values))]


def section(rows: list[dict[str, Any]], made_with: str, files: int, conversations: int) -> str:
    """Return the tables of what was measured, as docs/results.md has them."""
    opens = [row for row in rows if "open" in row]
    lists = [row for row in rows if "list" in row]
    code = next(row["code"] for row in rows if "code" in row)
    loads = [row["load"] for row in (*opens, *lists)]
    lines = [
        f"`make bench NAME=page`: {files:,} files, {conversations} conversations, a plan of {files:,} moves; "
        f"{made_with}, {min(loads):.1f} to {max(loads):.1f} meanwhile. Each view was opened "
        f"{min(row['opens'] for row in opens)} times with an empty cache, one view after the other; medians "
        "in milliseconds, in brackets the least and the greatest.",
        "",
        f"| view | width | first paint (≤ {PAINT_BAR_MS}) | view | rows | requests |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in opens:
        times = " | ".join(_interval(row[name]) for name in ("paint", "view", "rows"))
        shown = row["open"].partition("?")[0]
        lines.append(f"| {shown} | {_SIZES[row['size']][0]} | {times} | {row['requests'][0]:.0f} |")
    lines += [
        "",
        f"| list | width | pixels a frame | frames a second (≥ {FRAMES_BAR}) | late | longest, ms |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {row['list']} | {_SIZES[row['size']][0]} | {row['step_px']} | {row['frames_a_second']:.1f} "
        f"| {row['late']:.1%} | {row['longest_ms']:.0f} |"
        for row in lists
    ]
    lines += [
        "",
        f"All own code of the page in one language: {code['bytes']:,} bytes as they are sent "
        f"(≤ {CODE_BAR_BYTES:,}), in {code['files']} files.",
    ]
    return "\n".join(lines)


def _interval(spread: list[float]) -> str:
    middle, least, most = spread
    return f"{middle:.0f} ({least:.0f} to {most:.0f})"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--conversations", type=int, default=500)
    parser.add_argument("--opens", type=int, default=10, help="of each view at each width")
    parser.add_argument("--seconds", type=float, default=5.0, help="for which each list is scrolled")
    parser.add_argument("--page", type=Path, help="where to write the figures, such as docs/results.md")
    given = parser.parse_args()
    made_with, rows = provenance(), []
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder), _WITHOUT_MODELS)
        flags = {"data_dir": str(program.data_dir)} | _WITHOUT_MODELS
        with open_app(load_settings(flags=flags)) as app:
            fill(app, Path(folder) / "inbox", given.files, given.conversations)
        with program.serving() as (_, url), sync_playwright() as playwright:
            # Without a processor for pictures the browser draws with the one that there is.
            arguments = ["--no-sandbox", "--disable-gpu"]
            browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
            wait_done(url)
            for row in measure(url, browser, given.opens, given.seconds):
                print(json.dumps(row), flush=True)
                rows.append(row)
            browser.close()
    if given.page:
        text = section(rows, made_with, given.files, given.conversations)
        given.page.write_text(with_section(given.page.read_text("utf-8"), text, BEGINS, ENDS), "utf-8")


if __name__ == "__main__":
    main()
