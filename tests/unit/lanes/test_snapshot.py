"""The one value that says how everything stands: its JSON, and that it comes back from it whole."""

from __future__ import annotations

from dataclasses import replace

from tests.support.watched import snapshot

from twolane.api.schemas.status import StatusOut
from twolane.cli.output import plain
from twolane.jobs.base import WorkerRecord
from twolane.lanes.snapshot import AnswerCounts, LaneCalls, Snapshot, Trouble
from twolane.llm.base import ServerHealth


def full() -> Snapshot:
    """Return a snapshot in which every part has something."""
    filing, chat = snapshot().lanes
    server = ServerHealth("http://gpu1:11434", "half-open", 2, ready=False, detail="busy", remedy="wait")
    health = replace(chat.health, servers=(server,))
    return snapshot(
        lanes=(replace(filing, calls=LaneCalls(3, 1, {"timeout": 1}, 90, 0.3)), replace(chat, health=health)),
        working=(WorkerRecord("host:1", "filing", 4, 1.0, 2.0, 7),),
        queue_fault="Redis does not answer",
        troubles=(Trouble("broken.pdf", "the reader died"),),
        answers=AnswerCounts(1, 2, 3, 4, 0.5, 0.9),
        settings="/home/ada/twolane.toml",
        uptime_s=12.5,
    )


def sent(now: Snapshot) -> StatusOut:
    """Return what a server answers."""
    return StatusOut(
        ready=now.ready,
        waiting=now.waiting,
        parked=now.parked,
        asks_under_way=0,
        unexpected_errors=0,
        upload_limit_bytes=1,
        snapshot=now,
    )


def test_a_snapshot_comes_back_whole_from_the_json_of_the_api() -> None:
    # given
    now = full()

    # when
    back = StatusOut.model_validate_json(sent(now).model_dump_json()).snapshot

    # then
    assert back == now


def test_the_api_and_the_command_line_have_one_json_of_it() -> None:
    # given
    now = full()

    # when
    wire = sent(now).model_dump(mode="json")["snapshot"]

    # then
    assert wire == plain(now)


def test_scripts_find_what_they_have_always_read() -> None:
    # when
    found = plain(full())

    # then
    always = {"lanes", "embedder", "counts", "jobs", "workers", "working", "queue_fault"}
    assert always <= found.keys()
    assert {"name", "model", "runtime", "url", "health"} <= found["lanes"][0].keys()
    assert {"ready", "reachable", "loaded", "detail", "remedy", "servers"} <= found["embedder"].keys()
    assert {"queued", "running", "done", "parked", "oldest_s"} <= found["jobs"]["read"].keys()
    assert {"files", "documents", "passages", "vectors", "categories"} <= found["counts"].keys()


def test_all_is_ready_only_where_every_part_is() -> None:
    # given
    filing, chat = full().lanes
    ready = replace(full(), lanes=(filing, replace(chat, health=filing.health)))

    # then
    assert ready.ready
    assert not full().ready
    assert not replace(ready, embedder=chat.health).ready
