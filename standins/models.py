"""The small real models of the tests: fetched on first use, the way a user fetches them."""

from __future__ import annotations

import os
import struct
from functools import cache
from pathlib import Path

from twolane.config.settings import Settings
from twolane.llm.catalogue.models import is_present, ready_path
from twolane.llm.catalogue.pull import pull

# What llama.cpp reads as a decision model: the letter of each option is one token after this text.
_ASKED = (
    "{{ state }}\n\n{{ instructions }}\n"
    "{% for o in options %}{{ o.label }}. {{ o.key }}{% if o.description %}: {{ o.description }}{% endif %}\n"
    "{% endfor %}Answer: "
)
_GGUF_HEAD = "<4sIQQ"  # magic, version, number of tensors, number of keys
_TEXT, _ALIGNMENT = 8, 32

CHAT_MODEL = "smollm2:135m"
EMBEDDING_MODEL = "multilingual-e5-small"


def models_dir() -> Path:
    """Return where models are kept: `TWOLANE_MODELS_DIR`, or the user's cache folder."""
    return Path(os.environ.get("TWOLANE_MODELS_DIR") or Settings().models_dir)


@cache
def _fetched(name: str) -> tuple[Path, str]:
    folder = models_dir()
    if not is_present(name, folder):
        for _ in pull(name, folder):
            pass
    return folder, name


def small_chat_model() -> tuple[Path, str]:
    """Return (models folder, name) of a generating model of 98 MB, which is for plumbing only."""
    return _fetched(CHAT_MODEL)


def decision_model(folder: Path) -> Path:
    """Write the small model as a decision model into a folder, by the keys that llama.cpp knows one by.

    It answers `/v1/systemone` with real probabilities, of letters, which is beyond so small a model.
    """
    known, name = small_chat_model()
    weights = ready_path(name, known).read_bytes()
    keys = _key("llama.decision.type", "nimble") + _key("tokenizer.chat_template.systemone", _ASKED)
    # Whatever is put in must leave the tensors where multiples of the alignment are.
    keys += _key("twolane.padding", " " * (-(len(keys) + len(_key("twolane.padding", ""))) % _ALIGNMENT))
    size = struct.calcsize(_GGUF_HEAD)
    magic, version, tensors, count = struct.unpack(_GGUF_HEAD, weights[:size])
    path = folder / "decides.gguf"
    path.write_bytes(struct.pack(_GGUF_HEAD, magic, version, tensors, count + 3) + keys + weights[size:])
    return path


def _key(name: str, value: str) -> bytes:
    return _text(name) + struct.pack("<I", _TEXT) + _text(value)


def _text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def embedding_model() -> tuple[Path, str]:
    """Return (models folder, name) of the embedding model, 100 MB."""
    return _fetched(EMBEDDING_MODEL)
