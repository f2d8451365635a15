"""How exactly a model follows instructions on the form of its answer."""

from __future__ import annotations

from twolane.llm.base import Message
from twolane.measure.compare.bench import Bench
from twolane.measure.compare.checks import shipped_checks
from twolane.measure.compare.plan import CHECK_COST, ComparisonPlan
from twolane.measure.compare.result import Instructions
from twolane.measure.report.samples import proportion

_ANSWER_TOKENS = 80


def measure_instructions(bench: Bench, plan: ComparisonPlan) -> Instructions | None:
    """Ask what each shipped check asks, and judge the answers' forms. Raises `ModelError`."""
    checks = shipped_checks()[: plan.checks]
    failed, answered, thinks = [], 0, False
    for check in checks:
        prompt = (Message("user", check.ask),)
        result = bench.reply("check", {"ask": check.ask}, CHECK_COST, prompt, _ANSWER_TOKENS)
        if "error" in result:
            continue
        answered += 1
        thinks = thinks or "<think" in result["text"]
        if not check.passes(result["text"]):
            failed.append(check.name)
    if not answered:
        return None
    return Instructions(proportion(answered - len(failed), answered), tuple(failed), thinks)
