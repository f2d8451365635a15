"""The models of an Ollama server: listed, shown, pulled and deleted by its own API."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime

from twolane import cancel
from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelAnswerError, ModelUnreachableError
from twolane.llm.base import ModelCard, ModelInfo, PullProgress
from twolane.llm.wire.limits import TimeLimits
from twolane.llm.wire.ollama import OllamaClient, full_name

# A server that was restarted in the middle of a pull is waited for: each number is a pause before a try.
_PAUSES_S = (1.0, 2.0, 4.0, 8.0, 15.0)
# A server that is busy with its disk or its processor answers late, and well.
_LIST_LIMITS = TimeLimits.whole(30.0)
# A keep-alive of "for ever" is shown as a time centuries ahead.
_FOR_EVER_YEARS = 50


class OllamaStock:
    """What one Ollama server has. A pull that breaks off goes on where it was, at the server too.

    `sleep` is called between the tries of a pull whose server went away.
    """

    def __init__(self, lane: LaneSettings, sleep: Callable[[float], None] = cancel.pause) -> None:
        self._lane = lane
        self._sleep = sleep
        self._client = OllamaClient(lane)
        self._listing = self._client.limited(_LIST_LIMITS)

    @property
    def where(self) -> str:
        return f"Ollama at {self._client.url}"

    def models(self) -> list[ModelInfo]:
        client = self._client
        loaded = client.running(self._listing)
        found = []
        for item in client.listed(self._listing):
            name, details = item.model or "", item.details
            here = loaded.get(full_name(name))
            found.append(
                ModelInfo(
                    name,
                    int(item.size or 0),
                    item.digest or "",
                    loaded=here is not None,
                    context_tokens=(here.context_length or 0) if here else 0,
                    memory_bytes=int(here.size or 0) if here else 0,
                    loaded_until=_until(here.expires_at) if here else 0.0,
                    quantisation=(details.quantization_level if details else "") or "",
                    parameters=(details.parameter_size if details else "") or "",
                )
            )
        return found

    def show(self, name: str) -> ModelCard:
        client = self._of(name)
        with closing(client):
            shown = client.show(client.asking)
        info = next((one for one in self.models() if full_name(one.name) == full_name(name)), ModelInfo(name))
        metadata, details = shown.modelinfo or {}, shown.details
        family = str(metadata.get("general.architecture") or (details.family if details else "") or "")
        trained = metadata.get(f"{family}.context_length")
        facts = {
            "size": f"{info.size_bytes / 1e9:.2f} GB" if info.size_bytes else "",
            "family": family,
            "parameters": info.parameters,
            "quantisation": info.quantisation,
            "longest context": f"{trained:,} tokens" if isinstance(trained, int) else "",
            "can": ", ".join(shown.capabilities or ()),
            "set by its maker": "; ".join(" ".join(line.split()) for line in _lines(shown.parameters)),
            "licence": next(iter(_lines(shown.license)), ""),
            "digest": info.digest,
        }
        return ModelCard(info.name, self.where, {key: value for key, value in facts.items() if value})

    def pull(self, name: str) -> Iterator[PullProgress]:
        """Have the server fetch a model; a server that goes away meanwhile is waited for, and goes on."""
        tries, done, furthest = iter(_PAUSES_S), PullProgress("waiting for the server"), 0
        while True:
            try:
                for progress in self._pulled(name):
                    done = progress
                    if progress.done_bytes > furthest:
                        furthest, tries = progress.done_bytes, iter(_PAUSES_S)
                    yield progress
                return
            except (ModelAnswerError, ModelUnreachableError):
                # where nothing has come yet, it is no pull that broke off, but one that cannot work
                pause_s = next(tries, None) if furthest > 0 else None
                if pause_s is None:
                    raise
            yield PullProgress("it broke off: trying again", done.done_bytes, done.total_bytes)
            self._sleep(pause_s)

    def remove(self, name: str) -> None:
        client = self._of(name)
        with closing(client):
            client.call(lambda: client.asking.delete(name))

    def close(self) -> None:
        self._client.close()

    def _of(self, name: str) -> OllamaClient:
        """Return a client whose errors name a model."""
        return OllamaClient(self._lane.model_copy(update={"model": name}))

    def _pulled(self, name: str) -> Iterator[PullProgress]:
        """Pull once; progress counts all parts of the model that the server has named so far."""
        parts: dict[str, tuple[int, int]] = {}
        step = ""
        client = self._of(name)
        with closing(client), closing(client.pull()) as answer:
            for part in answer:
                step = part.status or step
                if part.digest:
                    parts[part.digest] = part.completed or 0, part.total or 0
                done, total = (sum(sizes) for sizes in zip((0, 0), *parts.values(), strict=True))
                yield PullProgress(_words(step), done, total)
        if step != "success":
            raise client.bad_answer(f"its pull ended at {step or 'nothing'!r}")


def _until(at: datetime | None) -> float:
    if at is None:
        return 0.0
    ahead = at.year - datetime.now(at.tzinfo).year
    return math.inf if ahead > _FOR_EVER_YEARS else at.timestamp()


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _words(step: str) -> str:
    """Return a step without the digest in it, which changes and says nothing to people."""
    return "pulling" if step.startswith("pulling ") and step != "pulling manifest" else step
