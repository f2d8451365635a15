"""`twolane status`: both lanes, and what the library holds."""

from __future__ import annotations

import typer

from twolane.cli.context import Context, Json, output_for


def status(ctx: typer.Context, json: Json = False) -> None:
    """Show both lanes, the queue, and what has been filed."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        state = app.poller.snapshot()
    output.value(state)
    lanes: list[tuple[str, ...]] = []
    for lane in state.lanes:
        several = len(lane.health.servers) > 1
        ready = sum(server.ready for server in lane.health.servers)
        detail = f"{ready} of {len(lane.health.servers)} servers" if several else lane.health.detail
        lanes.append((lane.name, lane.model or "-", lane.runtime, _ready(lane.health.ready), detail))
        for server in lane.health.servers if several else ():
            left_alone = "" if server.breaker == "closed" else f", breaker {server.breaker}"
            lanes.append(("", "", "", _ready(server.ready) + left_alone, server.detail))
    lanes.append(("vectors", "", "", _ready(state.embedder.ready), state.embedder.detail))
    output.table(("lane", "model", "runtime", "state", "detail"), lanes)
    for remedy in {lane.health.remedy for lane in state.lanes} | {state.embedder.remedy}:
        if remedy:
            output.line(f"→ {remedy}")
    counts = state.counts
    files = ", ".join(f"{number} {kind.value}" for kind, number in counts.files.items() if number)
    output.line(f"files: {files or 'none yet: add some with `twolane add FOLDER`'}")
    output.line(f"documents: {counts.documents}, passages: {counts.passages}, with vectors: {counts.vectors}")
    queued = {kind: jobs.queued + jobs.running for kind, jobs in state.jobs.items()}
    parked = sum(jobs.parked for jobs in state.jobs.values())
    output.line(
        "queue: " + (", ".join(f"{number} {kind}" for kind, number in queued.items() if number) or "empty")
    )
    if state.queue_fault:
        output.line(state.queue_fault)
    for record in state.working:
        ending = ", ending" if record.draining else ""
        output.line(f"worker: {record.name}, {record.lane} lane, {record.done} jobs done{ending}")
    if parked:
        output.line(f"{parked} jobs failed too often: `twolane files --state quarantined` says why")
    output.line(f"settings: {state.settings or 'the defaults (no settings file)'}")
    if counts.categories:
        output.table(("category", "files"), [(name, str(n)) for name, n in counts.categories.items()])


def _ready(ready: bool) -> str:
    return "ready" if ready else "not ready"
