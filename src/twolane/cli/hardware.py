"""`twolane hardware`: the machine, the profile that suits it, and whether the settings' models fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import Output, size
from twolane.hardware.machine.base import Cores, Gpu, Machine, MachineMemory, Measurement
from twolane.hardware.plan.choose import Proposal
from twolane.hardware.plan.residency import ResidencyPlan

T = TypeVar("T")


def hardware(
    ctx: typer.Context,
    recorded: Annotated[
        Path | None,
        typer.Option(help="Judge a machine that `hardware --json` recorded elsewhere, not this one."),
    ] = None,
    json: Json = False,
) -> None:
    """Show the machine, the profile that suits it, and whether the models of the settings fit."""
    from twolane.app import describe_lane
    from twolane.config.ollama_host import where_ollama_is
    from twolane.hardware.machine.probe import probe
    from twolane.hardware.plan.choose import choose_profile
    from twolane.lanes.fit import plan_settings
    from twolane.llm.runtimes.kernels.standing import standing

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    if recorded:
        machine = Machine.load(recorded)
    else:
        machine = probe(settings.models_dir, ollama_url=where_ollama_is(settings.ollama_host))
    proposal = choose_profile(machine)
    # A machine recorded elsewhere does not have the servers that answer here.
    plan = plan_settings(settings, machine, describe=None if recorded else describe_lane)
    output.value({"machine": machine, "proposal": proposal, "plan": plan})
    output.table(("part", "this machine" if recorded is None else str(recorded)), machine_rows(machine))
    if recorded is None:
        kernels = standing(settings.models_dir)
        output.line(kernels.what)
        if kernels.remedy:
            output.line(f"  → {kernels.remedy}")
    output.line()
    show_proposal(output, proposal)
    output.line()
    show_plan(output, plan, f"the models of {settings.source or 'the default settings'}")


def machine_rows(machine: Machine) -> list[tuple[str, str]]:
    """Return what is known of a machine, for people, and why the rest is not known."""
    return [
        ("system", f"{machine.system}, {machine.architecture}"),
        ("processor", _shown(machine.processor, str)),
        ("cores", _shown(machine.cores, _cores)),
        ("instructions", _shown(machine.instructions, ", ".join)),
        ("memory", _shown(machine.memory, _memory)),
        ("GPUs", _shown(machine.gpus, lambda gpus: "; ".join(map(_gpu, gpus)))),
        ("NPU", _shown(machine.npu, str)),
        ("disk", _shown(machine.disk_free_bytes, lambda free_bytes: f"{size(free_bytes)} free")),
        ("container", _shown(machine.container, str)),
        ("model servers", _shown(machine.servers, ", ".join)),
    ]


def _shown(found: Measurement[T], words: Callable[[T], str]) -> str:
    return f"unknown: {found.unknown}" if found.value is None else words(found.value) or "none"


def _cores(cores: Cores) -> str:
    kinds = f"{cores.performance} performance, {cores.efficient} efficient, " if cores.efficient else ""
    limit = f" ({cores.limit})" if cores.limit else ""
    return f"{cores.physical} cores ({kinds}{cores.logical} threads); {cores.usable} for a model{limit}"


def _memory(memory: MachineMemory) -> str:
    limit = f", by its {memory.limit}" if memory.limit else ""
    return f"{size(memory.total_bytes)}{limit}, {size(memory.free_bytes)} free"


def _gpu(gpu: Gpu) -> str:
    parts = [f"{gpu.name} ({gpu.vendor})"]
    parts += [size(gpu.memory_bytes)] if gpu.memory_bytes else []
    parts += [f"{size(gpu.free_bytes)} free"] if gpu.free_bytes is not None else []
    parts += [gpu.note] if gpu.note else []
    parts += [f"not used: {gpu.unused}"] if gpu.unused else []
    return ", ".join(parts)


def show_proposal(output: Output, proposal: Proposal) -> None:
    """Print the profile that suits a machine, why, and what would change that."""
    chosen = proposal.profile
    output.line(f"proposed: profile {chosen.name}, {chosen.title}", "bold")
    for lane, choice in (("filing", chosen.filing), ("chat", chosen.chat)):
        model = f"{choice.model} ({choice.quantisation})" if choice.model else "no model"
        output.line(f"  {lane}: {model}: {choice.why}")
        for other in choice.alternatives:
            output.line(
                f"    or {other.model or 'no model'}: {other.why}"
                + (f" ({other.since})" if other.since else "")
            )
    for reason in proposal.reasons:
        output.line(f"  because: {reason}")
    for change in proposal.would_change_its_mind:
        output.line(f"  would change its mind: {change}")
    show_verdict(output, proposal.plan, "  it")


def show_plan(output: Output, plan: ResidencyPlan, title: str) -> None:
    """Print a residency plan: each part with its need, the memory that is there, and the verdict."""
    rows = [
        (
            item.what,
            item.place,
            *(
                size(part) if part else ""
                for part in (item.weights_bytes, item.cache_bytes, item.buffer_bytes)
            ),
            size(item.needed_bytes) if item.needed_bytes else "",
            item.source,
        )
        for item in plan.items
    ]
    output.table(("what", "where", "weights", "context", "buffers", "together", "known from"), rows, title)
    for place in plan.places:
        if place.total_bytes is not None:
            free = "" if place.free_bytes is None else f", {size(place.free_bytes)} free"
            grows = (
                f"; old prompts and reading may add {size(place.grows_bytes)}" if place.grows_bytes else ""
            )
            output.line(f"{place.name}: {size(place.needed_bytes)} of {size(place.total_bytes)}{free}{grows}")
    show_verdict(output, plan, "it", "bold")


def show_verdict(output: Output, plan: ResidencyPlan, what: str, style: str = "") -> None:
    """Print whether something fits, what is assumed for that, and how Ollama should be set."""
    output.line(f"{what} {_verdict(plan)}", style)
    for note in plan.notes:
        output.line(f"  {note}")
    for line in plan.settings:
        output.line(f"  Ollama's environment: {line}")


def _verdict(plan: ResidencyPlan) -> str:
    if plan.verdict == "fits":
        return "fits"
    if plan.verdict == "fits if":
        return "fits if " + ", and ".join(plan.conditions)
    if plan.verdict == "unknown":
        return "may fit: too little is known of the machine or of a model"
    return "does not fit: " + "; ".join(plan.refusals)
