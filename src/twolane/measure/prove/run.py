"""Runs the experiments: set-ups are opened in turns, and each finished step is kept."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from twolane import __version__
from twolane.app import App, open_app
from twolane.config.settings import Settings
from twolane.errors import ModelMissingError, ModelUnreachableError, SettingsError, TwolaneError
from twolane.lanes.resolve import missing_models
from twolane.measure.prove.claims import Experiment
from twolane.measure.prove.experiment import GIVEN_UP, SETUP_NAMES, ExperimentStep, Results, Scale
from twolane.measure.prove.forecast import Forecast
from twolane.measure.prove.processes import in_thread
from twolane.measure.prove.rig import Rig
from twolane.measure.prove.setups import Setup, measured_lanes, measured_settings
from twolane.measure.prove.strategy import Proof, conclude, facts_of
from twolane.measure.report.html import Fact
from twolane.measure.report.journal import Journal, Progress, alone
from twolane.measure.report.plots import check_plots
from twolane.measure.report.quiet import Quiet

log = logging.getLogger(__name__)

_RECOVERY_S = 120.0
_SHOW_EVERY_S = 0.5
_SERIALS = 1_000_000


class ProveRun:
    """One run of some experiments on the user's lanes; one that was stopped goes on from its journal.

    It works in `folder`, where it leaves only the journal of a run that was stopped. `show` is called again
    and again while it measures, from a thread, and must not raise.
    """

    def __init__(
        self,
        settings: Settings,
        chosen: Sequence[Experiment],
        scale: Scale,
        folder: Path,
        show: Callable[[Progress], None] = lambda _progress: None,
    ) -> None:
        self.kept = 0
        self._settings = settings
        self._chosen = chosen
        self._scale = scale
        self._folder = folder
        self._show = show
        self._results = Results()
        self._forecast = Forecast(quick=scale.quick)
        self._journal = Journal(folder / "journal.jsonl")
        self._digest = ""

    def prove(self, *, fresh: bool = False) -> Proof:
        """Measure what is not measured yet, and judge every claim; a step that fails only leaves gaps.

        With `fresh` nothing is taken from a run that was stopped.
        Raises `ModelMissingError` and `ModelUnreachableError` where a lane cannot work at all,
        `TwolaneError` where another run is under way, and `SettingsError` where plots cannot be drawn.
        """
        check_plots()
        with alone(self._folder / "lock", "another `twolane prove` is measuring"):
            for folder in self._folder.glob("work-*"):  # of a run that was killed
                shutil.rmtree(folder, ignore_errors=True)
            if fresh:
                self._journal.clear()
            facts, quiet = self._look(), Quiet()
            steps = self._unmeasured()
            self._forecast.plan(steps)
            with in_thread(self._show_progress, "progress"):
                for _, group in groupby(steps, lambda step: step.rig):
                    self._with_rig(list(group))
            others = quiet.others_percent()
            if steps and others >= 0:
                facts += (Fact("Quiet", f"other programs used {others:.0f} % of the processor meanwhile"),)
            return conclude(self._chosen, self._results, self._scale, facts)

    def forget(self) -> None:
        """Drop what was kept, once the proof has been written down: the next run measures anew."""
        self._journal.clear()

    @contextmanager
    def _work(self) -> Iterator[Path]:
        """Make a folder for a set-up, and remove it with all that is in it."""
        with TemporaryDirectory(prefix="work-", dir=self._folder, ignore_cleanup_errors=True) as name:
            yield Path(name)

    def _look(self) -> tuple[Fact, ...]:
        """Check that both set-ups can work; return the report's head."""
        lanes: dict[str, str] = {}
        for setup in SETUP_NAMES:
            with self._work() as folder:
                settings = self._measured(setup, folder, 0)
                with open_app(settings, measured_lanes(settings, setup)) as app:
                    _check(app)
                    lanes |= _lanes(app, setup)
        parts = (__version__, repr(self._settings), repr(lanes), str(psutil.cpu_count()))
        self._digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
        return facts_of(self._settings, lanes)

    def _measured(self, setup: Setup, folder: Path, workers: int) -> Settings:
        return measured_settings(self._settings, setup, folder, quick=self._scale.quick, workers=workers)

    def _unmeasured(self) -> list[ExperimentStep]:
        """Take up what the journal holds, and return the other steps in the order of measuring."""
        left = []
        for step in sorted((step for one in self._chosen for step in one.steps(self._scale)), key=_turn):
            kept = self._journal.recall(step.experiment, self._parameters(step), self._digest)
            if kept is None:
                left.append(step)
            else:
                self._results.add(step, kept["values"])
                self._forecast.learn(step, kept["seconds"])
                self.kept += 1
        return left

    def _parameters(self, step: ExperimentStep) -> dict[str, object]:
        scale = asdict(self._scale) | {"repeats": 0}  # more rounds go on from fewer
        named = {name: getattr(step, name) for name in ("part", "setup", "round", "workers")}
        return named | {"scale": json.dumps(scale)}

    def _with_rig(self, steps: Sequence[ExperimentStep]) -> None:
        """Measure all steps of a set-up, in a new one where a failure has spoilt the last."""
        while steps:
            with self._work() as folder:
                steps = self._measure(steps, folder)

    def _measure(self, steps: Sequence[ExperimentStep], folder: Path) -> Sequence[ExperimentStep]:
        """Open a set-up and measure steps; return those that are left where it no longer works."""
        first = steps[0]
        self._forecast.open(first, f"opening {SETUP_NAMES[first.setup]}")
        settings = self._measured(first.setup, folder, first.workers)
        memos = self._scale.memos if any(step.questions for step in steps) else 0
        with closing(Rig(settings, first.setup, folder, serial=self._serial(), memos=memos)) as rig:
            try:
                rig.start()
            except TwolaneError as error:
                for step in steps:
                    self._fail(step, error)
                return ()
            for number, step in enumerate(steps, 1):
                self._forecast.begin(f"{step.experiment}, {SETUP_NAMES[step.setup]}")
                try:
                    self._measure_step(step, rig)
                except TwolaneError as error:
                    self._fail(step, error)
                    if not rig.wait_for(rig.is_idle, _RECOVERY_S):
                        return steps[number:]
        return ()

    def _serial(self) -> int:
        """Return a number that no set-up had before: not in this run, nor before it was stopped.

        It begins with the clock: a server may still remember the prompts of another run, which took longer
        than a second for each set-up.
        """
        last = self._journal.recall("serial", {})
        serial = int(time.time()) % _SERIALS if last is None else int(last) + 1
        self._journal.keep("serial", {}, "", serial)
        return serial

    def _measure_step(self, step: ExperimentStep, rig: Rig) -> None:
        started, given_up = time.monotonic(), rig.given_up
        values = {name: list(found) for name, found in step.measure(rig).items()}
        values[GIVEN_UP] = [float(rig.given_up - given_up)]
        seconds = time.monotonic() - started
        kept = {"values": values, "seconds": seconds}
        self._journal.keep(step.experiment, self._parameters(step), self._digest, kept)
        self._results.add(step, values)
        self._forecast.learn(step, seconds)
        self._forecast.done(step)

    def _fail(self, step: ExperimentStep, error: TwolaneError) -> None:
        log.warning("%s (%s) could not be measured: %s", step.experiment, step.setup, error)
        self._results.fail(step, error.what)
        self._forecast.done(step)

    def _show_progress(self, stop: threading.Event) -> None:
        """Show how far the run is, in a thread of its own: an answer may take minutes."""
        while not stop.wait(_SHOW_EVERY_S):
            self._show(self._forecast.progress())


