"""The models that twolane runs itself: files of the list, in its own folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from twolane.errors import ModelError, ModelMissingError, NotFoundError
from twolane.llm.base import ModelCard, ModelInfo, PullProgress
from twolane.llm.catalogue import models as catalogue
from twolane.llm.catalogue.pull import pull_or_missing


class OwnStock:
    """What lies in the folder of models."""

    def __init__(self, models_dir: Path) -> None:
        self._models_dir = models_dir

    @property
    def where(self) -> str:
        return f"twolane itself, in {self._models_dir}"

    def models(self) -> list[ModelInfo]:
        return catalogue.list_models(self._models_dir)

    def show(self, name: str) -> ModelCard:
        entry = self._found(name)
        here = catalogue.is_present(name, self._models_dir)
        facts = {
            "size": f"{entry.size_bytes / 1e9:.2f} GB",
            "fetched": "yes" if here else "no",
            "longest context": f"{entry.context_tokens:,} tokens" if entry.context_tokens else "",
            "for": entry.purpose,
            "licence": entry.licence,
            "files": ", ".join(file.name for file in entry.files),
            "digest": ", ".join(file.sha256 for file in entry.files if file.sha256),
        }
        return ModelCard(name, self.where, {key: value for key, value in facts.items() if value})

    def pull(self, name: str) -> Iterator[PullProgress]:
        return pull_or_missing(name, self._models_dir)

    def remove(self, name: str) -> None:
        entry = self._found(name)
        if not all(file.sha256 for file in entry.files):
            raise ModelError(f"{name} is a file of yours, not of twolane's", "delete it yourself")
        added = catalogue.added_models(self._models_dir)
        if is_added := entry in added:
            catalogue.keep_added([one for one in added if one != entry], self._models_dir)
        if not catalogue.remove(entry, self._models_dir) and not is_added:
            raise ModelMissingError(f"{name} is not here", "`twolane models list` shows what is")

    def close(self) -> None:
        pass

    def _found(self, name: str) -> catalogue.ModelEntry:
        try:
            return catalogue.find_model(name, self._models_dir)
        except NotFoundError as error:
            raise ModelMissingError(error.what, error.remedy) from error
