"""How long a model takes until it is in memory, and how much of that it then holds."""

from __future__ import annotations

import time

from twolane.measure.compare.bench import Bench
from twolane.measure.compare.plan import LOAD_COST, ComparisonPlan
from twolane.measure.compare.result import LoadTime, ModelMemory
from twolane.measure.report.journal import Result
from twolane.measure.report.samples import summarise

_HELD = "the server keeps its model, and cannot be asked to load it anew"


def measure_load(bench: Bench, plan: ComparisonPlan) -> LoadTime:
    """Load the model several times, each time anew. Raises `ModelError`."""

    def ready() -> Result:
        bench.llm.load()
        return True

    if bench.lane.runtime == "openai":
        bench.once("ready", {}, plan.loads * LOAD_COST, ready)
        return LoadTime(None, _HELD)

    def measure() -> Result:
        bench.reopen()
        started = time.perf_counter()
        bench.llm.load()
        return {"seconds": time.perf_counter() - started, "resident_bytes": bench.resident_bytes()}

    results = [bench.once("load", {"number": number}, LOAD_COST, measure) for number in range(plan.loads)]
    seconds = [result["seconds"] for result in results if "error" not in result]
    # The first may wait for the disk; afterwards the system holds the file in its cache.
    return LoadTime(summarise(seconds) if seconds else None, "the file may be in the system's cache")


def measure_memory(bench: Bench) -> ModelMemory:
    """Return what the model holds now: called when the longest prompt is behind it."""
    result = bench.once("memory", {}, 0.0, lambda: _resident(bench))
    found = result.get("resident_bytes", 0)
    if not found:
        return ModelMemory(None, "its server does not say")
    source = "the server's own figure" if bench.lane.runtime == "ollama" else "resident memory of its process"
    return ModelMemory(found, source)


def _resident(bench: Bench) -> Result:
    bench.llm.load()  # a run that goes on has not loaded it yet
    return {"resident_bytes": bench.resident_bytes()}
