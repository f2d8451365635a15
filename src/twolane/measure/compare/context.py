"""How much of its context a model can really use: facts hidden in a long text, asked for one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from twolane.llm.base import Message, Prompt
from twolane.measure.compare.bench import Bench, ask
from twolane.measure.compare.filler import text_of
from twolane.measure.compare.plan import ComparisonPlan
from twolane.measure.compare.result import Recall
from twolane.measure.report.journal import Result
from twolane.measure.report.samples import proportion

USABLE_SHARE = 0.8
_PLACES = ("lighthouse", "bakery", "observatory", "greenhouse", "tannery")
_WORDS = ("cobalt", "marigold", "walnut", "pepper", "falcon")
_INSTRUCTIONS = "You answer questions about a text. Answer with the one word that the text gives."
_ANSWER_TOKENS = 16
_FRAME_TOKENS = 110  # instructions, question, answer and what a chat template adds


def measure_context(bench: Bench, plan: ComparisonPlan) -> tuple[Recall, ...]:
    """Hide facts at even depths in texts of several lengths, up to nearly the whole context.

    All facts of a length lie in the same text, which a runtime with a prompt cache reads only once. Raises
    `ModelError`.
    """
    recalls = []
    scale = 1.0
    for turn, share in enumerate(plan.context_shares):
        tokens = max(64, int(share * bench.lane.context_tokens) - _FRAME_TOKENS)
        words = tuple(_WORDS[(number + turn) % len(_WORDS)] for number in range(plan.needles))
        cost = plan.needle_cost(share, bench.lane.context_tokens)
        results = []
        for number in range(plan.needles):
            asked = {"share": share, "needle": number, "of": plan.needles}
            measure = partial(_measure, bench, _Hidden(number, words), int(tokens * scale), 7 + turn)
            results.append(bench.once("context", asked, cost, measure))
        recalls += _recall(results, plan.needles)
        # Runtimes that cannot count tokens estimate too many: the first text tells how many too many.
        known = [result for result in results if result.get("prompt_tokens")]
        if known and turn == 0:
            scale = min(2.0, max(1.0, tokens / max(1, known[0]["prompt_tokens"] - _FRAME_TOKENS / 2)))
    return tuple(recalls)


def usable_tokens(recalls: Sequence[Recall]) -> int:
    """Return the longest prompt up to which at least four of five facts were found at every length."""
    usable = 0
    for recall in sorted(recalls, key=lambda recall: recall.prompt_tokens):
        if recall.found.median < USABLE_SHARE:
            break
        usable = recall.prompt_tokens
    return usable


@dataclass(frozen=True, slots=True)
class _Hidden:
    """One of the facts of a text; every length has other words for the same places."""

    number: int
    words: tuple[str, ...]

    def prompt(self, text: list[str]) -> Prompt:
        for number, word in reversed(list(enumerate(self.words))):
            place = round(depth(number, len(self.words)) * len(text))
            text.insert(place, f"The code word of the {_PLACES[number]} is {word}.")
        question = f"What is the code word of the {_PLACES[self.number]}?"
        question_text = f"Text:\n{' '.join(text)}\n\nQuestion: {question}"
        return Message("system", _INSTRUCTIONS), Message("user", question_text)


def depth(number: int, of: int) -> float:
    """Return where a fact lies in the text: 0 is its beginning, 1 its end."""
    return number / (of - 1) if of > 1 else 0.5


def _measure(bench: Bench, hidden: _Hidden, tokens: int, seed: int) -> Result:
    count = bench.llm.count_tokens
    room = tokens - len(hidden.words) * count(f"The code word of the {_PLACES[0]} is {_WORDS[0]}.")
    text = text_of(count, max(20, room), seed)
    reply = ask(bench.llm, hidden.prompt(text), _ANSWER_TOKENS)
    reply_text = reply.text.casefold()
    named = [word for word in hidden.words if word in reply_text]
    return {
        "found": named == [hidden.words[hidden.number]],
        "prompt_tokens": reply.prompt_tokens,
        "answer": reply.text[:200],
    }


def _recall(results: Sequence[Result], of: int) -> list[Recall]:
    lengths = [result["prompt_tokens"] for result in results if "error" not in result]
    if not lengths:
        return []
    missed = tuple(depth(number, of) for number, result in enumerate(results) if not result.get("found"))
    return [Recall(max(lengths), proportion(of - len(missed), of), missed)]
