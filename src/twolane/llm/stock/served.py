"""The models of an OpenAI-compatible server: listed, and nothing else, for its API has no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelError, ModelMissingError
from twolane.llm.base import ModelCard, ModelInfo, PullProgress
from twolane.llm.runtimes.openai import OpenAILLM
from twolane.llm.wire.ollama import full_name


class ServedStock:
    """What an OpenAI-compatible server serves."""

    def __init__(self, lane: LaneSettings) -> None:
        self._url = lane.url
        self._llm = OpenAILLM(lane)

    @property
    def where(self) -> str:
        return f"the server at {self._url}"

    def models(self) -> list[ModelInfo]:
        return self._llm.models()

    def show(self, name: str) -> ModelCard:
        info = next((one for one in self.models() if full_name(one.name) == full_name(name)), None)
        if info is None:
            raise ModelMissingError(
                f"{self.where} does not serve {name}", "`twolane models list` shows what it does"
            )
        facts = {"longest context": f"{info.context_tokens:,} tokens" if info.context_tokens else ""}
        return ModelCard(info.name, self.where, {key: value for key, value in facts.items() if value})

    def pull(self, name: str) -> Iterator[PullProgress]:
        self._refuse("fetch", name)

    def remove(self, name: str) -> None:
        self._refuse("delete", name)

    def close(self) -> None:
        self._llm.close()

    def _refuse(self, verb: str, name: str) -> NoReturn:
        raise ModelError(
            f"{self.where} cannot {verb} {name} on request",
            f"{verb} it with that server's own tools; Ollama and twolane itself do it from here",
        )
