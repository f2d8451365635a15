"""What an untrusted settings file may set: every setting declares it beside its type.

Such a file may lie in any folder that was unpacked or shared. It may set amounts and times, but no places:
an address, a host, a folder or a file decides where private documents go and whose files are used.
docs/why/house.md#a-settings-file-found-by-chance-says-nothing-about-where
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class Guard:
    """For which values a settings file has to be trusted: those that `when` picks, or all.

    `words` explain it in the reference; without any, every file may set every value.
    """

    words: str = ""
    when: Callable[[Any, Path], bool] | None = None

    def stops(self, value: Any, folder: Path) -> bool:
        """Say whether only a trusted file, in `folder`, may set this value."""
        return bool(self.words) and (self.when is None or self.when(value, folder))


def _is_no_name(model: str, folder: Path) -> bool:  # noqa: ARG001 - models are sought from the working folder
    path = Path(model).expanduser()
    in_cloud = model.lower().endswith((":cloud", "-cloud"))  # a local Ollama sends their prompts away
    return bool(model) and (in_cloud or path.suffix.lower() == ".gguf" or path.exists())


def _is_outside(file: str, folder: Path) -> bool:
    return not (folder / Path(file).expanduser()).resolve().is_relative_to(folder)


Harmless = Annotated[_Kind, Guard()]
Guarded = Annotated[_Kind, Guard("yes")]
GuardedUnlessName = Annotated[_Kind, Guard("a file, a folder, or a model of Ollama's cloud", _is_no_name)]
GuardedIfOutside = Annotated[_Kind, Guard("a file of another folder", _is_outside)]
