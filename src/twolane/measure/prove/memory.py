"""What each set-up takes of the memory, with its models loaded and in use."""

from __future__ import annotations

from collections.abc import Sequence

import psutil

from twolane.documents import LaneName
from twolane.errors import ModelError
from twolane.measure.compare.bench import served_bytes
from twolane.measure.prove.experiment import SETUP_NAMES, ExperimentStep, Scale, Values
from twolane.measure.prove.processes import model_process
from twolane.measure.prove.rig import Rig
from twolane.measure.prove.setups import lanes_of

_GB = 1e9


def memory_steps(scale: Scale) -> Sequence[ExperimentStep]:
    """Look at the memory after whatever else is measured in a set-up."""
    return [
        ExperimentStep("memory", "", setup, number, _measure, seconds=1.0)
        for number in range(scale.repeats)
        for setup in SETUP_NAMES
    ]


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
    process, llm = model_process(rig.app, lane), rig.app.models.runtime(lane)
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
