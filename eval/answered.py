"""How answers are judged: what they hold, what was refused, what was cited; each figure with its interval."""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from eval.scoring import interval, wilson
from eval.sets import Row

ANSWERABLE = "answerable"
OUT_OF_CORPUS = "unanswerable_out_of_corpus"
AT_ONCE = {"nothing_found", "unclear"}  # causes of a refusal that no model was asked for
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_NO_MARKS = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class Figure:
    """The mean over `n` questions and its 95 % interval: Wilson's of a share, else a bootstrap's."""

    n: int
    share: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.share:.3f} ({self.low:.3f} to {self.high:.3f}), n={self.n}"


def kind_of(question: Row) -> str:
    """Return what kind of question it is: answerable, or why it is not."""
    return ANSWERABLE if question.get("answerable", True) else str(question.get("kind", "unanswerable"))


def judge(questions: Iterable[Row], answers: Mapping[str, Row]) -> dict[str, Figure]:
    """Return the figures of the answers to these questions; those without an answer row are left out.

    An error is no refusal: it is counted on its own, and as an answer that holds nothing.
    """
    values: dict[str, list[float]] = defaultdict(list)
    for question in questions:
        answer = answers.get(question["id"])
        if answer is None:
            continue
        kind = kind_of(question)
        for name, value in _judged(question, answer):
            values[f"{kind}: {name}"].append(float(value))
    return {name: _figure(ones) for name, ones in values.items()}


def holds(text: str, wanted: str) -> bool:
    """Say whether a text holds an accepted answer but for case, punctuation and articles, as SQuAD has it."""
    return bool(_plain(wanted)) and f" {_plain(wanted)} " in f" {_plain(text)} "


def places(question: Row) -> set[tuple[str, int | None]]:
    """Return where the evidence stands: documents, with the page where the set knows it."""
    if question.get("evidence"):
        return {(one["doc"], one.get("page")) for one in question["evidence"]}
    if question.get("gold_docs"):
        return {(document, None) for document in question["gold_docs"]}
    return {(question["doc"], None)} if question.get("doc") else set()


def _judged(question: Row, answer: Row) -> Iterable[tuple[str, float]]:
    refused = bool(answer.get("refused"))
    yield "refused at once", refused and answer.get("cause") in AT_ONCE
    if kind_of(question) == ANSWERABLE and "retrieved" in answer:
        yield _in_sources(question, answer["retrieved"])
    if "answer" not in answer:  # no model was asked
        return
    yield "refused", refused
    yield "errors", bool(answer.get("error"))
    said = "" if refused or answer.get("error") else answer["answer"]
    if kind_of(question) == ANSWERABLE:
        yield "holds an accepted answer", any(holds(said, one) for one in question["answers"])
        if said:
            yield from _cited(question, answer.get("citations") or ())
    elif question.get("withheld_answers"):
        yield "answered from memory", any(holds(said, one) for one in question["withheld_answers"])


def _in_sources(question: Row, sources: Sequence[Row]) -> tuple[str, float]:
    right = places(question)
    if any(page for _, page in right):
        return "right page among the sources", any((one["doc"], one["page"]) in right for one in sources)
    if len(right) > 1:
        shown = {one["doc"] for one in sources}
        return "all documents among the sources", all(document in shown for document, _ in right)
    answered = [one for one in sources if (one["doc"], None) in right]
    passage = any(holds(one["text"], wanted) for one in answered for wanted in question["answers"])
    return "right passage among the sources", passage


def _cited(question: Row, citations: Sequence[Row]) -> Iterable[tuple[str, float]]:
    yield "answers with a citation", bool(citations)
    if not citations:
        return
    right = places(question)
    documents = {document for document, _ in right}
    yield "citations to a right document", mean(one["doc"] in documents for one in citations)
    if any(page for _, page in right):
        yield "citations to a right page", mean((one["doc"], one.get("page")) in right for one in citations)
    else:
        yield (
            "citations to a passage that holds it",
            mean(any(holds(one["text"], wanted) for wanted in question["answers"]) for one in citations),
        )
    yield "citations that are verified", mean(one.get("status") == "verified" for one in citations)


def _figure(values: Sequence[float]) -> Figure:
    whole = all(value in {0.0, 1.0} for value in values)
    low, high = wilson(int(sum(values)), len(values)) if whole else interval(values)
    return Figure(len(values), mean(values), low, high)


def _plain(text: str) -> str:
    return " ".join(_ARTICLES.sub(" ", text.casefold().translate(_NO_MARKS)).split())
