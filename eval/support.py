"""Judges sentences of answers by the passages that they cite, and compares with what a person said.

    python -m eval support [--pairs FILE] [--show]

The pairs are in `eval/data/support`; all of them were written for this and are invented. Each has a question,
a sentence that answers it, the passage that it cites, and whether that states it: verified, weak, or
none where the citation must go. Where the words are named that must be marked, the marked ones are compared.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.scoring import wilson
from twolane.answers import CitationEvent, Source
from twolane.chat.support import Checker
from twolane.documents import FoundPassage

SETS = ("support",)
FOLDER = Path(__file__).parent / "data" / "support"
STATUSES = ("verified", "weak", "none")
SOURCES = 5  # that a sentence is held against where the time is measured


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence with the passage that it cites, and how far that states it."""

    language: str
    question: str
    answer: str
    passage: str
    status: str
    shown: str = ""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m eval support", description=__doc__.splitlines()[0])
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--pairs", type=Path, default=FOLDER / "pairs.toml", help="another file of pairs")
    parser.add_argument("--show", action="store_true", help="print what was judged otherwise")
    options = parser.parse_args(argv)
    pairs = read_pairs(options.pairs)
    judged = [(pair, judge(pair)) for pair in pairs]
    print(table([(pair.status, status_of(found)) for pair, found in judged]))
    marked = [(pair, found) for pair, found in judged if pair.shown]
    right = sum(is_shown(pair, found) for pair, found in marked)
    print(f"marked words: {right} of {len(marked)} right")
    if options.show:
        print(*(line for pair, found in judged for line in differences(pair, found)), sep="\n")
    print(f"a sentence against {SOURCES} sources: {seconds(pairs) * 1000:.2f} ms (median)")
    return 0


def read_pairs(path: Path) -> list[Pair]:
    """Read the pairs of a file."""
    return [
        Pair(**{**one, "passage": one["passage"].strip("\n")})
        for one in tomllib.loads(path.read_text("utf-8"))["pair"]
    ]


def judge(pair: Pair) -> list[CitationEvent]:
    """Return the citations that a sentence keeps where its one source is the passage."""
    return Checker([source(1, pair)], pair.question).citations(pair.answer.rstrip(".。؟"), [1])


def source(number: int, pair: Pair) -> Source:
    return Source(number, FoundPassage(number, str(number), Path(f"{number}.txt"), "", 1, pair.passage))


def status_of(found: Sequence[CitationEvent]) -> str:
    return found[0].status.value if found else "none"


def words_of(pair: Pair, found: Sequence[CitationEvent]) -> list[str]:
    """Return the words that are marked in the passage."""
    return [pair.passage[span.start : span.end] for one in found for span in one.spans]


def is_shown(pair: Pair, found: Sequence[CitationEvent]) -> bool:
    """Say whether the words that must be marked are, with little more around them."""
    return not pair.shown or any(
        pair.shown in words and len(words) <= 2 * len(pair.shown) for words in words_of(pair, found)
    )


def differences(pair: Pair, found: Sequence[CitationEvent]) -> list[str]:
    """Return what was judged otherwise than by a person, in words."""
    status, words = status_of(found), words_of(pair, found)
    if status == pair.status and is_shown(pair, found):
        return []
    return [f"[{pair.language}] {pair.answer}", f"    {pair.status}, judged {status}; marked {words}"]


def table(judged: Sequence[tuple[str, str]]) -> str:
    """Return how often each status was judged to be which."""
    counts = Counter(judged)
    right = sum(count for (wanted, got), count in counts.items() if wanted == got)
    low, high = wilson(right, len(judged))
    lines = [f"{len(judged)} pairs, {right} right: {right / len(judged):.3f} ({low:.3f} to {high:.3f})", ""]
    lines += [f"| right | {' | '.join(f'judged {status}' for status in STATUSES)} |"]
    lines += ["| --- " * (len(STATUSES) + 1) + "|"]
    lines += [f"| {one} | {' | '.join(str(counts[one, got]) for got in STATUSES)} |" for one in STATUSES]
    return "\n".join([*lines, ""])


def seconds(pairs: Sequence[Pair]) -> float:
    """Return how long it takes to hold a sentence against several sources that were read before."""
    times = []
    for at, pair in enumerate(pairs):
        others = [pairs[(at + step) % len(pairs)] for step in range(SOURCES)]
        checker = Checker([source(number, one) for number, one in enumerate(others, 1)], pair.question)
        checker.citations(pair.answer, [1])
        started = time.perf_counter()
        checker.citations(pair.answer, [1])
        times.append(time.perf_counter() - started)
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
