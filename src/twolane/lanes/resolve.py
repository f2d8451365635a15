"""Fills in what the settings leave open about a lane: runtime, model, address and threads."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from twolane.config.addresses import is_any_or_loopback
from twolane.config.lane_settings import EmbeddingSettings, LaneSettings, Runtime
from twolane.config.ollama_host import ollama_urls
from twolane.config.settings import Settings
from twolane.documents import LaneName
from twolane.errors import SettingsError
from twolane.hardware.plan.profiles import profiles, share_cores, usable_cores
from twolane.llm.catalogue.models import is_known, is_present
from twolane.system.processes import CAN_PAUSE

# One document is read from the store while another is embedded. And since only one thread at a time runs
# Python, which is some hundredths of the work on a document, more than so many would not be faster.
_FEWEST_FILING_THREADS, _MOST_FILING_THREADS = 2, 16


def resolve_lanes(settings: Settings, cores: int = 0) -> dict[LaneName, LaneSettings]:
    """Fill in both lanes; `cores` are those for models, 0 is this machine's. Raises `SettingsError`."""
    cores = cores or usable_cores()
    host, models_dir = settings.ollama_host, settings.models_dir
    filing = resolve_lane("filing", settings.filing, cores, ollama_host=host, models_dir=models_dir)
    chat = resolve_lane("chat", settings.chat, cores, ollama_host=host, models_dir=models_dir)
    if has_all_cores(settings, filing, chat):
        filing = filing.model_copy(update={"threads": settings.filing.threads or cores})
    if in_turn(settings, chat):
        chat = chat.model_copy(update={"threads": settings.chat.threads or cores})
    if (filing.model, filing.url) == (chat.model, chat.url) and not settings.filing.threads:
        # a server loads one model anew for each change of the number
        filing = filing.model_copy(update={"threads": chat.threads})
    return {"filing": filing, "chat": chat}


def embedder_threads(settings: Settings, lanes: Mapping[LaneName, LaneSettings], cores: int = 0) -> int:
    """Return how many passages the embedder computes at once; `cores` as in `resolve_lanes`."""
    if settings.embedding.threads:
        return settings.embedding.threads
    cores = cores or usable_cores()
    filing, chat = lanes["filing"], lanes["chat"]
    beside = [] if in_turn(settings, chat) else [chat]
    beside += [] if has_all_cores(settings, filing, chat) else [filing]  # else they take turns too
    return max(1, cores - sum(lane.threads for lane in beside if lane.use_model and is_here(lane)))


def in_turn(settings: Settings, chat: LaneSettings) -> bool:
    """Say whether chat computes on this machine's cores while nothing of filing does."""
    return settings.chat_first and chat.use_model and is_here(chat)


def has_all_cores(settings: Settings, filing: LaneSettings, chat: LaneSettings) -> bool:
    """Say whether filing's model has all of this machine's cores while nobody is answered on it.

    Its embedder then waits for it, and the children that read files give way to it.
    """
    if not is_here(filing) or not (chat.use_model and is_here(chat)):
        return is_here(filing)
    # A server's own call can be paused by nobody. It is cancelled, and runs on to the end of a batch: with
    # threads on all cores beside chat's, each would hold the other up until then.
    pauses = filing.runtime == "embedded" and CAN_PAUSE
    return in_turn(settings, chat) and (pauses or not filing.use_model)


def filing_threads(settings: Settings, lanes: Mapping[LaneName, LaneSettings], cores: int = 0) -> int:
    """Return how many files are in work at once: as many as the embedder computes passages.

    `cores` are those for models, 0 is this machine's. While a thread waits for the small model, the others
    embed what that is asked about next.
    """
    if settings.filing.workers:
        return settings.filing.workers
    filing = lanes["filing"]
    asking = filing.concurrency * max(1, len(filing.urls)) + 1 if settings.filing.use_model else 1
    embeds = embedder_threads(settings, lanes, cores) if settings.embedding.runtime == "embedded" else 1
    return min(_MOST_FILING_THREADS, max(_FEWEST_FILING_THREADS, asking, embeds))


def is_here(lane: LaneSettings | EmbeddingSettings) -> bool:
    """Say whether a model computes on this machine, even if only on one of several servers.

    What runs it is resolved already: without a url it is the runtime's usual one, on this machine.
    """
    if lane.runtime in {"embedded", "scripted"}:
        return True
    return any(is_local(url) for url in lane.url.split(",")) if lane.url else True


