"""Looks into a model file before it is taken: whether a lane can use it, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from twolane.errors import ModelFileError
from twolane.hardware.plan.gguf_file import read_gguf

_NO_WRITERS = {"clip", "mmproj"}


@dataclass(frozen=True, slots=True)
class ModelFileFacts:
    """What a GGUF file says of its model; `context_tokens` is the longest it was trained for, 0 if unknown.

    One without a chat template is asked by plain text: a base model, which cannot chat.
    """

    title: str
    architecture: str
    quantisation: str
    context_tokens: int
    size_bytes: int
    licence: str
    has_chat_template: bool

    @property
    def prompt_form(self) -> Literal["completion", "chat"]:
        return "chat" if self.has_chat_template else "completion"


def look_into(path: Path) -> ModelFileFacts:
    """Read a file's head. Raises `ModelFileError` for what is no whole model that writes."""
    try:
        file = read_gguf(path)
    except (OSError, ValueError) as error:
        raise ModelFileError(f"it is no whole GGUF file: {error}", "fetch it again") from error
    data = file.metadata
    kind = str(data.get("general.architecture", ""))
    if int(data.get("split.count") or 0) > 1:
        remedy = "name a file that is whole, or join the parts with llama-gguf-split --merge"
        raise ModelFileError(f"it is one of {data['split.count']} parts of a model", remedy)
    if not kind or kind in _NO_WRITERS or f"{kind}.pooling_type" in data:
        what = f"it holds no model that writes ({kind or 'it does not say what it is'})"
        raise ModelFileError(what, "name the file of a language model")
    largest = max(file.tensor_bytes, key=lambda name: file.tensor_bytes[name], default="")
    return ModelFileFacts(
        str(data.get("general.name", "")),
        kind,
        largest,
        int(data.get(f"{kind}.context_length") or 0),
        file.size_bytes,
        str(data.get("general.license", "")),
        bool(data.get("tokenizer.chat_template")),
    )
