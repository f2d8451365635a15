"""Documents to file: invented news of five kinds, of a given length, as text files and as PDFs."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

_WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
KINDS: dict[str, str] = {name: kind["description"] for name, kind in _WORDS["kind"].items()}


def write_texts(folder: Path, number: int, words: int) -> list[Path]:
    """Write text files of about so many words, the same every time."""
    folder.mkdir(parents=True)
    chance = random.Random(number)
    paths = [folder / f"note-{index:05}.txt" for index in range(number)]
    for index, path in enumerate(paths):
        subject = list(KINDS)[index % len(KINDS)]
        lines = [f"{chance.choice(_WORDS['where'])}: {_sentence(chance, subject)}", ""]
        lines += paragraphs(chance, subject, words)
        path.write_text("\n".join(lines) + "\n", "utf-8")
    return paths


def write_pdfs(folder: Path, pages: Sequence[int]) -> list[Path]:
    """Write a PDF for each number of pages, with about 380 words on a page."""
    folder.mkdir(parents=True)
    style = getSampleStyleSheet()["BodyText"]
    paths = []
    for index, number in enumerate(pages):
        chance, subject = random.Random(index), list(KINDS)[index]
        path = folder / f"volume-{index}.pdf"
        story: list[object] = []
        for _ in range(number):
            story += [Paragraph(text, style) for text in paragraphs(chance, subject, 380)]
            story.append(PageBreak())
        SimpleDocTemplate(str(path), pagesize=A4, title=f"Volume {index}").build(story)
        paths.append(path)
    return paths


def write_taxonomy(path: Path) -> Path:
    """Write the five kinds as a taxonomy file without rules."""
    parts = (
        f"[[category]]\nid = {json.dumps(name)}\nname = {json.dumps(name.capitalize())}\n"
        f"description = {json.dumps(text)}\n"
        for name, text in KINDS.items()
    )
    path.write_text("\n".join(parts), "utf-8")
    return path


def paragraphs(chance: random.Random, subject: str, words: int) -> Iterator[str]:
    """Yield paragraphs of about 70 words until there are enough."""
    done = 0
    while done < words:
        sentences: list[str] = []
        while sum(len(sentence.split()) for sentence in sentences) < min(70, words - done):
            sentences.append(_sentence(chance, subject))
        done += sum(len(sentence.split()) for sentence in sentences)
        yield " ".join(sentences)


def _sentence(chance: random.Random, subject: str) -> str:
    one, other, third = chance.sample(_WORDS["kind"][subject]["about"], 3)
    like, unlike = chance.sample(_WORDS["like"], 2)
    who, where, said, did, when = (
        chance.choice(_WORDS[name]) for name in ("who", "where", "said", "did", "when")
    )
    form = chance.randrange(4)
    if form == 0:
        return f"The {like} {one} in {where} {did} {when}, and the {other} did not."
    if form == 1:
        return f"{who} {said} {when} that the {one} of {where} had a {unlike} {other}."
    if form == 2:
        share = chance.randint(3, 97)
        return f"About {share} per cent of every {one} {did} with the {other} and the {third}."
    return f"Nobody in {where} expected so {like} a {third}, but the {one} and its {unlike} {other} stayed."
