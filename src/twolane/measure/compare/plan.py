"""How much `twolane compare` measures: the whole, or a quick look."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from twolane.measure.data import read_data

# What a written token costs beside a read one, roughly, on a CPU: the bar guesses the time left by it.
_GENERATED_COST = 5.0
LOAD_COST = 800.0
DOCUMENT_COST = 200.0
QUESTION_COST = 500.0 + _GENERATED_COST * 25
CHECK_COST = 60.0 + _GENERATED_COST * 30
NEUTRAL_DOCUMENTS = 4  # which the filing lane asks about to know a model's bias


@dataclass(frozen=True, slots=True)
class ComparisonPlan:
    """Numbers of repetitions, lengths in tokens and shares of the context, and how many items of each set;
    a `quick` look has too few values to judge by."""

    repeats: int
    loads: int
    prompt_tokens: tuple[int, ...]
    generated_tokens: int
    context_shares: tuple[float, ...]
    needles: int
    documents: int
    questions: int
    answer_tokens: int
    checks: int
    quick: bool = False

    def cost(self, context_tokens: int) -> float:
        """Return a guess of the work for one model, in prompt tokens."""
        speed = sum(self.speed_cost(tokens) for tokens in self.lengths(context_tokens)) * self.repeats
        context = sum(self.needle_cost(share, context_tokens) for share in self.context_shares) * self.needles
        documents = (self.documents + NEUTRAL_DOCUMENTS) * DOCUMENT_COST
        items = documents + self.questions * QUESTION_COST
        return self.loads * LOAD_COST + speed + context + items + self.checks * CHECK_COST

    def lengths(self, context_tokens: int) -> tuple[int, ...]:
        """Return the prompts' lengths that fit the context beside what is generated."""
        most = int(0.9 * (context_tokens - self.generated_tokens))
        return tuple(sorted({min(tokens, most) for tokens in self.prompt_tokens}))

    def speed_cost(self, tokens: int) -> float:
        return tokens + _GENERATED_COST * self.generated_tokens

    def needle_cost(self, share: float, context_tokens: int) -> float:
        return share * context_tokens / self.needles + 120


def shipped_plan(*, quick: bool) -> ComparisonPlan:
    """Return the whole plan, or that of a quick look."""
    plans = TypeAdapter(dict[str, ComparisonPlan]).validate_python(read_data("compare/plans"))
    return plans["quick" if quick else "whole"]
