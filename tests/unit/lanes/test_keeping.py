"""A model that its server has lost is loaded again before anybody waits, never against its user's will."""

from __future__ import annotations

import json
import os
import queue
from dataclasses import replace
from pathlib import Path

import pytest

from twolane.config.lane_settings import LaneSettings
from twolane.documents import LaneName
from twolane.lanes.keeping import ModelKeeper, kept_loaded
from twolane.lanes.told import tell, with_told
from twolane.llm.base import Health, ServerHealth

LOADED = Health(ready=True, reachable=True, loaded=True, detail="")
LOST = replace(LOADED, loaded=False)
AWAY = Health(ready=False, reachable=False, loaded=False, detail="")


def server(*, loaded: bool) -> ServerHealth:
    return ServerHealth("http://a:1", "closed", 0, ready=True, detail="", loaded=loaded)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("stays", "looks", "loads"),
    [
        (True, [LOADED, LOADED], [False, False]),
        (True, [LOADED, LOST], [False, True]),  # a restart between two looks
        (True, [LOADED, AWAY, LOST], [False, False, True]),
        (False, [LOADED, LOST], [False, False]),  # its time was over
        (False, [LOADED, AWAY, LOST, LOST], [False, False, True, False]),
        (True, [None, replace(LOST, ready=False)], [False, False]),  # the model is not there at all
        (True, [replace(LOST, pushed_out=True)], [False]),
        (True, [replace(LOST, remedy="it thinks: set another model")], [True]),
        (True, [replace(LOADED, servers=(server(loaded=True), server(loaded=False)))], [True]),
    ],
)
def test_a_model_is_loaded_again_where_its_server_lost_it(
    stays: bool, looks: list[Health | None], loads: list[bool]
) -> None:
    # given
    keeper = ModelKeeper(stays=stays, clock=Clock())

    # then
    assert [keeper.wants_load(look) for look in looks] == loads


def test_what_is_lost_again_and_again_is_loaded_ever_less_often() -> None:
    # given
    clock = Clock()
    keeper = ModelKeeper(stays=True, clock=clock)

    # when: it is lost at once, every time
    loads = 0
    for _ in range(3600 // 5):
        clock.now += 5
        loads += keeper.wants_load(LOST)
        keeper.wants_load(LOADED)

    # then
    assert 5 <= loads <= 9


def test_only_models_at_an_ollama_are_looked_at(tmp_path: Path) -> None:
    # given
    lanes: dict[LaneName, LaneSettings] = {
        "filing": LaneSettings(model="m:1b", runtime="ollama"),
        "chat": LaneSettings(model="m", runtime="embedded"),
    }
    looked: queue.Queue[str] = queue.Queue()
    warmed: queue.Queue[str] = queue.Queue()

    def look(name: LaneName, _: float) -> Health:
        looked.put(name)
        return LOST if looked.qsize() == 1 else LOADED

    # when
    with kept_loaded(("filing", "chat"), lanes, look, warmed.put, notes=tmp_path, every_s=0.01):
        names = sorted(warmed.get(timeout=20) for _ in range(3))

    # then each is loaded once at the beginning, and filing's once more
    assert names == ["chat", "filing", "filing"]
    assert set(looked.queue) == {"filing"}


def test_what_a_process_at_work_finds_wrong_is_told_by_others_and_taken_back(tmp_path: Path) -> None:
    # given
    faulty = replace(LOADED, detail="loaded anew 5 times", remedy="raise OLLAMA_MAX_LOADED_MODELS")
    note = tmp_path / "told-chat.json"

    # when: the note as of another process
    tell(tmp_path, "chat", faulty)
    own = with_told(tmp_path, "chat", LOADED)
    words = json.loads(note.read_text())
    note.write_text(json.dumps(words | {"by": os.getppid()}))
    others = with_told(tmp_path, "chat", LOADED)

    # then
    assert own == LOADED
    assert others == faulty
    assert with_told(tmp_path, "filing", LOADED) == LOADED
    assert with_told(tmp_path, "chat", AWAY) == AWAY

    # when
    os.utime(note, (0, 0))

    # then
    assert with_told(tmp_path, "chat", LOADED) == LOADED
    tell(tmp_path, "chat", faulty)
    tell(tmp_path, "chat", LOADED)
    assert not list(tmp_path.iterdir())
