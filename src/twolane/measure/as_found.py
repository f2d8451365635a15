"""Leaves Ollama as it was found: what was in memory is loaded again, and what was not is put out again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

from twolane.app import open_model
from twolane.config.lane_settings import LaneSettings
from twolane.config.settings import Settings
from twolane.errors import ModelError
from twolane.lanes.wanted import is_same_model, wanted_models
from twolane.llm.base import ModelInfo
from twolane.llm.stock.opening import open_stock

_LEAST_S = 1.0


@contextmanager
def as_found(
    settings: Settings, say: Callable[[str], None], lanes: Sequence[LaneSettings] | None = None
) -> Iterator[None]:
    """Note what the Ollamas of lanes have in memory, and see to it that they have it after the block.

    Without `lanes` those of the settings are meant.

    So it is however the block ends, by Ctrl-C too. A model of the settings is loaded as its lane loads it;
    any other with the context that it had, for as long as it had left. Of what was not there before only the
    measured models are put out: others may be somebody else's by now. `say` is told what takes a while, and
    what could not be done.
    """
    measured = [one.lane for one in wanted_models(settings)] if lanes is None else lanes
    before = {url: _in_memory(settings, lane) for url, lane in _servers(measured).items()}
    began = time.time()
    try:
        yield
    finally:
        for url, lane in _servers(measured).items():
            names = [one.model for one in measured if url in one.urls]
            _put_back(settings, lane, names, before[url], began, say)


def _servers(lanes: Sequence[LaneSettings]) -> dict[str, LaneSettings]:
    return {
        url: lane.model_copy(update={"url": url})
        for lane in lanes
        if lane.runtime == "ollama"
        for url in lane.urls
    }


def _in_memory(settings: Settings, lane: LaneSettings) -> dict[str, ModelInfo] | None:
    """Return a server's loaded models by their names; None where it does not answer."""
    with closing(open_stock(lane, settings.models_dir)) as stock:
        try:
            return {info.name: info for info in stock.models() if info.loaded}
        except ModelError:
            return None


def _put_back(
    settings: Settings,
    server: LaneSettings,
    measured: Sequence[str],
    before: dict[str, ModelInfo] | None,
    began: float,
    say: Callable[[str], None],
) -> None:
    now = _in_memory(settings, server)
    if before is None:
        return
    if now is None:
        if before:
            say(f"{server.url} does not answer: what was in memory there could not be put back")
        return
    for name, info in now.items():
        if name not in before and any(is_same_model(name, one) for one in measured):
            lane = _as_it_was(settings, server, info)
            _load(settings, lane.model_copy(update={"keep_alive": "0"}), say)
    for name, info in before.items():
        if name in now and _is_alike(info, now[name]):
            continue
        say(f"{name} was in memory at {server.url}: it is loaded again")
        left_s = max(_LEAST_S, info.loaded_until - began)
        keep_alive = "-1" if math.isinf(left_s) or not info.loaded_until else f"{left_s:.0f}"
        lane = _as_it_was(settings, server, info)
        _load(settings, lane.model_copy(update={"keep_alive": keep_alive}), say)


def _is_alike(one: ModelInfo, other: ModelInfo) -> bool:
    stays = math.isinf(one.loaded_until) == math.isinf(other.loaded_until)
    return stays and one.context_tokens == other.context_tokens


def _as_it_was(settings: Settings, server: LaneSettings, info: ModelInfo) -> LaneSettings:
    """Return a lane that loads a model as it was loaded: by a lane of the settings, if one uses it."""
    for wanted in wanted_models(settings):
        lane = wanted.lane
        if wanted.is_at(server) and is_same_model(lane.model, info.name):
            return lane.model_copy(update={"context_tokens": info.context_tokens or lane.context_tokens})
    own = LaneSettings(runtime="ollama", url=server.url, model=info.name, api_key=server.api_key)
    return own.model_copy(update={"context_tokens": info.context_tokens or own.context_tokens})


def _load(settings: Settings, lane: LaneSettings, say: Callable[[str], None]) -> None:
    try:
        with closing(open_model(settings, lane)) as llm:
            llm.load()
    except ModelError as error:
        say(f"{lane.model} could not be put back at {lane.url}: {error.what}")
