"""Vectors of texts from a BERT-like sentence model in ONNX, in our own process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from twolane.errors import ModelError, ModelFileError, ModelMissingError, NotFoundError
from twolane.installed import check_embedded
from twolane.llm.base import (
    EmbeddingForm,
    EmbeddingUse,
    Health,
    ModelInfo,
    PullProgress,
    Vectors,
)
from twolane.llm.catalogue.embedding import embedding_form
from twolane.llm.catalogue.models import find_model, is_known, is_present, list_models, ready_path
from twolane.llm.runtimes.onnx_weights import without_weights
from twolane.llm.runtimes.tokenizing import TextTokenizer, read_tokenizer

_MODEL_FILE = "model.onnx"
_TOKENIZER_FILE = "tokenizer.json"
_WEIGHTS_FOLDER = "session.model_external_initializers_file_folder_path"
_SMALLEST_NORM = 1e-12
_LIBRARIES = ("onnxruntime", "tokenizers")


class OnnxEmbedder:
    """A sentence model: its token vectors, pooled as its form says and L2-normalised; long texts are cut.

    `model` is a name of the model list, or a folder with `model.onnx` and `tokenizer.json`. Both are read at
    the first use. `threads` is how many passages are computed at once, of all callers together; a question
    waits for none of them. Every call raises a `ModelError` and nothing else.
    """

    def __init__(self, model: str, *, models_dir: Path, threads: int = 1) -> None:
        self._model = model
        self._models_dir = models_dir
        self._threads = threads
        self._form = embedding_form(model)
        self._lock = Lock()
        self._loaded: _Loaded | None = None

    @property
    def model(self) -> str:
        return self._model

    @property
    def form(self) -> EmbeddingForm:
        return self._form

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:
        loaded = self._open()
        if use == "question" or len(texts) < 2:
            rows = [self._row(loaded, text, use) for text in texts]
        else:
            rows = list(loaded.pool.map(lambda text: self._row(loaded, text, use), texts))
        return np.stack(rows) if rows else np.zeros((0, loaded.dimensions), dtype=np.float32)

    def _row(self, loaded: _Loaded, text: str, use: EmbeddingUse) -> Vectors:
        """Return the vector of one text, which depends on no other: nothing is padded, or scaled together."""
        (prefixed,) = self._form.prefixed([text], use)
        hidden = loaded.hidden(_cut(loaded.tokenizer.ids(prefixed), self._form.max_tokens))
        pooled = hidden[0] if self._form.pooling == "cls" else hidden.mean(axis=0)
        row: Vectors = pooled / np.maximum(np.linalg.norm(pooled), _SMALLEST_NORM)
        return row

    def count_tokens(self, text: str) -> int:
        return len(self._open().tokenizer.ids(text, marked=False))

    def models(self) -> list[ModelInfo]:
        return list_models(self._models_dir)

    def pull(self) -> Iterator[PullProgress]:
        from twolane.llm.catalogue.pull import pull_or_missing

        return pull_or_missing(self._model, self._models_dir)

    def load(self) -> None:
        self._open()

    def health(self) -> Health:
        try:
            check_embedded(*_LIBRARIES)
            present = self._is_folder() or is_present(self._model, self._models_dir)
        except (NotFoundError, ModelMissingError) as error:
            return Health(False, False, False, error.what, error.remedy)
        if not present:
            remedy = f"run: twolane models pull {self._model}"
            return Health(False, False, False, f"the embedding model {self._model} is not here", remedy)
        loaded = self._loaded is not None
        return Health(
            True, True, loaded, f"{self._model} is {'loaded' if loaded else 'here, not loaded yet'}"
        )

    def close(self) -> None:
        with self._lock:
            # A caller that is still at work keeps its pool; the threads end with the last reference to it.
            self._loaded = None

    def _is_folder(self) -> bool:
        # A name of the list is never what somebody's archive has left in the working folder.
        return (
            not is_known(self._model, self._models_dir)
            and (Path(self._model).expanduser() / _MODEL_FILE).is_file()
        )

    def _open(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                self._loaded = _opened(self._folder(), self._threads)
            return self._loaded

    def _folder(self) -> Path:
        if self._is_folder():
            return Path(self._model).expanduser()
        try:
            if find_model(self._model, self._models_dir).kind != "embed":
                raise ModelError(f"{self._model} makes no vectors", "take multilingual-e5-small")
            return ready_path(self._model, self._models_dir)
        except NotFoundError as error:
            raise ModelMissingError(error.what, error.remedy) from error


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A model in memory, and the threads that compute passages."""

    session: Any
    tokenizer: TextTokenizer
    pool: ThreadPoolExecutor

    @property
    def dimensions(self) -> int:
        return int(self.session.get_outputs()[0].shape[-1])

    def hidden(self, ids: Sequence[int]) -> Vectors:
        """Return the vectors of a text's tokens: shape (tokens, dimensions)."""
        tokens = np.array([ids], dtype=np.int64)
        wanted = {each.name for each in self.session.get_inputs()}
        inputs = {
            "input_ids": tokens,
            "attention_mask": np.ones_like(tokens),
            "token_type_ids": np.zeros_like(tokens),
        }
        run = self.session.run(None, {name: value for name, value in inputs.items() if name in wanted})
        hidden: Vectors = run[0][0]
        return hidden


def _opened(folder: Path, threads: int) -> _Loaded:
    check_embedded(*_LIBRARIES)
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    # Texts side by side, each on one thread, waste nothing; a text on many threads waits for the slowest.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    try:
        weights = (folder / _MODEL_FILE).resolve()  # they are looked for beside no link
        options.add_session_config_entry(_WEIGHTS_FOLDER, str(weights.parent))
        session = onnxruntime.InferenceSession(
            without_weights(weights), options, providers=["CPUExecutionProvider"]
        )
        tokenizer = read_tokenizer(folder / _TOKENIZER_FILE)
    except (
        state.Fail,
        state.InvalidGraph,
        state.InvalidProtobuf,
        state.NoSuchFile,
        OSError,
        ValueError,
    ) as error:
        raise ModelFileError(
            f"the embedding model in {folder} cannot be loaded: {error}",
            f"it must hold a whole {_MODEL_FILE} and {_TOKENIZER_FILE}",
        ) from error
    return _Loaded(session, tokenizer, ThreadPoolExecutor(threads, thread_name_prefix="embedder"))


def _cut(ids: list[int], most: int) -> list[int]:
    """Return at most `most` token ids; the last one, which marks the end of a text, is kept."""
    return ids if len(ids) <= most else [*ids[: most - 1], ids[-1]]
