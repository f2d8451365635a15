"""Compares models on this machine, one after the other: the measurements of each, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from twolane.app import App, open_model
from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelError, ModelMissingError, ModelUnreachableError
from twolane.filing.tiers.small_model import PromptForm
from twolane.lanes.resolve import lane_of_model
from twolane.llm.base import LLM
from twolane.llm.catalogue.models import find_model, prompt_form
from twolane.measure.compare.answers import measure_answers
from twolane.measure.compare.bench import Bench
from twolane.measure.compare.context import measure_context, usable_tokens
from twolane.measure.compare.filing import measure_filing
from twolane.measure.compare.instructions import measure_instructions
from twolane.measure.compare.labels import LabelledSet
from twolane.measure.compare.load import measure_load, measure_memory
from twolane.measure.compare.plan import ComparisonPlan
from twolane.measure.compare.result import ModelResult
from twolane.measure.compare.speed import measure_speed
from twolane.measure.compare.verdict import verdicts
from twolane.measure.report.journal import Journal, Progress, alone


@dataclass(frozen=True, slots=True)
class Contender:
    """A model to compare: its lane, its digest, and how it is asked for a category."""

    lane: LaneSettings
    digest: str
    form: PromptForm


def contenders(app: App, models: Sequence[str], url: str = "", context_tokens: int = 0) -> list[Contender]:
    """Look at every model before any is measured: an hour's run must not end at a name that was mistyped.

    Raises `ModelMissingError` and `ModelUnreachableError` with what to do.
    """
    found = []
    for model in dict.fromkeys(models):
        lane = lane_of_model(app.settings, model, url=url)
        if context_tokens:
            lane = lane.model_copy(update={"context_tokens": context_tokens})
        with closing(open_model(app.settings, lane)) as llm:
            health = llm.health()
            if not health.ready:
                kind = ModelMissingError if health.reachable or not lane.url else ModelUnreachableError
                raise kind(f"{model}: {health.detail}", health.remedy)
            digest = model_digest(lane, llm, app.settings.models_dir)
        found.append(Contender(lane, digest, prompt_form(model, app.settings.models_dir)))
    return found


def model_digest(lane: LaneSettings, llm: LLM, models_dir: Path) -> str:
    """Return what tells a model's content from another's: its file's digest, or what its server says.

    A file of the user's own is known by its size and time. Raises `ModelError` and `NotFoundError`.
    """
    if lane.runtime == "embedded":
        file = find_model(lane.model, models_dir).files[0]
        if file.sha256:
            return file.sha256
        stat = Path(file.name).stat()
        return f"{stat.st_size}-{stat.st_mtime_ns}"
    digests = {info.name: info.digest for info in llm.models()}
    digest = digests.get(lane.model) or digests.get(f"{lane.model}:latest") or ""
    return f"{lane.url} {lane.model} {digest}".strip()


def compare(
    app: App,
    models: Sequence[Contender],
    plan: ComparisonPlan,
    labelled: LabelledSet,
    journal: Journal,
    report: Callable[[Progress], None] = lambda _: None,
) -> Iterator[ModelResult]:
    """Measure one model after the other; each is put out of memory before the next one is loaded.

    What a model could not do is in its result's `error`. Closing the iterator, or Ctrl-C, ends the model's
    process; what was finished is in the journal.
    """
    plan = replace(plan, documents=min(plan.documents, len(labelled.documents)))
    total = sum(plan.cost(model.lane.context_tokens) for model in models)
    done = 0.0
    for model in models:

        def show(work: float, step: str, before: float = done, name: str = model.lane.model) -> None:
            report(Progress(before + work, total, f"{name}: {step}"))

        with closing(
            Bench(model.lane, partial(open_model, app.settings), journal, model.digest, show)
        ) as bench:
            result = _measured(bench, model, plan, labelled)
        done += plan.cost(model.lane.context_tokens)
        yield replace(result, verdicts=verdicts(result, quick=plan.quick))


def _measured(bench: Bench, model: Contender, plan: ComparisonPlan, labelled: LabelledSet) -> ModelResult:
    """Measure everything in the order in which a person would ask, until something fails for good."""
    lane = model.lane
    result = ModelResult(lane.model, lane.runtime, model.digest, lane.threads, lane.context_tokens)
    try:
        bench.begin("loading")
        result = replace(result, load=measure_load(bench, plan))
        bench.begin("speed")
        result = replace(result, speeds=measure_speed(bench, plan))
        bench.begin("context")
        recalls = measure_context(bench, plan)
        result = replace(result, recalls=recalls, usable_context_tokens=usable_tokens(recalls))
        result = replace(result, memory=measure_memory(bench))
        bench.begin("filing")
        result = replace(result, filing=measure_filing(bench, labelled, model.form))
        bench.begin("answers")
        result = replace(result, answers=measure_answers(bench, plan))
        bench.begin("instructions")
        result = replace(result, instructions=measure_instructions(bench, plan))
    except ModelError as error:
        result = replace(result, error=str(error))
    return replace(result, failures=bench.failures)


@contextmanager
def opened_journal(folder: Path, *, fresh: bool = False) -> Iterator[Journal]:
    """Open the journal in which a run that was stopped left what it had; with `fresh` it is emptied first.

    Raises `TwolaneError` where another run is at it: two at once would measure each other.
    """
    with alone(folder / "compare.lock", "another comparison is under way in this library"):
        journal = Journal(folder / "compare.jsonl")
        if fresh:
            journal.clear()
        yield journal