def is_local(url: str) -> bool:
    """Say whether an address is one of this machine's own."""
    host = urlsplit(url).hostname or ""
    return is_any_or_loopback(host) or host in _own_addresses()


def _own_addresses() -> set[str]:
    """Return the addresses of this machine's own network cards: a server is often named by one of them.

    None where the program may not ask for them, as in a sandbox without netlink.
    """
    import psutil

    with suppress(OSError):
        return {entry.address.partition("%")[0] for card in psutil.net_if_addrs().values() for entry in card}
    return set()


def used_models(settings: Settings) -> dict[str, list[str]]:
    """Name the models of the list that the settings use, each with what uses it."""
    used: dict[str, list[str]] = {}
    for name, lane in resolve_lanes(settings).items():
        if lane.use_model and lane.runtime == "embedded" and is_known(lane.model, settings.models_dir):
            used.setdefault(lane.model, []).append(name)
    embedding = settings.embedding
    if embedding.runtime == "embedded" and is_known(embedding.model, settings.models_dir):
        used.setdefault(embedding.model, []).append("vectors")
    return used


def missing_models(settings: Settings) -> list[str]:
    """Name the models of the list that the settings use and that have not been fetched."""
    return [name for name in used_models(settings) if not is_present(name, settings.models_dir)]


def resolve_lane(
    name: LaneName,
    lane: LaneSettings,
    cores: int = 0,
    *,
    ollama_host: str = "",
    models_dir: Path | None = None,
) -> LaneSettings:
    """Fill in what a lane's settings leave open: runtime, model, address, threads beside the other lane."""
    runtime = lane.runtime
    if runtime == "auto":
        if lane.url:
            runtime = _runtime_of(name, lane.urls)
        else:
            embedded = not lane.model or lane.model.endswith(".gguf") or is_known(lane.model, models_dir)
            runtime = "embedded" if embedded else "ollama"
    model = lane.model
    if not model and runtime in {"embedded", "ollama"}:
        profile = profiles()["E" if runtime == "embedded" else "D"]
        model = (profile.filing if name == "filing" else profile.chat).model
    url = ollama_urls(lane.url, ollama_host) if runtime == "ollama" else lane.url
    if lane.use_model and runtime == "openai" and not (model and url):
        raise SettingsError(
            f"{name}: an OpenAI-compatible server needs a model and a url",
            f'set {name}.model and {name}.url, such as url = "http://127.0.0.1:8080/v1"',
        )
    resolved = lane.model_copy(update={"runtime": runtime, "model": model, "url": url})
    if lane.threads or not is_here(resolved):  # this machine's cores do not matter to another
        return resolved
    filing_threads, chat_threads = share_cores(cores or usable_cores())
    return resolved.model_copy(update={"threads": filing_threads if name == "filing" else chat_threads})


def _runtime_of(name: LaneName, urls: tuple[str, ...]) -> Runtime:
    """Return the runtime that the addresses stand for."""
    openai = [url for url in urls if url.endswith("/v1")]
    if openai and len(openai) < len(urls):
        raise SettingsError(
            f"{name}: {openai[0]} looks like an OpenAI-compatible server, and other addresses like Ollama",
            f"set {name}.runtime to openai or ollama: all servers of a lane are of one kind",
        )
    return "openai" if openai else "ollama"


def lane_of_model(settings: Settings, model: str, *, url: str = "") -> LaneSettings:
    """Return the chat lane with another model; without a number of threads it has all cores.

    A model that twolane can run itself is run so; others are run by the server at `url`, or else by the
    lane's own. Raises `SettingsError`.
    """
    chat = settings.chat.model_dump(include=set(LaneSettings.model_fields))
    try:
        lane = LaneSettings.model_validate(chat | {"model": model, "url": url or settings.chat.url})
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise SettingsError(
            f"the address that was given {problem}", "give the address of a server of models"
        ) from error
    embedded = is_known(model, settings.models_dir) or model.endswith(".gguf")
    if url:
        lane = lane.model_copy(update={"runtime": "auto"})
    elif embedded and lane.runtime != "scripted":
        lane = lane.model_copy(update={"runtime": "embedded", "url": ""})
    elif lane.runtime == "embedded":
        lane = lane.model_copy(update={"runtime": "auto"})
    resolved = resolve_lane("chat", lane, ollama_host=settings.ollama_host, models_dir=settings.models_dir)
    alone = is_here(resolved) and not lane.threads
    return resolved.model_copy(update={"threads": usable_cores()}) if alone else resolved
