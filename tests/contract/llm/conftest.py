"""The implementations that the contract suite runs over, each with a way into every situation."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from standins import ollama as fake_ollama
from standins import openai as fake_openai
from standins.model_server import FakeServer, Said, Stage
from standins.models import decision_model, embedding_model
from standins.ollama import FakeOllama
from standins.openai import FakeOpenAI
from tests.support.watched import snapshot

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelTimeoutError, ModelUnreachableError
from twolane.llm.base import LLM, Embedder, EmbeddingLLM, Model, Runtime
from twolane.llm.pool.balanced import BalancedEmbedder, BalancedLLM
from twolane.llm.runtimes.ollama import OllamaLLM
from twolane.llm.runtimes.onnx import OnnxEmbedder
from twolane.llm.runtimes.openai import OpenAILLM
from twolane.llm.runtimes.scripted import ScriptedLLM
from twolane.llm.turns.admission import Admission
from twolane.llm.turns.admitted import AdmittedEmbedder, AdmittedModel
from twolane.telemetry.metrics import Metrics
from twolane.telemetry.observed import ObservedEmbedder, ObservedModel
from twolane.telemetry.spans import NoTracer

CONTEXT_TOKENS = 256

Opened = TypeVar("Opened", bound=Runtime)


class Bench:
    """One implementation; a situation that it cannot be brought into skips its test, and says so."""

    servers = 1  # the concurrency of the settings is that of each server
    echoes = True  # the answer repeats the prompt's words
    can_be_cut = True  # a request that is held ends where nobody awaits it any more
    cuts_texts = False  # a text that is too long is embedded in part

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def open(self, **settings: Any) -> LLM:
        raise NotImplementedError

    def open_embedder(self) -> EmbeddingLLM:
        pytest.skip("writes text, and makes no vectors")

    def decision_model(self) -> LLM:
        pytest.skip("makes vectors, and decides nothing")

    def missing(self) -> LLM:
        pytest.skip("serves one model, whatever its name")

    def missing_embedder(self) -> EmbeddingLLM:
        pytest.skip("serves one model, whatever its name")

    def unreachable(self) -> LLM:
        pytest.skip("is never unreachable")

    def hold(self) -> AbstractContextManager[Stage]:
        """Hold every request that is under way until the block ends."""
        pytest.skip("cannot be held")

    def say(self, *answers: Said, echoes: bool = False) -> None:
        """Have the model say this next; its server `echoes` what it continues."""
        pytest.skip("says what it wants")

    def stalled(self, *, after_first_token: bool, limit_s: float = 1.0) -> LLM:
        """Return a lane with a short limit whose next chat says nothing more."""
        pytest.skip("cannot be stalled")

    def keep(self, opened: Opened) -> Opened:
        self._stack.callback(opened.close)
        return opened


def lane(**settings: Any) -> LaneSettings:
    return LaneSettings(**{"context_tokens": CONTEXT_TOKENS, "threads": 1, **settings})


class ScriptedBench(Bench):
    can_be_cut = False  # it is held in a function of the test

    def __init__(self, stack: ExitStack) -> None:
        super().__init__(stack)
        self.stage = Stage()

    def open(self, **settings: Any) -> LLM:
        def before(step: str) -> None:
            if step != "token":
                with self.stage.visit():
                    pass

        return self.wrap(ScriptedLLM(lane(runtime="scripted", **settings), before=before))

    def decision_model(self) -> LLM:
        return self.wrap(ScriptedLLM(lane(runtime="scripted"), decides=True))

    def open_embedder(self) -> EmbeddingLLM:
        return self.wrap_embedder(ScriptedLLM(lane(runtime="scripted")))

    def missing(self) -> LLM:
        return self.wrap(ScriptedLLM(lane(runtime="scripted"), missing=True))

    def missing_embedder(self) -> EmbeddingLLM:
        return self.wrap_embedder(ScriptedLLM(lane(runtime="scripted"), missing=True))

    def unreachable(self) -> LLM:
        error = ModelUnreachableError("Nothing answers at script", "write one")
        return self.wrap(ScriptedLLM(lane(runtime="scripted"), before=raising_once("chat", error)))

    def hold(self) -> AbstractContextManager[Stage]:
        return held(self.stage)

    def stalled(self, *, after_first_token: bool, limit_s: float = 1.0) -> LLM:
        error = ModelTimeoutError("The model scripted did not begin to answer", "wait longer")
        step = "token" if after_first_token else "chat"
        return self.wrap(ScriptedLLM(lane(runtime="scripted"), before=raising_once(step, error)))

    def wrap(self, llm: ScriptedLLM) -> LLM:
        return self.keep(llm)

    def wrap_embedder(self, llm: ScriptedLLM) -> EmbeddingLLM:
        return self.keep(llm)


def raising_once(at: str, error: Exception) -> Callable[[str], None]:
    errors = [error]

    def before(step: str) -> None:
        if step == at and errors:
            raise errors.pop()

    return before


@contextmanager
def held(stage: Stage) -> Iterator[Stage]:
    with stage.hold():
        yield stage


def nobody() -> str:
    """Return an address at which nobody answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return f"http://127.0.0.1:{port}"


