"""How fast a model reads prompts of several lengths, and writes after them."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from functools import partial

from twolane.measure.compare.bench import Bench, Reply, ask
from twolane.measure.compare.filler import text_of
from twolane.measure.compare.plan import ComparisonPlan
from twolane.measure.compare.result import ModelSpeed
from twolane.measure.report.journal import Result
from twolane.measure.report.samples import summarise

# What any model goes on with, so that there is something to time.
_GO_ON = "\n\nThe numbers in order, as words: one, two, three, four, five, six, seven,"


def measure_speed(bench: Bench, plan: ComparisonPlan) -> tuple[ModelSpeed, ...]:
    """Time prompts of each length, none of which begins like another: nothing of them is cached.

    The time of the first token holds the request's way to the model too. Raises `ModelError`.
    """
    speeds = []
    for tokens in plan.lengths(bench.lane.context_tokens):
        replies = []
        for number in range(plan.repeats):
            asked = {"prompt_tokens": tokens, "generated": plan.generated_tokens, "number": number}
            result = bench.once("speed", asked, plan.speed_cost(tokens), partial(_measure, bench, asked))
            if "error" not in result:
                replies.append(Reply(**result))
        if replies:
            speeds.append(_speed(replies))
    return tuple(speeds)


def _measure(bench: Bench, asked: dict[str, int]) -> Result:
    count = bench.llm.count_tokens
    seed = 1000 * asked["prompt_tokens"] + asked["number"]
    text = " ".join(text_of(count, asked["prompt_tokens"] - count(_GO_ON), seed)) + _GO_ON
    # A server may remember the prompts of earlier runs: no two begin alike.
    reply = ask(bench.llm, f"{secrets.token_hex(4)}. {text}", asked["generated"])
    return asdict(reply) | {"prompt_tokens": reply.prompt_tokens or count(text)}


def _speed(replies: list[Reply]) -> ModelSpeed:
    rates = [rate for reply in replies if (rate := reply.generated_per_s) is not None]
    return ModelSpeed(
        prompt_tokens=round(sum(reply.prompt_tokens for reply in replies) / len(replies)),
        prompt_per_s=summarise([reply.prompt_tokens / reply.first_token_s for reply in replies]),
        generated_per_s=summarise(rates) if rates else None,
        first_token_s=summarise([reply.first_token_s for reply in replies]),
    )
