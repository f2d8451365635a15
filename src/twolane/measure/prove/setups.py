"""The set-ups that are compared, two lanes or one model: their settings, and their lanes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, cast

from pydantic import SecretStr

from twolane.config.lane_settings import LaneSettings
from twolane.config.settings import Settings
from twolane.documents import LaneName
from twolane.hardware.plan.profiles import usable_cores
from twolane.lanes.resolve import resolve_lanes

Setup = Literal["two", "one"]
_WAKEUP_NAME = "twolane-prove"


def measured_settings(
    settings: Settings, setup: Setup, folder: Path, *, quick: bool, workers: int
) -> Settings:
    """Return the user's settings for a library in `folder`: never the user's catalogue, queue or taxonomy.

    The lanes stay as they are, but for the length of answers, which is bounded so that many fit the time; on
    the small scale one passage is shown. One model has one queue, in which all wait in the order in which
    they came.
    """
    # facts are asked for when nothing else is to do: here they would fill the pauses that are measured
    filing = {"taxonomy": "", "use_model": settings.filing.use_model or setup == "one", "ask_fields": False}
    if workers:
        filing |= {"workers": workers, "concurrency": workers}
    chat = {"answer_tokens": min(settings.chat.answer_tokens, 16 if quick else 48)}
    if quick:
        chat |= {"passages": 1}
    # Only what lanes are made of is taken over: what else there is, now or later, may be shared with others.
    return Settings(
        data_dir=folder / "library",
        models_dir=settings.models_dir,
        ollama_host=settings.ollama_host,
        chat_first=settings.chat_first and setup == "two",
        filing=settings.filing.model_copy(update=filing),
        chat=settings.chat.model_copy(update=chat),
        embedding=settings.embedding,
        extract=settings.extract,
        wakeup_url=settings.wakeup_url if workers else SecretStr("local"),
        wakeup_name=_WAKEUP_NAME,  # of our own, at the user's broker
    )


def measured_lanes(settings: Settings, setup: Setup) -> dict[LaneName, LaneSettings]:
    """Return a set-up's lanes: those of the settings, or for one model the chat lane's in the place of both.

    Where both ran on the same machine, the one model has the threads of both.
    """
    lanes = resolve_lanes(settings)
    if setup == "two":
        return lanes
    filing, chat = lanes["filing"], lanes["chat"]
    if (filing.runtime, filing.url) == (chat.runtime, chat.url):
        threads = max(chat.threads, min(filing.threads + chat.threads, usable_cores()))
        chat = chat.model_copy(update={"threads": threads})
    # The first lane's model does the work of both: as the chat lane's it never waits for filing's turn.
    return {"chat": chat, "filing": chat}


def lanes_of(setup: Setup) -> tuple[LaneName, ...]:
    """Return the lanes that have a model of their own in a set-up."""
    return cast("tuple[LaneName, ...]", ("filing", "chat") if setup == "two" else ("chat",))
