"""Port 1, models: what a lane asks of a model, and what a program manages of whatever runs it."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from twolane.sentences import Saying

Vectors = NDArray[np.float32]

# Each of the passages that make a document's own vector counts so much less than the one before it.
_FADING = 0.7


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


Prompt = str | tuple[Message, ...]
"""A plain text is completed as it is; messages go through the model's own chat template. Where the last
message is the assistant's, the model continues it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How likely a model finds each label as the next words, in the labels' order.

    `logprobs` are natural logarithms, not normalised over the labels: their sum says how much of the model's
    probability the labels hold at all. `prompt_tokens` counts the prompt, `cached_tokens` the part of it
    that the runtime did not compute again (0 where it does not say).
    """

    labels: tuple[str, ...]
    logprobs: tuple[float, ...]
    prompt_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class ChoiceQuestion:
    """What a decision model is asked of a state: one of the options, each with what it means, or ""."""

    instructions: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of a streamed answer.

    One that `restarts` it takes back all that came before: that was a thought, as shows by its end alone.
    One that is `interrupted` has no text, and says why the rest has to be waited for.
    """

    text: str
    restarts: bool = False
    interrupted: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a streamed answer; `reason` is "stop" or "length"."""

    reason: Literal["stop", "length"]
    prompt_tokens: int = 0
    completion_tokens: int = 0


Schema = Mapping[str, Any]
"""A JSON schema (draft 2020-12), as it is sent to a server."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What a model filled a schema with; `value` is JSON that fits it."""

    value: Any
    prompt_tokens: int = 0
    completion_tokens: int = 0


Stream = Generator[Delta | Finished, None, None]
"""A streamed answer; its last event is always `Finished`, or an error is raised. Closing it cancels it."""


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """How an answer is generated; temperature 0 is the same answer every time."""

    max_tokens: int = 512
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model that a runtime has; sizes are 0 where unknown, `memory_bytes` also where it is not loaded.

    `loaded_until` is when it leaves memory, in seconds since the epoch: 0 where that is unknown, infinite
    where it stays. `quantisation` and `parameters` are in the runtime's own words, or "".
    """

    name: str
    size_bytes: int = 0
    digest: str = ""
    loaded: bool = False
    context_tokens: int = 0
    memory_bytes: int = 0
    loaded_until: float = 0.0
    quantisation: str = ""
    parameters: str = ""


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """A server's description of a model: GGUF metadata by their usual names, its size, 0 where unknown.

    `weights` names the file behind it, which several names may share; "" where the server does not say.
    """

    metadata: Mapping[str, Any]
    size_bytes: int = 0
    weights: str = ""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of one model, for people: each fact by its name, in the order to show them."""

    name: str
    where: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far a pull is; `total_bytes` is 0 where unknown."""

    step: str
    done_bytes: int = 0
    total_bytes: int = 0


@dataclass(frozen=True, slots=True)
class ServerHealth(Saying, told=("detail", "remedy")):
    """One of a lane's model servers, and how its lane treats it.

    `breaker` is "closed" where the server is asked like any other, "open" while it is not asked, and
    "half-open" while it is being tried; `in_flight` counts this lane's own requests. `loaded` is False where
    the server has just said that the model is not in memory.
    """

    url: str
    breaker: Literal["closed", "open", "half-open"]
    in_flight: int
    ready: bool
    detail: str
    remedy: str = ""
    loaded: bool = True


@dataclass(frozen=True, slots=True)
class Health(Saying, told=("detail", "remedy")):
    """The health of a lane's runtime; `ready` means that a request would be answered now.

    `servers` are the lane's model servers one by one, where it has any. `pushed_out` means that a server
    loads the model again and again, since others take its memory.
    """

    ready: bool
    reachable: bool
    loaded: bool
    detail: str
    remedy: str = ""
    servers: tuple[ServerHealth, ...] = ()
    pushed_out: bool = False


class Counting(Protocol):
    """What every model has: a name, and a way to count tokens."""

    @property
    def model(self) -> str:
        """The model's name, as in the settings; vectors of different models are never mixed."""

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens of a text: exact where the runtime can say, else a high estimate."""


class Model(Counting, Protocol):
    """What a lane asks: a model that writes. Safe to call from several threads.

    Every call raises a `ModelError` and nothing else: `ModelUnreachableError`, `ModelBusyError`,
    `ModelTimeoutError` and `ModelAnswerError` may go away on a retry, `ModelMissingError`,
    `ModelFormatError` and `PromptTooLongError` do not.
    """

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        """Score every label as the continuation of the prompt, without generating text."""

    def decides(self) -> bool:
        """Say whether this is a decision model, by its server's own words; the server is asked once.

        Such a model answers `decide` alone: it may not write at all.
        """

    def decide(self, state: str, question: ChoiceQuestion) -> Choice:
        """Score every option of a question about a state in one pass; the probabilities sum to 1.

        A model that is no decision model raises a `ModelError` that is not retryable.
        """

    def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
        """Stream an answer. Nothing is asked before the first event is."""

    def fill(self, prompt: Prompt, schema: Schema, max_tokens: int) -> Filled:
        """Answer with a JSON value that fits a schema, the same every time.

        The answer is held to the schema where the runtime can, and checked in any case. Raises
        `ModelFormatError` where it does not fit, or has no end within `max_tokens`.
        """


Pooling = Literal["mean", "cls"]
"""How one vector is made of those of a text's tokens: their mean, or the one of the first."""

