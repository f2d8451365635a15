"""What is installed beside the plain twolane, and the line that installs a part more."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from twolane.errors import ModelMissingError

# What comes with the extra `embedded`: the embedder, and what runs models that write.
EMBEDS_HERE, RUNS_HERE = "onnxruntime", "xllamacpp"


def lacks(module: str) -> bool:
    """Say whether a library that an extra brings is not here; it is not imported for that."""
    return importlib.util.find_spec(module) is None


def install_line(extra: str, prefix: Path | None = None) -> str:
    """Return the command that adds an extra, for whatever program installed twolane into `prefix`."""
    parts = (prefix or Path(sys.prefix)).parts
    wanted = f"'twolane[{extra}]'"
    if "pipx" in parts and "venvs" in parts:
        return f"pipx runpip twolane install {wanted}"
    if "uv" in parts and "tools" in parts:
        return f"uv tool install {wanted}"
    if "uv" in parts and any(part.startswith("archive-v") for part in parts):
        return f"uvx {wanted}"
    return f"pip install {wanted}"


def check_embedded(*modules: str) -> None:
    """Raise `ModelMissingError` where what runs models within twolane is not installed: it is an extra."""
    if missing := [module for module in modules if lacks(module)]:
        raise ModelMissingError(
            f"what runs models without a server is not installed ({', '.join(missing)})",
            f"run: {install_line('embedded')}; or name a server: filing.url, chat.url, embedding.runtime",
        )
