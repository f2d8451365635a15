"""Asks follow-ups in five languages: does the file that answers come first?

    python -m eval turns [--out FOLDER] [--set NAME=VALUE]

The files, the turns before and the follow-ups are in `eval/data/turns`; all of it was written for this and is
invented. Each language has a library of its own. A follow-up is searched for as it stands (*alone*), with
the words of the conversation's subject always first (*with the subject*), and as the product does it. One of
each language is no follow-up, only short. No chat model is asked, and none writes full questions.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.library import NO_CHAT_MODEL, VECTORS_ALONE, add_settings, chosen_settings, fill
from eval.provenance import provenance
from eval.questions import DATA
from twolane.answers import Turn
from twolane.app import open_app
from twolane.chat import conversation
from twolane.chat.look import Lookout
from twolane.chat.retrieve import Found, Retriever
from twolane.config.loading import load_settings
from twolane.documents import EVERYTHING

SETS = ("turns",)
FOLDER = DATA / "turns"
TOP = 5
WAYS = ("alone", "with the subject", "looked for")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up with the turn before it, and the name of the file that answers it."""

    before: Turn
    question: str
    file: str


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        prog="eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--out", type=Path, help="keep the libraries here")
    add_settings(parser)
    options = parser.parse_args(argv)
    print(f"{provenance()}\n\n| language | asked | {' | '.join(f'first {way}' for way in WAYS)} |")
    print("|" + " --- |" * (2 + len(WAYS)))
    with tempfile.TemporaryDirectory(prefix="twolane-eval-") as scratch:
        for path in sorted(FOLDER.glob("*.toml")):
            out = (options.out or Path(scratch)).resolve() / path.stem
            texts, follow_ups = read(path)
            firsts = measure(texts, follow_ups, out, chosen_settings(options))
            print(f"| {path.stem} | {len(follow_ups)} | {' | '.join(map(str, firsts))} |")
    return 0


def read(path: Path) -> tuple[dict[str, str], list[FollowUp]]:
    """Return the texts of a language's files by their names, and its follow-ups."""
    data = tomllib.loads(path.read_text("utf-8"))
    names = [f"{number:03}.txt" for number in range(len(data["files"]))]
    follow_ups = [
        FollowUp(Turn(question, answer), follow_up, names[number])
        for question, answer, follow_up, number in data["follow_ups"]
    ]
    return dict(zip(names, data["files"], strict=True)), follow_ups


def measure(
    texts: dict[str, str], follow_ups: Sequence[FollowUp], out: Path, settings: dict[str, str]
) -> list[int]:
    """Return how many follow-ups have the right file first, for each way of searching."""
    folder = out / "files"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    flags = {"data_dir": str(out / "library")} | NO_CHAT_MODEL | VECTORS_ALONE | settings
    fill([folder], flags)
    with open_app(load_settings(flags=flags)) as app:
        retriever = Retriever(app.store, app.models.embedder())
        found = [ways(retriever, one) for one in follow_ups]
    return [
        sum(of[way].passages[0].path.name == one.file for of, one in zip(found, follow_ups, strict=True))
        for way in range(len(WAYS))
    ]


def ways(retriever: Retriever, one: FollowUp) -> tuple[Found, Found, Found]:
    """Return what is found for a follow-up in each way."""
    queries = conversation.queries(one.question, (one.before,))
    subject = conversation.merged([retriever.search(query, TOP, EVERYTHING) for query in queries], TOP)
    looked = Lookout(retriever, TOP).look(one.question, (one.before,), EVERYTHING)
    return retriever.search(one.question, TOP, EVERYTHING), subject, looked.found


if __name__ == "__main__":
    sys.exit(main())
