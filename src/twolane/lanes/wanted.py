"""Which models the settings use, each at the place that runs it, and where others belong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twolane.config.lane_settings import LaneSettings
from twolane.config.ollama_host import resolve_embedding, where_ollama_is
from twolane.config.settings import Settings
from twolane.lanes.resolve import resolve_lanes
from twolane.llm.catalogue.models import is_known


@dataclass(frozen=True, slots=True)
class WantedModel:
    """A model that the settings use, by the names of what uses it; `lane` has one address, or none."""

    lane: LaneSettings
    uses: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.lane.model

    def is_at(self, place: LaneSettings) -> bool:
        """Say whether it is kept where another lane's models are."""
        return (self.lane.runtime, self.lane.url) == (place.runtime, place.url)


def wanted_models(settings: Settings) -> list[WantedModel]:
    """Return what the settings use, once for each server that runs it. Raises `SettingsError`.

    The user's own files and folders are left out: nothing is to be fetched of those.
    """
    found: dict[tuple[str, str, str], WantedModel] = {}
    for use, lane in _used(settings):
        for url in lane.urls or ("",):
            one = lane.model_copy(update={"url": url})
            key = (one.runtime, url, one.model)
            known = found.get(key)
            found[key] = WantedModel(known.lane if known else one, (*(known.uses if known else ()), use))
    return list(found.values())


def _used(settings: Settings) -> Iterator[tuple[str, LaneSettings]]:
    for name, lane in resolve_lanes(settings).items():
        own = lane.runtime == "embedded" and is_known(lane.model, settings.models_dir)
        if lane.use_model and (own or lane.runtime in {"ollama", "openai"}):
            yield name, lane
    embedding = resolve_embedding(settings)
    if embedding.runtime == "embedded":
        if is_known(embedding.model, settings.models_dir):
            yield "vectors", LaneSettings(model=embedding.model, runtime="embedded")
    elif embedding.runtime != "off":
        yield (
            "vectors",
            LaneSettings(
                model=embedding.model,
                runtime=embedding.runtime,
                url=embedding.url,
                api_key=embedding.api_key,
                threads=embedding.threads,
                keep_alive=embedding.keep_alive,
            ),
        )


def places(settings: Settings) -> list[LaneSettings]:
    """Return a lane for each place where models are kept: servers that are used, and our own folder."""
    servers = {(wanted.lane.runtime, wanted.lane.url): wanted.lane for wanted in wanted_models(settings)}
    own = LaneSettings(runtime="embedded")
    return [lane for lane in servers.values() if lane.runtime != "embedded"] + [own]


def homes_of(settings: Settings, model: str) -> list[LaneSettings]:
    """Return where a model belongs that a person named, each as a lane of one address.

    That is where the settings use it; else twolane's own folder, if it is of the list; else each Ollama that
    a lane uses, or the one at the usual address.
    """
    if wanted := [one.lane for one in wanted_models(settings) if is_same_model(one.name, model)]:
        return wanted
    if is_known(model, settings.models_dir) or model.endswith(".gguf"):
        return [LaneSettings(runtime="embedded", model=model)]
    servers = [lane for lane in places(settings) if lane.runtime == "ollama"]
    if not servers:
        servers = [LaneSettings(runtime="ollama", url=where_ollama_is(settings.ollama_host))]
    return [lane.model_copy(update={"model": model}) for lane in servers]


def is_same_model(one: str, other: str) -> bool:
    """Say whether two names mean the same model: `latest` is the tag of one that has none."""
    return one.removesuffix(":latest") == other.removesuffix(":latest")
