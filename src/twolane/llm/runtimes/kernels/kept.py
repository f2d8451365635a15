"""The kernels that are kept beside the models: which of them suit this machine, and why one is not used."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from pathlib import Path

from twolane.installed import check_embedded
from twolane.llm.runtimes.kernels.processor import found_instructions
from twolane.system import disk

PACKAGE = "xllamacpp"
LIBRARY = "libggml-cpu.so"
# Others may use kernels and not change them, whatever this user's new files are open to.
FILE_MODE, FOLDER_MODE = 0o644, 0o755
_FOLDER = "kernels"
_RECORD = "kernels.json"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What kernels answered beside the package's own arithmetic, on the same questions.

    `largest_difference` is of a label's probability, `same_words` the share of a text's words up to the first
    that differs, and `gain` how many times faster prompts were read: the median of pairs.
    """

    model: str
    largest_difference: float
    same_words: float
    gain: float
    lowest_gain: float
    highest_gain: float


@dataclass(frozen=True, slots=True)
class Kernels:
    """Kernels for one version of the package and one kind of processor; `fault`: why they are not used."""

    version: str
    instructions: tuple[str, ...]
    digests: tuple[tuple[str, str], ...] = ()
    source: str = ""
    compiler: str = ""
    agreement: Agreement | None = None
    fault: str = ""

    @property
    def name(self) -> str:
        """The folder that they are kept in: those of another version or processor have another."""
        words = " ".join(self.instructions).encode()
        return f"{self.version}-{hashlib.sha256(words).hexdigest()[:12]}"


def package_version() -> str:
    """Return the version of the package that runs models.

    Raises `ModelMissingError` where it is not installed.
    """
    check_embedded(PACKAGE)
    return metadata.version(PACKAGE)


class KeptKernels:
    """The kernels in a folder of models, which several machines may share.

    `root` is the folder of them all.
    """

    def __init__(self, models_dir: Path, instructions: Sequence[str] | None = None) -> None:
        self.root = models_dir / _FOLDER
        self._instructions = found_instructions() if instructions is None else tuple(instructions)

    def wanted(self) -> Kernels:
        """Return what would be built here: no files yet."""
        return Kernels(package_version(), self._instructions)

    def here(self) -> Kernels | None:
        """Return the kernels of this version and processor, also where a fault keeps them from being used."""
        return self.read(self.folder(self.wanted()))

    def is_whole(self) -> bool:
        """Say whether the kernels of this processor are built, and their files as they were then."""
        kernels = self.here()
        return kernels is not None and digests_of(self.folder(kernels)) == kernels.digests

    def usable(self) -> Path | None:
        """Return the library to compute with: for this version and processor, whole and without a fault."""
        kernels = self.here()
        if kernels is None or kernels.fault or kernels.agreement is None:
            return None
        if self.others_may_write() or not self.is_whole():
            return None
        return self.folder(kernels) / LIBRARY

    def others_may_write(self) -> bool:
        """Say whether another user may change the kernels of this processor: they are code that runs here."""
        folder = self.folder(self.wanted())
        try:
            return not all(disk.is_trusted(path.stat()) for path in (self.root, folder, *folder.iterdir()))
        except OSError:
            return True

    def read(self, folder: Path) -> Kernels | None:
        """Return the kernels of a folder, or None where it holds none."""
        try:
            data = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
            agreement = Agreement(**data.pop("agreement")) if data["agreement"] else None
            data.pop("agreement", None)
            digests = tuple((name, digest) for name, digest in data.pop("digests"))
            return Kernels(
                instructions=tuple(data.pop("instructions")), digests=digests, agreement=agreement, **data
            )
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def folder(self, kernels: Kernels) -> Path:
        """Return where kernels lie, or will."""
        return self.root / kernels.name

    def scratch(self) -> Path:
        """Return where they are built; what a build left there is gone on with."""
        return self.root / f".building-{self.wanted().name}"

    def keep(self, kernels: Kernels) -> None:
        """Write down what kernels are."""
        path = self.folder(kernels) / _RECORD
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(kernels), indent=1), encoding="utf-8")
        fresh.chmod(FILE_MODE)
        fresh.replace(path)

    def reject(self, why: str) -> None:
        """Write down why the kernels of this processor are used no more."""
        if kernels := self.here():
            with contextlib.suppress(OSError):
                self.keep(replace(kernels, fault=why))

    def remove(self) -> list[str]:
        """Delete all kernels, and what builds have left; return the names of what was there."""
        names = sorted(path.name for path in self.root.iterdir()) if self.root.is_dir() else []
        shutil.rmtree(self.root, ignore_errors=True)
        return names


def digests_of(folder: Path) -> tuple[tuple[str, str], ...]:
    """Return the name and SHA-256 of each library of a folder."""
    found = []
    for path in sorted(folder.glob("*.so*")):
        with contextlib.suppress(OSError), path.open("rb") as stream:
            found.append((path.name, hashlib.file_digest(stream, "sha256").hexdigest()))
    return tuple(found)
