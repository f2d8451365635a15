"""How exactly a model follows instructions on the form of its answer."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

from twolane.llm.base import Message
from twolane.measure.compare.bench import Bench, ask
from twolane.measure.compare.checks import shipped_checks
from twolane.measure.compare.plan import CHECK_COST, ComparisonPlan
from twolane.measure.compare.result import Instructions
from twolane.measure.report.journal import Result
from twolane.measure.report.samples import proportion

_ANSWER_TOKENS = 80


def measure_instructions(bench: Bench, plan: ComparisonPlan) -> Instructions | None:
    """Ask what each shipped check asks, and judge the answers' forms. Raises `ModelError`."""
    checks = shipped_checks()[: plan.checks]
    failed, answered, thinks = [], 0, False
    for check in checks:
        result = bench.once("check", {"ask": check.ask}, CHECK_COST, partial(_asked, bench, check.ask))
        if "error" in result:
            continue
        answered += 1
        thinks = thinks or "<think" in result["text"]
        if not check.passes(result["text"]):
            failed.append(check.name)
    if not answered:
        return None
    return Instructions(proportion(answered - len(failed), answered), tuple(failed), thinks)


def _asked(bench: Bench, question: str) -> Result:
    return asdict(ask(bench.llm, (Message("user", question),), _ANSWER_TOKENS))