def _turn(step: ExperimentStep) -> tuple[int, bool, bool, int]:
    """Return where a step stands: set-ups take turns, and the other one begins in every second round."""
    later = (step.setup == "one") is (step.round % 2 == 0)
    return step.round, step.workers > 0, later, step.workers


def _lanes(app: App, setup: Setup) -> dict[str, str]:
    """Return what runs in a set-up, lane by lane, for people."""
    found = {}
    for name, lane in app.lanes.items():
        shown = "One model, for both" if setup == "one" else f"Two lanes, {name}"
        threads = f", {lane.threads} threads" if lane.runtime in {"embedded", "ollama"} else ""
        model = f"{lane.model or 'a stand-in'} by {lane.runtime}{threads}"
        found[shown] = f"{model}, {lane.context_tokens:,} tokens of context"
    if setup == "two" and not app.settings.filing.use_model:
        found["Two lanes, filing"] = "no model: rules and similarity alone"
    return found


def _check(app: App) -> None:
    if not app.settings.chat.use_model:
        raise SettingsError("the chat lane has no model to measure", "set chat.use_model = true")
    if missing := missing_models(app.settings):
        raise ModelMissingError(f"not fetched yet: {', '.join(missing)}", "run `twolane models pull` once")
    for name in app.lanes:
        health = app.poller.lane(name).health
        if not health.ready:
            raise ModelUnreachableError(f"the {name} lane is not ready: {health.detail}", health.remedy)
