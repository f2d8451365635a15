"""Compares models on this machine, one after the other: the measurements of each, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from twolane.app import App, open_model
from twolane.config.settings import LaneSettings
from twolane.errors import ModelError, ModelMissingError, ModelUnreachableError, TwolaneError
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
from twolane.measure.report.journal import Journal


@dataclass(frozen=True, slots=True)
class Contender:
    """A model to compare: its lane, its digest, and how it is asked for a category."""

    lane: LaneSettings
    digest: str
    form: PromptForm


@dataclass(frozen=True, slots=True)
class ComparisonProgress:
    """How far a comparison is, in the plan's units of work, and which model is at it with what."""

    done: float
    total: float
    model: str
    step: str


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
            digest = model_digest(lane, llm)
        found.append(Contender(lane, digest, prompt_form(model)))
    return found


def model_digest(lane: LaneSettings, llm: LLM) -> str:
    """Return what tells a model's content from another's: its file's digest, or what its server says.

    A file of the user's own is known by its size and time. Raises `ModelError` and `NotFoundError`.
    """
    if lane.runtime == "embedded":
        file = find_model(lane.model).files[0]
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
    report: Callable[[ComparisonProgress], None] = lambda _: None,
    *,
    quick: bool = False,
) -> Iterator[ModelResult]:
    """Measure one model after the other; each is put out of memory before the next one is loaded.

    What a model could not do is in its result's `error`. Closing the iterator, or Ctrl-C, ends the model's
    process; what was finished is in the journal.
    """
    plan = replace(plan, documents=min(plan.documents, len(labelled.documents)))
    total = sum(plan.cost(model.lane.context_tokens) for model in models)
    done = 0.0
    for model in models:
        run = _ComparisonRun(
            model, plan, labelled, partial(_report_step, report, done, total, model.lane.model)
        )
        bench = Bench(model.lane, partial(open_model, app.settings), journal, model.digest, run.advance)
        with closing(bench):
            result = run.measure(bench)
        done += plan.cost(model.lane.context_tokens)
        yield replace(result, verdicts=verdicts(result, quick=quick))


def _report_step(
    report: Callable[[ComparisonProgress], None],
    before: float,
    total: float,
    model: str,
    done: float,
    step: str,
) -> None:
    report(ComparisonProgress(before + done, total, model, step))


class _ComparisonRun:
    """The measurements of one model, in the order in which a person would ask."""

    def __init__(
        self,
        model: Contender,
        plan: ComparisonPlan,
        labelled: LabelledSet,
        report: Callable[[float, str], None],
    ) -> None:
        self._model = model
        self._plan = plan
        self._labelled = labelled
        self._report = report
        self._done = 0.0
        self._step = "loading"

    def advance(self, cost: float) -> None:
        self._done += cost
        self._report(self._done, self._step)

    def measure(self, bench: Bench) -> ModelResult:
        """Measure everything, or as much as there is before something fails for good."""
        lane, plan = self._model.lane, self._plan
        result = ModelResult(lane.model, lane.runtime, self._model.digest, lane.threads, lane.context_tokens)
        try:
            self._begin("loading")
            result = replace(result, load=measure_load(bench, plan))
            self._begin("speed")
            result = replace(result, speeds=measure_speed(bench, plan))
            self._begin("context")
            recalls = measure_context(bench, plan)
            result = replace(result, recalls=recalls, usable_context_tokens=usable_tokens(recalls))
            result = replace(result, memory=measure_memory(bench))
            self._begin("filing")
            filing = measure_filing(bench, plan, self._labelled, self._model.form)
            result = replace(result, filing=filing)
            self._begin("answers")
            result = replace(result, answers=measure_answers(bench, plan))
            self._begin("instructions")
            result = replace(result, instructions=measure_instructions(bench, plan))
        except ModelError as error:
            result = replace(result, error=str(error))
        return replace(result, failures=bench.failures)

    def _begin(self, step: str) -> None:
        self._step = step
        self._report(self._done, step)


@contextmanager
def opened_journal(folder: Path, *, fresh: bool = False) -> Iterator[Journal]:
    """Open the journal in which a run that was stopped left what it had; clear it when all is told.

    Raises `TwolaneError` where another run is at it: two at once would measure each other.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "compare.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise TwolaneError(
            "another comparison is under way in this library", "wait for it: two at once measure each other"
        ) from error
    try:
        journal = Journal(folder / "compare.jsonl")
        if fresh:
            journal.clear()
        yield journal
    finally:
        lock.release()
