"""Checks of what both lanes need, which change nothing: all for `twolane doctor`, filing's before `add`."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from twolane.app import App, describe_lane
from twolane.config.addresses import without_password
from twolane.documents import FileState, Tier, display_path
from twolane.errors import ModelMissingError, ModelUnreachableError
from twolane.extract import confinement, ocr_engine
from twolane.hardware.machine.probe import free_bytes as free_bytes_of
from twolane.hardware.machine.probe import probe
from twolane.hardware.plan.loads import MEMORY
from twolane.hardware.plan.profiles import usable_cores
from twolane.installed import install_line
from twolane.lanes.fit import plan_settings
from twolane.lanes.languages import told_of_languages
from twolane.lanes.resolve import in_turn, missing_models, used_models
from twolane.lanes.snapshot import LaneSnapshot
from twolane.llm.runtimes.kernels.standing import standing
from twolane.system import kind

_SPARE_BYTES = 1_000_000_000


Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check; every level but "ok" has a remedy."""

    level: Level
    what: str
    remedy: str = ""


def checkup(app: App) -> Iterator[CheckResult]:
    """Yield a result for each thing that both lanes need."""
    source = app.settings.source
    yield CheckResult("ok", f"settings: {source or 'the defaults (no settings file)'}")
    yield from _library(app)
    yield from _clock(app)
    yield from _backups(app)
    yield from unfinished_plans(app)
    yield from _models(app)
    for name in app.lanes:
        yield _lane(app.poller.told_lane(name))
    if any(lane.runtime == "embedded" for lane in app.lanes.values()):
        yield _kernels(app)
    languages = app.library.counts().languages
    vectors = told_of_languages(app.poller.embedder(), app.settings.embedding, languages)
    level: Level = "problem" if not vectors.ready else "warning" if vectors.remedy else "ok"
    yield CheckResult(level, f"vectors: {vectors.detail}", vectors.remedy)
    if model := app.library.stale_vectors():
        what = f"vectors: the index holds those of {model}, not of {app.settings.embedding.model}"
        yield CheckResult("problem", what, "`twolane models reembed`, or set that embedding model again")
    yield from _cores(app)
    yield from _fit(app)
    yield _ocr(app)
    yield _confined()
    yield from _mail(app)


def check_filing(app: App) -> None:
    """Fail early where filing cannot work. Raises `ModelMissingError` and `ModelUnreachableError`."""
    used = used_models(app.settings)
    missing = [name for name in missing_models(app.settings) if used[name] != ["chat"]]
    if missing:
        raise ModelMissingError(f"not fetched yet: {', '.join(missing)}", "run `twolane models pull` once")
    health = app.poller.lane("filing").health
    if not health.ready and app.lanes["filing"].runtime != "embedded":
        raise ModelUnreachableError(f"the filing lane is not ready: {health.detail}", health.remedy)


def _library(app: App) -> Iterator[CheckResult]:
    folder = app.settings.data_dir
    address = without_password(app.settings.store_url)
    where = f"{folder} and {address}" if "postgres" in address.partition(":")[0] else f"{folder}"
    free_bytes: int | None = None
    try:
        free_bytes = free_bytes_of(folder)
    except OSError as error:
        yield CheckResult(
            "problem", f"library: {folder} is on no disk that is there: {error}", "mount that disk"
        )
    if free_bytes is not None and free_bytes < _SPARE_BYTES:
        yield CheckResult(
            "problem", f"library: {folder} has {free_bytes / 1e9:.1f} GB left", "make room on that disk"
        )
    faults = list(app.library.faults())
    for fault in faults:
        remedy = app.backups.remedy() or "delete the library and add your folders again"
        yield CheckResult("problem", f"library: {fault}", remedy)
    if not faults:
        free = "" if free_bytes is None else f", {free_bytes / 1e9:.0f} GB free"
        yield CheckResult("ok", f"library: {where} is sound{free}")
    parked = app.library.counts().files.get(FileState.QUARANTINED, 0)
    if parked:
        remedy = "`twolane files --state quarantined` says why; add them again once that is mended"
        yield CheckResult("warning", f"library: {parked} files in quarantine", remedy)
    if notice := app.categories.notice:
        yield CheckResult("warning", "taxonomy: the file says something else than the library", notice)


def _clock(app: App) -> Iterator[CheckResult]:
    far = app.library.far_jobs()
    if far.jobs:
        hours = far.ahead_s / 3600
        ahead = f"{hours / 24:,.0f} days" if hours > 48 else f"{hours:.0f} hours"
        what = f"clock: {far.jobs:,} jobs wait for a time up to {ahead} ahead, set by a clock that was wrong"
        remedy = "see that this machine's clock is right; `twolane worker` or `twolane serve` then does them"
        yield CheckResult("warning", what, remedy)


def _backups(app: App) -> Iterator[CheckResult]:
    state = app.backups.state()
    if state.failure:
        yield CheckResult("problem", f"backup: the last one was not made: {state.failure}", state.remedy)
    if state.newest is None:
        if decided := app.library.counts().tiers.get(Tier.PERSON, 0):
            what = f"backup: none was made of what people have decided ({decided} files)"
            yield CheckResult("warning", what, "`twolane backup FOLDER`, or set backup.folder for `serve`")
        return
    days = max(0.0, time.time() - state.newest.made_at) / 86_400
    age = f"{days:.0f} days" if days >= 2 else f"{days * 24:.0f} hours"
    what = f"backup: the last one is {age} old: {display_path(state.newest.path)}"
    if state.newest.fault:
        yield CheckResult("warning", f"{what}; {state.newest.fault}", "mount its disk, or make another one")
    elif state.due_at and time.time() > state.due_at + app.settings.backup.every_s:
        yield CheckResult("warning", what, "`twolane serve` makes the next one; or `twolane backup FOLDER`")
    else:
        yield CheckResult("ok", what)


