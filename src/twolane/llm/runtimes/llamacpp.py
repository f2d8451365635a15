"""The embedded runtime: a GGUF model in a llama.cpp process of the lane's own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TypeVar

from pydantic import SecretStr

from twolane.config.lane_settings import LaneSettings
from twolane.errors import (
    ModelAnswerError,
    ModelError,
    ModelMissingError,
    ModelUnreachableError,
    NotFoundError,
)
from twolane.installed import check_embedded
from twolane.llm.base import (
    ChatOptions,
    Choice,
    ChoiceQuestion,
    Filled,
    Health,
    ModelInfo,
    Prompt,
    PullProgress,
    Schema,
    Stream,
)
from twolane.llm.catalogue.models import find_model, is_present, list_models, ready_path
from twolane.llm.catalogue.pull import pull_or_missing
from twolane.llm.runtimes.kernels.kept import KeptKernels
from twolane.llm.runtimes.labels import score_labels
from twolane.llm.runtimes.llamacpp_client import LlamaCppClient
from twolane.llm.runtimes.llamacpp_server import (
    PART_BATCH,
    WHOLE_BATCH,
    Address,
    LaneServer,
    ServerParameters,
)
from twolane.llm.runtimes.schemas import check_schema, filled
from twolane.llm.wire.http import ModelServer
from twolane.llm.wire.limits import ConcurrencyLimit

_LIBRARY = "xllamacpp"
_ATTEMPTS = 2
_REMEDY = "try again: the lane's process is started anew"

log = logging.getLogger(__name__)

T = TypeVar("T")


class LlamaCppLLM:
    """A model that needs no server: see `LaneServer` for the process that runs it.

    Nothing is started before the first request, or `load`. Text that looks like the model's control tokens
    (`<|im_start|>`) is taken apart before the model sees it: documents cannot pose as turns of a chat.
    One that `answers` people looks in the middle of a prompt whether they are still there. It computes with
    `kernels`, or with those that are kept for this processor; "" is the package's own.
    """

    def __init__(
        self,
        settings: LaneSettings,
        *,
        lane: str,
        run_dir: Path,
        models_dir: Path,
        threads: int,
        answers: bool = False,
        kernels: str | None = None,
    ) -> None:
        self._settings = settings
        self._models_dir = models_dir
        self._threads = threads
        self._batch_tokens = PART_BATCH if answers else WHOLE_BATCH
        self._kernels = kernels
        self._lane = LaneServer(lane, run_dir)
        # The process has its next request when it ends one: it never waits for what we do between two.
        self._limit = ConcurrencyLimit(settings, ahead=1)
        self._lock = Lock()
        self._parameters: ServerParameters | None = None
        self._client: tuple[Address, LlamaCppClient] | None = None

    @property
    def model(self) -> str:
        return self._settings.model

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        with self._limit.slot():
            return self._retried(lambda client: score_labels(client.next_tokens, prompt, labels))

    def decides(self) -> bool:
        return self._retried(lambda client: client.decisions.decides())

    def decide(self, state: str, question: ChoiceQuestion) -> Choice:
        with self._limit.slot():
            return self._retried(lambda client: client.decisions.decide(state, question))

    def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
        with self._limit.slot():
            address, client = self._connected()
            try:
                yield from client.answer(prompt, options)
            except (ModelAnswerError, ModelUnreachableError) as error:
                raise self._explained(error, address) from error

    def fill(self, prompt: Prompt, schema: Schema, max_tokens: int) -> Filled:
        check_schema(schema)
        options = ChatOptions(max_tokens)

        def ask(client: LlamaCppClient) -> Filled:
            return filled(client.answer(prompt, options, schema), schema, self.model)

        with self._limit.slot():
            return self._retried(ask)

    def count_tokens(self, text: str) -> int:
        return self._retried(lambda client: client.count_tokens(text))

    def models(self) -> list[ModelInfo]:
        return list_models(self._models_dir)

    def pull(self) -> Iterator[PullProgress]:
        return pull_or_missing(self.model, self._models_dir)

    def load(self) -> None:
        """Start the process, or find a running one, and generate one token."""
        with self._limit.slot():
            self._retried(lambda client: client.warm_up())

    def health(self) -> Health:
        """Check the lane's process; one that was not needed yet is ready, for it starts on demand."""
        try:
            check_embedded(_LIBRARY)
            find_model(self.model, self._models_dir)
            present = is_present(self.model, self._models_dir)
        except (NotFoundError, ModelMissingError) as error:
            return Health(False, False, False, error.what, error.remedy)
        if not present:
            remedy = f"run: twolane models pull {self.model}"
            return Health(False, False, False, f"the model {self.model} is not here", remedy)
        address = self.address()
        if address is None:
            return Health(True, True, False, f"{self.model} is not started; the first request starts it")
        return Health(True, True, True, f"{self.model} is loaded in process {address.pid}")

    def pause(self) -> None:
        """Pause the lane's process where this process owns it; harmless when repeated."""
        self._lane.pause()

    def resume(self) -> None:
        """Resume the lane's process; harmless when repeated."""
        self._lane.resume()

    def close(self) -> None:
        self._limit.close()
        self._lane.close()
        with self._lock:
            client, self._client = self._client, None
        if client:
            client[1].close()

    def address(self) -> Address | None:
        """Return the address of the process that runs this lane's model, if there is one; none is started."""
        address = self._lane.current()
        return address if address and address.is_alive() else None

    def _retried(self, ask: Callable[[LlamaCppClient], T]) -> T:
        """Ask once more where the process died: only for requests that may be repeated."""
        for attempt in range(1, _ATTEMPTS + 1):
            address, client = self._connected()
            try:
                return ask(client)
            except (ModelAnswerError, ModelUnreachableError) as error:
                explained = self._explained(error, address)
                if attempt == _ATTEMPTS or not isinstance(explained, ModelUnreachableError):
                    raise explained from error
        raise AssertionError("every attempt returns or raises")

    def _explained(self, error: ModelError, address: Address) -> ModelError:
        """Return the error behind a broken connection: where the process has ended, it is also forgotten."""
        if not self._lane.lost(address):
            return error
        if not self._gave_up_kernels():
            with self._lock:  # another process may have given them up, or built some
                self._parameters = None
        return ModelUnreachableError(f"the process of {self.model} ended during a request", _REMEDY)

    def _connected(self) -> tuple[Address, LlamaCppClient]:
        """Return the lane's process, started if need be, and a client for it."""
        address = self._acquired()
        with self._lock:
            if self._client and self._client[0] == address:
                return self._client
            if self._client:
                self._client[1].close()
            settings = self._settings.model_copy(update={"api_key": SecretStr(address.key)})
            server = ModelServer(settings, address.url, remedy=_REMEDY)
            self._client = address, LlamaCppClient(server, self.model)
            return self._client

    def _acquired(self) -> Address:
        limit_s = self._settings.first_token_timeout_s
        try:
            return self._lane.acquire(self._wanted(), limit_s)
        except ModelUnreachableError:
            if not self._gave_up_kernels():
                raise
            return self._lane.acquire(self._wanted(), limit_s)

    def _gave_up_kernels(self) -> bool:
        """Go on with the package's own kernels where a process ended by others; say whether it did."""
        with self._lock:
            wanted, crashed = self._parameters, self._lane.crashed
            chosen = self._kernels is not None  # whoever chose them wants to know
            if chosen or wanted is None or not wanted.kernels or not (crashed or self._lane.refused_kernels):
                return False
            self._kernels, self._parameters = "", replace(wanted, kernels="")
        _say_given_up(self.model, self._models_dir, crashed)
        return True

    def _wanted(self) -> ServerParameters:
        with self._lock:
            if self._parameters is None:
                self._parameters = self._found()
            return self._parameters

    def _found(self) -> ServerParameters:
        check_embedded(_LIBRARY)
        try:
            path = ready_path(self.model, self._models_dir)
        except NotFoundError as error:
            raise ModelMissingError(error.what, error.remedy) from error
        settings = self._settings
        if (kernels := self._kernels) is None:
            kernels = str(KeptKernels(self._models_dir).usable() or "")
        return ServerParameters(
            self.model,
            str(path),
            settings.context_tokens,
            settings.concurrency,
            self._threads,
            batch_tokens=self._batch_tokens,
            kernels=kernels,
        )


def _say_given_up(model: str, models_dir: Path, crashed: bool) -> None:
    """Have kernels that crash used nowhere any more; those that only cannot be loaded may serve elsewhere."""
    if not crashed:
        log.warning("the kernels built for this processor cannot be loaded here: the package's own go on")
        return
    why = f"a process of {model} crashed with them"
    log.warning("the kernels built for this processor are used no more: %s", why)
    KeptKernels(models_dir).reject(why)
