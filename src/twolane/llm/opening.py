"""Opens the runtime of a model that the settings name."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from twolane.config.lane_settings import EmbeddingSettings, LaneSettings
from twolane.config.ollama_host import resolve_embedding
from twolane.config.settings import Settings
from twolane.llm.base import LLM, EmbeddingLLM, ModelDescription

if TYPE_CHECKING:
    from twolane.llm.runtimes.ollama import OllamaLLM
    from twolane.llm.runtimes.openai import OpenAILLM


def open_server_llm(lane: LaneSettings) -> LLM:
    """Open the clients of a lane's model servers, or the scripted stand-in."""
    if lane.runtime not in {"ollama", "openai"}:
        from twolane.llm.runtimes.scripted import ScriptedLLM

        return ScriptedLLM(lane)
    from twolane.llm.pool.balanced import BalancedLLM

    return BalancedLLM(lane, lambda url: _open_server(lane, url))


def _open_server(lane: LaneSettings, url: str) -> OllamaLLM | OpenAILLM:
    one = lane.model_copy(update={"url": url})
    if lane.runtime == "ollama":
        from twolane.llm.runtimes.ollama import OllamaLLM

        return OllamaLLM(one)
    from twolane.llm.runtimes.openai import OpenAILLM

    return OpenAILLM(one)


def describe_lane(lane: LaneSettings) -> ModelDescription:
    """Return Ollama's description of a lane's model, which is not loaded for that. Raises `ModelError`."""
    from twolane.llm.wire.ollama import OllamaClient

    with closing(OllamaClient(lane)) as client:
        return client.described()


def open_model(settings: Settings, lane: LaneSettings) -> LLM:
    """Open a model outside the lanes of a library; an embedded one gets a process of its own."""
    if lane.runtime != "embedded":
        return open_server_llm(lane)
    from twolane.llm.runtimes.llamacpp import LlamaCppLLM

    run_dir = settings.data_dir / "run" / "models"
    return LlamaCppLLM(
        lane, lane="model", run_dir=run_dir, models_dir=settings.models_dir, threads=lane.threads
    )


def open_embedder(settings: Settings, threads: int) -> EmbeddingLLM:
    """Open the embedder that the settings name; one within twolane computes `threads` passages at once."""
    embedding = resolve_embedding(settings)
    if embedding.runtime == "embedded":
        from twolane.llm.runtimes.onnx import OnnxEmbedder

        return OnnxEmbedder(embedding.model, models_dir=settings.models_dir, threads=threads)
    from twolane.llm.pool.balanced import BalancedEmbedder

    lane = _as_lane(embedding)
    return BalancedEmbedder(lane, lambda url: _open_server(lane, url))


def _as_lane(embedding: EmbeddingSettings) -> LaneSettings:
    return LaneSettings(
        model=embedding.model,
        runtime="ollama" if embedding.runtime == "ollama" else "openai",
        url=embedding.url,
        api_key=embedding.api_key,
        total_timeout_s=embedding.total_timeout_s,
        first_token_timeout_s=embedding.total_timeout_s,
        threads=embedding.threads,
        keep_alive=embedding.keep_alive,
    )