def unfinished_plans(app: App) -> Iterator[CheckResult]:
    """Yield a warning for each plan that is being applied or undone, or was when it was cut off."""
    for plan in app.organizer.unfinished():
        what = f"the plan {plan.name} is being applied or undone, or was interrupted"
        name = shlex.quote(plan.name)
        yield CheckResult("warning", what, f"`twolane apply {name}` goes on, `twolane undo {name}` goes back")


def _models(app: App) -> Iterator[CheckResult]:
    missing = missing_models(app.settings)
    for name, uses in used_models(app.settings).items():
        if name in missing:
            yield CheckResult(
                "problem", f"model {name} ({', '.join(uses)}) is not fetched", "`twolane models pull`"
            )
        else:
            yield CheckResult("ok", f"model {name} ({', '.join(uses)}) is fetched")


def _lane(lane: LaneSnapshot) -> CheckResult:
    where = f" at {lane.url}" if lane.url else ""
    what = f"{lane.name} lane: {lane.model or 'no model'} by {lane.runtime}{where}: {lane.health.detail}"
    if lane.health.ready and (lane.health.remedy or not all(one.ready for one in lane.health.servers)):
        return CheckResult("warning", what, lane.health.remedy)
    return CheckResult("ok" if lane.health.ready else "problem", what, lane.health.remedy)


def _kernels(app: App) -> CheckResult:
    """Say what embedded models compute with: one that could be faster is in order all the same."""
    found = standing(app.settings.models_dir)
    return CheckResult("warning" if found.fault else "ok", found.what, found.remedy)


def _cores(app: App) -> Iterator[CheckResult]:
    local = [lane for lane in app.lanes.values() if lane.runtime in {"embedded", "ollama"}]
    cores, takes_turns = usable_cores(), in_turn(app.settings, app.lanes["chat"])
    threads = (max if takes_turns else sum)(lane.threads for lane in local) if local else 0
    if threads > cores and len(local) > 1:
        remedy = "set filing.threads and chat.threads to a sum within the cores, or leave both at 0"
        yield CheckResult(
            "warning", f"cores: the lanes use {threads} threads at once on {cores} cores", remedy
        )
    else:
        how = "in turn, chat first" if takes_turns else "at once"
        yield CheckResult("ok", f"cores: {threads} threads for models, {how}, on {cores} cores")


def _fit(app: App) -> Iterator[CheckResult]:
    """Compare what both lanes need with the machine, by what their servers report of the models."""

    loaded = [name for name in app.lanes if app.poller.lane(name).health.loaded]
    machine = probe(app.settings.models_dir)
    plan = plan_settings(app.settings, machine, describe=describe_lane, loaded=loaded)
    for place in plan.places:
        if place.total_bytes and (place.needed_bytes or place.name == MEMORY):
            free = "" if place.free_bytes is None else f", {place.free_bytes / 1e9:.1f} GB are free"
            need = f"{place.needed_bytes / 1e9:.1f} GB of {place.total_bytes / 1e9:.1f} GB"
            yield CheckResult("ok", f"{place.name}: models and twolane need {need}{free}")
    for refusal in plan.refusals:
        yield CheckResult("problem", f"fit: {refusal}", "`twolane hardware` shows what each part needs")
    for condition in plan.conditions:
        level: Literal["warning", "problem"] = "problem" if plan.too_large else "warning"
        yield CheckResult(level, f"fit: only if {condition}", "`twolane hardware` shows what each part needs")
    for note in plan.notes:
        yield CheckResult("ok", f"fit: {note}")
    for line in plan.settings:
        yield CheckResult("ok", f"Ollama's environment should have: {line}")


def _mail(app: App) -> Iterator[CheckResult]:
    for one in app.mails.standings():
        what = f"mail of {one.account}, {one.folder}"
        if one.error:
            yield CheckResult("warning", one.error, one.remedy)
        elif one.looked_at:
            yield CheckResult("ok", f"{what}: {one.taken} mails taken")
        else:
            yield CheckResult(
                "warning", f"{what}: never looked at", "`twolane mail check`, or `twolane serve`"
            )


def _ocr(app: App) -> CheckResult:
    engine = ocr_engine(app.settings.extract)
    if engine:
        return CheckResult("ok", f"scans are read by {engine}")
    remedy = f"install tesseract (such as `apt install tesseract-ocr`), or run: {install_line('ocr')}"
    return CheckResult("warning", "scans and photos are not read: no OCR is installed", remedy)


def _confined() -> CheckResult:
    """Say by what the process is confined that parses people's files."""
    found = confinement()
    what = f"files are read in a process that is confined: {found}"
    if found.is_whole:
        return CheckResult("ok", what)
    if not kind.is_linux():
        remedy = "this system offers no more: read what strangers send with twolane in a Linux container"
        return CheckResult("warning", what, remedy)
    remedy = (
        "use Linux 5.13 or newer with Landlock, on x86_64 or aarch64; in a container, one whose engine lets "
        "programs call landlock and seccomp"
    )
    return CheckResult("warning" if found.is_there else "problem", what, remedy)
