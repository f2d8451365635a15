"""The site of the documents: whole, and complete without any other server."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
INDEX = (DOCS / "index.md").read_text("utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site, in which every warning is an error: links, anchors, pages that nothing leads to."""
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, str(ROOT / "tools" / "build_site.py"), str(folder)]
    done = subprocess.run(build, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("page", [page for page in PAGES if page != "index.md"])
def test_each_page_has_its_place_in_the_navigation(page: str) -> None:
    # then docs/index.md is the one list of all pages, from which the site's navigation is made
    assert len(re.findall(rf"^\s*- \[[^\]]+\]\({re.escape(page)}\)", INDEX, re.MULTILINE)) == 1


def test_each_page_is_in_the_site(site: Path) -> None:
    # when
    made = {path.relative_to(site).with_suffix(".md").as_posix() for path in site.rglob("*.html")}

    # then
    assert made >= {*PAGES, "contributing.md", "changelog.md"}


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    # given what a browser loads by itself; links that a person may follow are another thing
    loads = re.compile(
        r'<(?:script|img|iframe|source|link(?=[^>]*stylesheet))[^>]*(?:src|href)="(https?:)?//'
    )
    styles = re.compile(r"(?:@import|url\()\s*[\"']?(?:https?:)?//")

    # when
    pages = [path.name for path in site.rglob("*.html") if loads.search(path.read_text("utf-8"))]
    sheets = [path.name for path in site.rglob("*.css") if styles.search(path.read_text("utf-8"))]

    # then
    assert not pages
    assert not sheets


def test_the_search_knows_the_words_of_the_pages_without_a_server(site: Path) -> None:
    # when
    index = (site / "searchindex.js").read_text("utf-8")

    # then
    assert "correspond" in index
    assert '"taking_out"' in index
