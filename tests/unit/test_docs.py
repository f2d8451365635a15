"""The documents about the program say what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_reference_pages_are_as_the_program_has_it() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "write_reference.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    # when
    links = re.findall(r"\]\(([^):#]*)(?:#([\w-]+))?\)", page.read_text("utf-8"))

    # then
    for link, anchor in links:
        target = page.parent / link if link else page
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target.read_text("utf-8")), f"{link}#{anchor}"


IMAGES = sorted((ROOT / "docs" / "images").iterdir())


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)
def test_each_picture_is_small_and_shown_somewhere(image: Path) -> None:
    assert image.stat().st_size <= 150_000
    assert any(f"images/{image.name}" in page.read_text("utf-8") for page in PAGES)


DECISIONS = sorted((ROOT / "docs" / "why").glob("*.md"))
SOURCES = [path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py")]


def test_each_page_of_decisions_is_named_by_the_code_that_it_explains() -> None:
    # when
    nowhere = [
        page.name for page in DECISIONS if not any(f"docs/why/{page.name}" in code for code in SOURCES)
    ]

    # then
    assert DECISIONS
    assert not nowhere, nowhere


def test_what_the_code_says_of_decisions_leads_to_one() -> None:
    # given
    pages = {page.name: page.read_text("utf-8") for page in DECISIONS}
    named = [match for code in SOURCES for match in re.findall(r"docs/why/(\w+\.md)(?:#([\w-]+))?", code)]

    # when
    lost = [
        (page, anchor)
        for page, anchor in named
        if page not in pages or (anchor and anchor not in anchors_of(pages[page]))
    ]

    # then
    assert named
    assert not lost, lost


def test_the_first_page_of_decisions_holds_fifteen_and_leads_to_all_others() -> None:
    # when
    first = (ROOT / "docs" / "why.md").read_text("utf-8")

    # then
    assert len(re.findall(r"^\d+\. ", first, re.MULTILINE)) == 15
    assert all(f"(why/{page.name}" in first for page in DECISIONS)


def anchors_of(page: str) -> set[str]:
    """Return the anchors that a page's headings have where it is shown as HTML."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_a_monitor_of_a_server_is_told_to_bring_a_token() -> None:
    # given
    guides = [ROOT / "docs" / name for name in ("operations.md", "kubernetes.md")]

    # when
    jobs = [
        part for guide in guides for part in guide.read_text("utf-8").split("```") if "scrape_configs" in part
    ]

    # then
    assert len(jobs) == len(guides)
    assert all("authorization:" in job for job in jobs)
    assert "prometheus.io/scrape" not in (ROOT / "deploy/kubernetes/base/chat.yaml").read_text("utf-8")
