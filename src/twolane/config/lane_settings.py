"""The settings of both lanes, and of the model that makes vectors for both."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from twolane.config.addresses import HttpUrls
from twolane.config.frozen import Frozen, Seconds
from twolane.config.guard import Guarded, GuardedIfOutside, GuardedUnlessName, Harmless

Runtime = Literal["auto", "embedded", "ollama", "openai", "scripted"]
_KEPT_FOR = r"^\s*-?(\d+(\.\d+)?|(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+)\s*$"


class LaneSettings(Frozen):
    """One lane's model and limits."""

    model: GuardedUnlessName[str] = Field("", description="the model's name, as its runtime knows it")
    use_model: Harmless[bool] = Field(True, description="false: no model is asked")
    runtime: Harmless[Runtime] = Field(
        "auto",
        description="what runs it: embedded, ollama, openai (any compatible server) or scripted (for tests); "
        "auto is embedded for models of `twolane models list` and .gguf files, else what the url says",
    )
    url: Guarded[HttpUrls] = Field(
        "",
        description="the model server's address, or several: a list, or separated by commas; "
        "empty is the runtime's usual one, Ollama's that of ollama_host",
    )
    api_key: Guarded[SecretStr] = Field(SecretStr(""), description="for servers that want one")
    context_tokens: Harmless[int] = Field(4096, ge=256, le=1_048_576, description="one fixed context length")
    threads: Harmless[int] = Field(
        0,
        ge=0,
        le=1024,
        description="0 is all cores where the lanes take turns, else a share; a server elsewhere decides",
    )
    concurrency: Harmless[int] = Field(
        1, ge=1, le=256, description="requests under way at once, at each address"
    )
    max_waiting: Harmless[int] = Field(
        64, ge=0, le=100_000, description="requests that may wait; more are refused"
    )
    first_token_timeout_s: Harmless[Seconds] = Field(300.0, description="longest wait for an answer to begin")
    between_tokens_timeout_s: Harmless[Seconds] = Field(60.0, description="longest pause within an answer")
    total_timeout_s: Harmless[Seconds] = Field(900.0, description="longest time for one request")
    keep_alive: Harmless[str] = Field(
        "-1",
        pattern=_KEPT_FOR,
        description="how long the model stays in Ollama's memory after a request: -1 for ever, or 30m, 1h",
    )

    @property
    def urls(self) -> tuple[str, ...]:
        """Return the addresses one by one; none where the url is empty."""
        return tuple(self.url.split(",")) if self.url else ()


class FilingSettings(LaneSettings):
    """The filing lane."""

    model: GuardedUnlessName[str] = Field(
        "", description="the small model (LLM_CLASSIFICATION_MODEL); empty is the profile's"
    )
    context_tokens: Harmless[int] = Field(2048, ge=256, le=1_048_576, description="one fixed context length")
    first_token_timeout_s: Harmless[Seconds] = Field(120.0, description="longest wait for an answer to begin")
    total_timeout_s: Harmless[Seconds] = Field(180.0, description="longest time for one request")
    taxonomy: GuardedIfOutside[str] = Field(
        "",
        description="the taxonomy file, taken over until people change the library's; empty is the one "
        "beside the settings, or ours",
    )
    use_model: Harmless[bool] = Field(
        True, description="false: rules and similarity alone decide, no small model"
    )
    decision_model: Harmless[Literal["auto", "yes", "no"]] = Field(
        "auto",
        description="whether the small model is a decision model, which gives the probabilities of all "
        "categories at once; auto asks its server (Ollama, llama-server), others do not say",
    )
    ask_large_model: Harmless[bool] = Field(
        False,
        description="true: chat's model is asked about files that all else is not sure of, while nobody is "
        "answered; a question that comes meanwhile waits for that file, some seconds on a processor",
    )
    ask_fields: Harmless[bool] = Field(
        True,
        description="the small model is asked for facts that nothing else has found, while no file waits to "
        "be filed and nobody is answered",
    )
    max_error: Harmless[float] = Field(
        0.05, gt=0, lt=1, description="most of what is filed without you that may be wrong, as a share"
    )
    workers: Harmless[int] = Field(
        0,
        ge=0,
        le=256,
        description="files in work at once; 0 is as many as embed on all cores that the models leave",
    )
    longest_wait_s: Harmless[Seconds] = Field(
        60.0,
        description="with chat_first: longest wait for answers, then a fifteenth of it is filing's own",
    )


class ChatSettings(LaneSettings):
    """The chat lane."""

    model: GuardedUnlessName[str] = Field(
        "", description="the large model (LLM_CHAT_MODEL); empty is the profile's"
    )
    use_model: Harmless[bool] = Field(
        True, description="false: the places that fit a question best stand for an answer, no large model"
    )
    passages: Harmless[int] = Field(5, ge=1, le=50, description="passages shown to the model")
    passage_tokens: Harmless[int] = Field(
        1200, ge=100, le=100_000, description="most tokens of passages in a prompt"
    )
    answer_tokens: Harmless[int] = Field(400, ge=16, le=32_768, description="longest answer")


class EmbeddingSettings(Frozen):
    """The model that turns passages into vectors."""

    model: GuardedUnlessName[str] = Field(
        "multilingual-e5-small", description="a model of `twolane models list`, or a folder"
    )
    runtime: Harmless[Literal["embedded", "ollama", "openai", "off"]] = Field(
        "embedded", description="what runs it"
    )
    url: Guarded[HttpUrls] = Field("", description="the server's address, or several, as in a lane")
    api_key: Guarded[SecretStr] = Field(SecretStr(""), description="for servers that want one")
    threads: Harmless[int] = Field(
        0, ge=0, le=1024, description="passages computed at once; 0 is all cores that the lanes' models leave"
    )
    total_timeout_s: Harmless[Seconds] = Field(120.0, description="longest time for one request")
    keep_alive: Harmless[str] = Field(
        "-1",
        pattern=_KEPT_FOR,
        description="how long the model stays in Ollama's memory after a request, as in a lane",
    )