class Both:
    """A model that is asked through its wrapper, and managed through its runtime."""

    def __init__(self, asked: Model | Embedder, managed: Runtime) -> None:
        self._asked = asked
        self._managed = managed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._asked if hasattr(self._asked, name) else self._managed, name)


class ObservedBench(ScriptedBench):
    """What counts and times a model's calls must itself obey the port."""

    def __init__(self, stack: ExitStack) -> None:
        super().__init__(stack)
        self.metrics = Metrics(snapshot)

    def wrap(self, llm: ScriptedLLM) -> LLM:
        model = ObservedModel(self.keep(llm), "chat", self.metrics, NoTracer())
        return cast("LLM", Both(model, llm))

    def wrap_embedder(self, llm: ScriptedLLM) -> EmbeddingLLM:
        embedder = ObservedEmbedder(self.keep(llm), self.metrics, NoTracer())
        return cast("EmbeddingLLM", Both(embedder, llm))


class AdmittedBench(ScriptedBench):
    """What makes a model's calls wait for their turn must itself obey the port."""

    def __init__(self, stack: ExitStack) -> None:
        super().__init__(stack)
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="twolane-"))
        self.admission = Admission(Path(folder))
        stack.callback(self.admission.close)

    def wrap(self, llm: ScriptedLLM) -> LLM:
        return cast("LLM", Both(AdmittedModel(self.keep(llm), self.admission), llm))

    def wrap_embedder(self, llm: ScriptedLLM) -> EmbeddingLLM:
        return cast("EmbeddingLLM", Both(AdmittedEmbedder(self.keep(llm), self.admission), llm))


class ServerBench(Bench):
    """An adapter over real HTTP to a server of the tests."""

    MODEL = ""
    EMBEDS = ""

    def __init__(self, stack: ExitStack, server: FakeServer) -> None:
        super().__init__(stack)
        self.server = stack.enter_context(server)

    def settings(self, **settings: Any) -> LaneSettings:
        return lane(**{"url": self.server.url, "model": self.MODEL, **settings})

    def open(self, **settings: Any) -> LLM:
        return self.keep(self.build(self.settings(**settings)))

    def open_embedder(self) -> EmbeddingLLM:
        return self.keep(self.build_embedder(self.settings(model=self.EMBEDS)))

    def build(self, settings: LaneSettings) -> LLM:
        raise NotImplementedError

    def build_embedder(self, settings: LaneSettings) -> EmbeddingLLM:
        raise NotImplementedError

    def missing(self) -> LLM:
        return self.open(model="nope:1b")

    def missing_embedder(self) -> EmbeddingLLM:
        return self.keep(self.build_embedder(self.settings(model="nope:1b")))

    def unreachable(self) -> LLM:
        return self.open(url=nobody())

    def hold(self) -> AbstractContextManager[Stage]:
        return held(self.server.stage)

    def say(self, *answers: Said, echoes: bool = False) -> None:
        self.server.said.extend(answers)
        self.server.echoes = echoes

    def stalled(self, *, after_first_token: bool, limit_s: float = 1.0) -> LLM:
        self.server.tricks.append("stall mid-stream" if after_first_token else "stall")
        limit = "between_tokens_timeout_s" if after_first_token else "first_token_timeout_s"
        return self.open(**{limit: limit_s})


class OllamaBench(ServerBench):
    MODEL = fake_ollama.GENERATES
    EMBEDS = fake_ollama.EMBEDS

    def decision_model(self) -> LLM:
        return self.open(model=fake_ollama.DECIDES)

    def __init__(self, stack: ExitStack) -> None:
        super().__init__(stack, FakeOllama())

    def build(self, settings: LaneSettings) -> LLM:
        return OllamaLLM(settings)

    def build_embedder(self, settings: LaneSettings) -> EmbeddingLLM:
        return OllamaLLM(settings)


