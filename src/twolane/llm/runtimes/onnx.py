"""Vectors of texts from a BERT-like sentence model in ONNX, in our own process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from twolane.errors import ModelError, ModelFileError, ModelMissingError, NotFoundError
from twolane.llm.base import Health, ModelInfo, PullProgress, Vectors
from twolane.llm.catalogue.models import find_model, is_known, is_present, list_models, ready_path
from twolane.llm.catalogue.pull import pull_or_missing

MAX_TOKENS = 256
# Batches of 32 x 256 tokens took 2.2 GB; of 8, sorted by length, 0.5 to 0.7 GB, and are no slower.
_BATCH = 8
_MODEL_FILE = "model.onnx"
_TOKENIZER_FILE = "tokenizer.json"
_SMALLEST_NORM = 1e-12


class OnnxEmbedder:
    """A sentence model: mean of its token vectors, L2-normalised; texts are cut at `MAX_TOKENS`.

    `model` is a name of the model list, or a folder with `model.onnx` and `tokenizer.json`. Both are read at
    the first use. Every call raises a `ModelError` and nothing else.
    """

    def __init__(self, model: str, *, models_dir: Path, threads: int = 1) -> None:
        self._model = model
        self._models_dir = models_dir
        self._threads = threads
        self._lock = Lock()
        self._loaded: tuple[Any, Any] | None = None

    @property
    def model(self) -> str:
        return self._model

    def embed(self, texts: Sequence[str]) -> Vectors:
        session, tokenizer = self._open()
        if not texts:
            return np.zeros((0, session.get_outputs()[0].shape[-1]), dtype=np.float32)
        encoded = [_cut(tokenizer.encode(text).ids) for text in texts]
        by_length = sorted(range(len(texts)), key=lambda index: len(encoded[index]))
        rows: dict[int, Vectors] = {}
        for start in range(0, len(by_length), _BATCH):
            batch = by_length[start : start + _BATCH]
            rows.update(zip(batch, _pooled(session, [encoded[index] for index in batch]), strict=True))
        return np.stack([rows[index] for index in range(len(texts))])

    def count_tokens(self, text: str) -> int:
        _, tokenizer = self._open()
        return len(tokenizer.encode(text, add_special_tokens=False).ids)

    def models(self) -> list[ModelInfo]:
        return list_models(self._models_dir)

    def pull(self) -> Iterator[PullProgress]:
        return pull_or_missing(self._model, self._models_dir)

    def load(self) -> None:
        self._open()

    def health(self) -> Health:
        try:
            present = self._is_folder() or is_present(self._model, self._models_dir)
        except NotFoundError as error:
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
            self._loaded = None

    def _is_folder(self) -> bool:
        # A name of the list is never what somebody's archive has left in the working folder.
        return not is_known(self._model) and (Path(self._model).expanduser() / _MODEL_FILE).is_file()

    def _open(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = _opened(self._folder(), self._threads)
            return self._loaded

    def _folder(self) -> Path:
        if self._is_folder():
            return Path(self._model).expanduser()
        try:
            if find_model(self._model).kind != "embed":
                raise ModelError(f"{self._model} makes no vectors", "take all-minilm-l6-v2")
            return ready_path(self._model, self._models_dir)
        except NotFoundError as error:
            raise ModelMissingError(error.what, error.remedy) from error


def _opened(folder: Path, threads: int) -> tuple[Any, Any]:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state
    from tokenizers import Tokenizer

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait starve the llama.cpp processes beside them.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(
            str(folder / _MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )
        # The tokenizer's library raises a bare Exception for a bad file, so JSON is checked here first.
        tokenizer = Tokenizer.from_str(json.dumps(json.loads((folder / _TOKENIZER_FILE).read_text("utf-8"))))
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
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return session, tokenizer


def _cut(ids: list[int]) -> list[int]:
    """Return token ids cut at `MAX_TOKENS`; the last one, which marks the end of a text, is kept."""
    return ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]]


def _pooled(session: Any, encoded: Sequence[Sequence[int]]) -> Vectors:
    """Return the mean of each text's token vectors, L2-normalised: shape (texts, dimensions)."""
    longest = max(len(ids) for ids in encoded)
    tokens = np.zeros((len(encoded), longest), dtype=np.int64)
    mask = np.zeros_like(tokens)
    for row, ids in enumerate(encoded):
        tokens[row, : len(ids)] = ids
        mask[row, : len(ids)] = 1
    inputs = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
    wanted = {each.name for each in session.get_inputs()}
    hidden = session.run(None, {name: value for name, value in inputs.items() if name in wanted})[0]
    weights = mask[..., None].astype(np.float32)
    means = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
    norms = np.linalg.norm(means, axis=1, keepdims=True)
    rows: Vectors = (means / np.maximum(norms, _SMALLEST_NORM)).astype(np.float32)
    return rows