EmbeddingUse = Literal["question", "passage"]
"""What a text is to be compared as: what is searched with, or what is found, compared and filed."""


@dataclass(frozen=True, slots=True)
class EmbeddingForm:
    """How an embedding model wants texts, and what its vectors mean.

    `vector_model` is the name under which vectors of passages are kept: the model's, and what else decides
    about them, so that those of another form are never mixed with these. `languages` are ISO 639-1 codes, or
    "many" for a model of a hundred languages; empty where they are unknown, as is `dimensions` where it is 0.
    `language_means` names where its languages lie, if that is known, "" else.
    `unrelated_cosine` is how near the nearest passage usually is to a question that no passage answers, and
    `answer_cosine` how near to one that is answered; both are 0 where nobody has measured it.
    """

    vector_model: str
    pooling: Pooling = "mean"
    question_prefix: str = ""
    passage_prefix: str = ""
    dimensions: int = 0
    max_tokens: int = 512
    languages: tuple[str, ...] = ()
    language_means: str = ""
    unrelated_cosine: float = 0.0
    answer_cosine: float = 0.0

    def nearness(self, cosine: float) -> float:
        """Return how near a question's best passage is, whatever the model: about 0 unrelated, 1 an answer.

        Of a model that nobody has measured, every passage counts as near.
        """
        if self.unrelated_cosine == self.answer_cosine:
            return 1.0
        return (cosine - self.unrelated_cosine) / (self.answer_cosine - self.unrelated_cosine)

    def prefixed(self, texts: Sequence[str], use: EmbeddingUse) -> list[str]:
        """Return texts as the model wants them for a use."""
        prefix = self.question_prefix if use == "question" else self.passage_prefix
        return [prefix + text for text in texts]


class Embedder(Counting, Protocol):
    """What a lane asks: a model that turns texts into vectors. It raises as a `Model` does."""

    @property
    def form(self) -> EmbeddingForm:
        """How the model wants texts, and the name under which its vectors are kept."""

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:
        """Return one L2-normalised row a text, in order: shape (len(texts), dimensions).

        The texts are plain: what the model wants before them for this use is added here.
        """


def document_vector(passages: Vectors) -> Vectors:
    """Return a document's own vector from those of its first passages (passages, dimensions), of length 1.

    The first ones count most: what a document is stands at its beginning, and equal weights lost a point in a
    hundred over five sets.
    """
    mean = _FADING ** np.arange(len(passages)) @ passages.astype(np.float64)
    unit: Vectors = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
    return unit


class Runtime(Protocol):
    """What a program manages: whatever runs a model. Every call raises a `ModelError` and nothing else."""

    def models(self) -> list[ModelInfo]:
        """List the models that the runtime has."""

    def pull(self) -> Iterator[PullProgress]:
        """Fetch the model that the settings name, with progress."""

    def load(self) -> None:
        """Load the model into memory, for as long as the settings name."""

    def health(self) -> Health:
        """Ask the runtime how it is, within a second or two; never raises."""

    def close(self) -> None:
        """Give back connections, child processes and memory; safe to call twice."""


class ModelStock(Protocol):
    """Where models are kept, a server or a folder. Every call raises a `ModelError` and nothing else."""

    @property
    def where(self) -> str:
        """The place in words, with its address."""

    def models(self) -> list[ModelInfo]:
        """List the models that are here."""

    def show(self, name: str) -> ModelCard:
        """Return what is known of a model. Raises `ModelMissingError` where it is not here."""

    def pull(self, name: str) -> Iterator[PullProgress]:
        """Fetch a model, with progress over all of it; where it broke off, the next pull goes on."""

    def remove(self, name: str) -> None:
        """Delete a model. Raises `ModelMissingError` where it is not here."""

    def close(self) -> None:
        """Give back connections; safe to call twice."""


class LLM(Model, Runtime, Protocol):
    """A model that writes, with what runs it."""


class EmbeddingLLM(Embedder, Runtime, Protocol):
    """A model that makes vectors, with what runs it."""


Inner = TypeVar("Inner", bound=Counting)


class Wrapper(Generic[Inner]):
    """A base for what wraps a model or an embedder: it passes on the name and the count of tokens."""

    def __init__(self, inner: Inner) -> None:
        self.inner = inner

    @property
    def model(self) -> str:
        return self.inner.model

    def count_tokens(self, text: str) -> int:
        return self.inner.count_tokens(text)


class EmbedderWrapper(Wrapper[Embedder]):
    """A base for what wraps an embedder."""

    @property
    def form(self) -> EmbeddingForm:
        return self.inner.form