class LlamaServerBench(ServerBench):
    MODEL = EMBEDS = fake_openai.MODEL
    dialect = "llama-server"

    def __init__(self, stack: ExitStack) -> None:
        self.openai = FakeOpenAI(self.dialect, CONTEXT_TOKENS)
        super().__init__(stack, self.openai)

    def decision_model(self) -> LLM:
        self.openai.decides = True
        return self.open()

    def build(self, settings: LaneSettings) -> LLM:
        return OpenAILLM(settings)

    def build_embedder(self, settings: LaneSettings) -> EmbeddingLLM:
        return OpenAILLM(settings)


class VllmBench(LlamaServerBench):
    dialect = "vllm"

    def decision_model(self) -> LLM:
        pytest.skip("does not say which models decide: a setting does")


class OllamaPoolBench(OllamaBench):
    """Two servers behind one lane: what happens to one of them happens to both."""

    servers = 2

    def __init__(self, stack: ExitStack) -> None:
        super().__init__(stack)
        self.other = stack.enter_context(FakeOllama())
        self.other.stage = self.server.stage

    def build(self, settings: LaneSettings) -> LLM:
        return BalancedLLM(settings, lambda url: OllamaLLM(settings.model_copy(update={"url": url})))

    def build_embedder(self, settings: LaneSettings) -> EmbeddingLLM:
        return BalancedEmbedder(settings, lambda url: OllamaLLM(settings.model_copy(update={"url": url})))

    def settings(self, **settings: Any) -> LaneSettings:
        return super().settings(**{"url": f"{self.server.url},{self.other.url}", **settings})

    def unreachable(self) -> LLM:
        return self.open(url=f"{nobody()},{nobody()}")

    def say(self, *answers: Said, echoes: bool = False) -> None:
        super().say(*answers, echoes=echoes)
        self.other.said, self.other.echoes = self.server.said, echoes

    def stalled(self, *, after_first_token: bool, limit_s: float = 1.0) -> LLM:
        self.other.tricks.append("stall mid-stream" if after_first_token else "stall")
        return super().stalled(after_first_token=after_first_token, limit_s=limit_s)


class LlamaServerPoolBench(LlamaServerBench):
    """A lane with a breaker and one server: as the program opens every lane with a server."""

    def build(self, settings: LaneSettings) -> LLM:
        return BalancedLLM(settings, lambda url: OpenAILLM(settings.model_copy(update={"url": url})))

    def build_embedder(self, settings: LaneSettings) -> EmbeddingLLM:
        return BalancedEmbedder(settings, lambda url: OpenAILLM(settings.model_copy(update={"url": url})))


class LlamaCppBench(Bench):
    """The embedded runtime with a real model in a real process of its own."""

    echoes = False

    def open(self, **settings: Any) -> LLM:
        # Imported here: the fixture needs this file, and fetches a model where there is none.
        from tests.contract.llm.llamacpp_fixture import open_llamacpp

        return self.keep(open_llamacpp(**settings))

    def decision_model(self) -> LLM:
        from tests.contract.llm.llamacpp_fixture import open_llamacpp

        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="twolane-"))
        return self.keep(open_llamacpp(model=str(decision_model(Path(folder)))))

    def missing(self) -> LLM:
        return self.open(model="no-such:1b")


class OnnxBench(Bench):
    """The embedded embedder with a real model in our own process."""

    cuts_texts = True

    def open(self, **settings: Any) -> LLM:
        pytest.skip("makes vectors, and writes no text")

    def open_embedder(self) -> EmbeddingLLM:
        folder, name = embedding_model()
        return self.keep(OnnxEmbedder(name, models_dir=folder))

    def missing_embedder(self) -> EmbeddingLLM:
        return self.keep(OnnxEmbedder("no-such-model", models_dir=Path("nowhere")))

    def missing(self) -> LLM:
        return self.open()

    def unreachable(self) -> LLM:
        return self.open()


BENCHES = {
    "scripted": ScriptedBench,
    "observed": ObservedBench,
    "admitted": AdmittedBench,
    "ollama": OllamaBench,
    "llama-server": LlamaServerBench,
    "vllm": VllmBench,
    "pool of two ollamas": OllamaPoolBench,
    "pool of one llama-server": LlamaServerPoolBench,
    "llamacpp": LlamaCppBench,
    "onnx": OnnxBench,
}


REAL_MODELS = {"llamacpp", "onnx"}


@pytest.fixture(
    params=[pytest.param(name, marks=[pytest.mark.model] if name in REAL_MODELS else []) for name in BENCHES]
)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with ExitStack() as stack:
        yield BENCHES[request.param](stack)
