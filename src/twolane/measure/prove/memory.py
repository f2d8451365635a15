"""What each set-up takes of the memory, with its models loaded and in use."""

from __future__ import annotations

from collections.abc import Sequence

import psutil

from twolane.documents import LaneName
from twolane.errors import ModelError
from twolane.measure.compare.bench import served_bytes
from twolane.measure.prove.experiment import (
    SETUP_NAMES,
    ExperimentStep,
    Figure,
    Finding,
    Judgement,
    Results,
    Scale,
    Values,
    judged,
)
from twolane.measure.prove.rig import Rig, Setup, lanes_of
from twolane.measure.report.plots import Plot, bar_plot

_GB = 1e9


class MemoryExperiment:
    """Resources: a small model for small tasks is said to waste less."""

    name = "memory"
    title = "Resources: memory"
    about = (
        "The memory that is really used after filing and answering: each model's process, and all of twolane "
        "with it. Of a model in a server that is not ours, what the server says that it takes."
    )

    def steps(self, scale: Scale) -> Sequence[ExperimentStep]:
        return [
            ExperimentStep(self.name, "", setup, number, _measure, seconds=1.0)
            for number in range(scale.repeats)
            for setup in SETUP_NAMES
        ]

    def conclude(self, results: Results) -> Sequence[Finding]:
        missing = results.missing(self.name)
        return [
            judged(
                self.name,
                "Both lanes together need less memory than one large model that does everything.",
                [self._figure(results, "two", "models_gb"), self._figure(results, "one", "models_gb")],
                "less",
                _less,
                missing,
            ),
            judged(
                self.name,
                "A machine that only files needs less memory than one with the large model.",
                [self._figure(results, "two", "filing_gb"), self._figure(results, "one", "models_gb")],
                "less",
                _less,
                missing,
            ),
        ]

    def plots(self, results: Results) -> Sequence[Plot]:
        bars: tuple[tuple[str, Setup, str], ...] = (
            ("two lanes: filing model", "two", "filing_gb"),
            ("two lanes: chat model", "two", "chat_gb"),
            ("one model", "one", "models_gb"),
        )
        samples = [
            figure.sample if (figure := self._figure(results, setup, name)) else None
            for _, setup, name in bars
        ]
        return [bar_plot("Memory of the models", [shown for shown, _, _ in bars], {"GB": samples}, "GB")]

    def _figure(self, results: Results, setup: Setup, name: str) -> Figure | None:
        shown = {"models_gb": "all models", "filing_gb": "filing model", "chat_gb": "chat model"}[name]
        return results.figure(self.name, "", setup, name, "GB", f"{SETUP_NAMES[setup]}, {shown}")


def _less(figures: Sequence[Figure]) -> Judgement:
    ratio = figures[0].p50 / figures[1].p50
    return Judgement(ratio, ratio < 1.0, f"{ratio:.2f} times as much")


def _measure(rig: Rig) -> Values:
    values = {f"{lane}_gb": [_model_bytes(rig, lane) / _GB] for lane in lanes_of(rig.setup)}
    if rig.setup == "two" and not rig.app.settings.filing.use_model:
        values["filing_gb"] = [0.0]
    ours = psutil.Process()
    everything = sum(map(resident_bytes, [ours, *ours.children(recursive=True)]))
    return {
        **values,
        "models_gb": [sum(value for one in values.values() for value in one)],
        "everything_gb": [everything / _GB],
    }


def _model_bytes(rig: Rig, lane: LaneName) -> float:
    process, llm = rig.process(lane), rig.app.models.runtime(lane)
    held = resident_bytes(process) if process else float(served_bytes(llm))
    if not held and process:
        raise ModelError(f"the process of the {lane} lane's model is gone: its memory is not known")
    if not held:
        raise ModelError(f"the server of {llm.model} does not say how much memory it takes")
    return held


def resident_bytes(process: psutil.Process) -> float:
    """Return the memory that a process holds, with its part of what it shares where that is known."""
    try:
        full = process.memory_full_info()
        return float(getattr(full, "pss", full.rss))
    except psutil.NoSuchProcess:
        return 0.0
    except psutil.AccessDenied:
        return float(process.memory_info().rss)
