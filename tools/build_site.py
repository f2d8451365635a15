"""Makes a site of docs/: `build_site.py [FOLDER]`, build/site where none is given.

The pages are plain Markdown that is read well anywhere. What only a site needs is made here: the
navigation, of the lists in docs/index.md, and the ends of links that lead out of the pages. Nothing is
fetched, a warning is an error, and what is made asks nothing of other servers, its search included.
Why it is so: docs/why/house.md#the-site-is-made-by-sphinx.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
BESIDE = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md", "README.md": "index.md"}
"""Pages of the repository's own folder, and what they are in the site."""

_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s#:]+)(#[\w-]+)?\)")
_FENCE = re.compile(r"^\s*(```|~~~)")
_SETTINGS = {
    "project": "twolane",
    "author": "The twolane engineers",
    "copyright": "The twolane engineers",
    "extensions": ["myst_parser"],
    "myst_heading_anchors": 4,
    "html_theme": "furo",
    "html_title": "twolane",
    "html_copy_source": False,
    "html_show_sourcelink": False,
    "html_use_index": False,
    "html_show_sphinx": False,
    "html_last_updated_fmt": "",
    "nitpicky": True,
}


def main() -> int:
    """Build the site, and return the exit code of a program."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "site")
    with tempfile.TemporaryDirectory() as folder:
        pages, doctrees = Path(folder) / "pages", Path(folder) / "doctrees"
        lay_out(pages)
        site = Sphinx(
            srcdir=pages,
            confdir=None,
            outdir=target,
            doctreedir=doctrees,
            buildername="html",
            confoverrides=dict(_SETTINGS),
            status=None,
            warningiserror=True,
            freshenv=True,
        )
        site.build()
        return int(site.statuscode)


def lay_out(pages: Path) -> None:
    """Copy all pages to where the site is made of them, with the navigation in the first one."""
    shutil.copytree(DOCS, pages)
    for name, own in BESIDE.items():
        if name != "README.md":
            shutil.copy(ROOT / name, pages / own)
    for path in pages.rglob("*.md"):
        home = next((ROOT / name for name, own in BESIDE.items() if pages / own == path), None)
        origin = DOCS / path.relative_to(pages) if path.name == "index.md" or home is None else home
        path.write_text("".join(_linked(path, origin, pages)), "utf-8")
    first = pages / "index.md"
    first.write_text(first.read_text("utf-8") + "".join(_navigation(first.read_text("utf-8"))), "utf-8")


def _linked(path: Path, origin: Path, pages: Path) -> Iterator[str]:
    """Yield the lines of a page with each link leading to where its target is in the site, or nowhere."""

    def follow(link: re.Match[str]) -> str:
        target = (origin.parent / link[3]).resolve()
        if target.is_relative_to(DOCS):
            inside = pages / target.relative_to(DOCS)
        elif target.parent == ROOT and target.name in BESIDE:
            inside = pages / BESIDE[target.name]
        else:  # a part of the repository: a reader of the site sees its place there
            return link[2] if link[2].startswith("`") else f"{link[2]} (`{target.relative_to(ROOT)}`)"
        leads = Path(os.path.relpath(inside, path.parent)).as_posix()
        return f"{link[1]}[{link[2]}]({leads}{link[4] or ''})"

    fenced = False
    for line in path.read_text("utf-8").splitlines(keepends=True):
        fenced ^= bool(_FENCE.match(line))
        yield line if fenced else _LINK.sub(follow, line)


def _navigation(first: str) -> Iterator[str]:
    """Yield a hidden tree of contents for each list of links of the first page, under its heading."""
    for part in re.split(r"^## ", first, flags=re.MULTILINE)[1:]:
        caption, _, rest = part.partition("\n")
        entries = re.findall(r"^\s*- \[[^\]]+\]\(([^)#]+)\.md\)", rest, flags=re.MULTILINE)
        if entries:
            entered = "\n".join(entries)
            yield f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{entered}\n```\n"


if __name__ == "__main__":
    sys.exit(main())
