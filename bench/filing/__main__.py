"""What filing costs: beside other programs, without vectors, with a small model, and in a large library.

    make bench NAME=filing [ARGS="--short --only peers plain model large --texts FOLDER --out FILE"]

Only the ratios within one run mean anything. Programs run in turns, each in a process of its own with an
empty library. The others (LlamaIndex, txtai, Haystack) are installed into an environment of their own and get
a sentence model of the size of ours with random weights, which cost the same time. Texts are invented, unless
--texts names a folder of short ones. Prints Markdown.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eval.provenance import provenance

from bench.filing import ingest, large, model
from bench.filing.peers import install, open_peers
from bench.filing.texts import write_pdfs, write_taxonomy, write_texts
from twolane.config.settings import Settings

PARTS = ("peers", "plain", "model", "large")
_WORDS = 370  # of a short text: about that of a news article
_LINE = 12  # words of a file of the large library


_HOW = """\
`make bench NAME=filing`: everything in one run, programs in turns, each in a process of its own with an
empty library; only the ratios within the run mean anything. "Without its start" leaves out imports and
loading the model; ours is never told without. All programs embed pieces of about 180 words on all cores,
with a sentence model of the same depth and width and the same tokenizer: theirs in PyTorch with 32-bit
floats, as their users have it, and of random weights, since time does not depend on them. Texts are
invented. A spread is half of the range."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    texts: int
    pdf_pages: tuple[int, ...]
    repeats: int
    plain: int
    with_model: int
    by_json: int
    large: int
    corrections: int


WHOLE = Size(150, (20, 16, 12), 2, 1000, 30, 4, 20_000, 200)
SHORT = Size(50, (10, 8, 6), 1, 400, 12, 2, 2_000, 50)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="bench filing", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="less of everything")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="only these parts")
    parser.add_argument("--texts", type=Path, help="a folder of short text files, in the place of ours")
    parser.add_argument("--peers", type=Path, help="where the other programs are or get installed")
    parser.add_argument("--out", type=Path, help="write the tables into this file too")
    options = parser.parse_args()
    began_s = time.monotonic()
    lines = list[str]()
    with tempfile.TemporaryDirectory(prefix="twolane-bench-") as folder:
        for line in _report(options, SHORT if options.short else WHOLE, Path(folder)):
            print(line, flush=True)
            lines.append(line)
    print(f"\nThe whole took {time.monotonic() - began_s:.0f} s.", file=sys.stderr)
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", "utf-8")


def _report(options: argparse.Namespace, size: Size, scratch: Path) -> Iterator[str]:
    yield f"## Speed\n\n{_HOW}\n\n{provenance()}. Embedding model {Settings().embedding.model}."
    taxonomy = write_taxonomy(scratch / "taxonomy.toml")
    texts = _texts(options.texts, size, scratch)
    if "peers" in options.only:
        yield from _peers(options.peers, texts, taxonomy, size, scratch)
    if "plain" in options.only:
        yield from ("", "### Without vectors", "")
        write_texts(scratch / "plain-texts", size.plain, _WORDS)
        runs = ingest.without_vectors(scratch / "plain-texts", taxonomy, size.repeats, scratch / "plain")
        yield from ingest.without_vectors_table(runs)
    if "model" in options.only:
        yield from ("", "### With the small model", "")
        yield from _model(texts, taxonomy, size, scratch / "model")
    if "large" in options.only:
        yield from ("", "### A large library", "")
        write_texts(scratch / "lines", size.large, _LINE)
        taken = large.fill(scratch / "lines", taxonomy, scratch / "large")
        yield from large.memory_table(taken, size.large)
        found = large.correct_some(scratch / "large", taxonomy, size.corrections)
        yield from ("", *large.corrected_lines(found))


def _peers(environment: Path | None, texts: Path, taxonomy: Path, size: Size, scratch: Path) -> Iterator[str]:
    peers = open_peers(install(environment), scratch / "peers")
    yield f"\nBeside it: {peers.versions()}."
    write_pdfs(scratch / "pdfs", size.pdf_pages)
    pages = ", ".join(map(str, size.pdf_pages))
    for title, folder in (("Short texts", texts), (f"PDFs of {pages} pages", scratch / "pdfs")):
        runs = ingest.side_by_side(folder, peers, taxonomy, size.repeats, scratch / f"of-{folder.name}")
        yield from ("", f"### {title}", "", *ingest.side_by_side_table(runs))


def _model(texts: Path, taxonomy: Path, size: Size, scratch: Path) -> Iterator[str]:
    if lacking := model.missing(taxonomy):
        yield f"Left out: {', '.join(lacking)} not fetched (`twolane models pull`)."
        return
    scratch.mkdir()
    found = model.measure(
        sorted(texts.iterdir()),
        taxonomy,
        few=size.with_model,
        by_json=size.by_json,
        repeats=size.repeats,
        scratch=scratch,
    )
    yield from model.table(found)


def _texts(given: Path | None, size: Size, scratch: Path) -> Path:
    """Return a folder with as many short texts as are wanted."""
    if given is None:
        write_texts(scratch / "texts", size.texts, _WORDS)
        return scratch / "texts"
    folder = scratch / "texts"
    folder.mkdir()
    for path in sorted(given.iterdir())[: size.texts]:
        (folder / path.name).symlink_to(path.resolve())
    return folder


if __name__ == "__main__":
    main()
