"""Makes a bundle, step by step; one that was stopped goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from twolane import __version__
from twolane.bundle.lock import read_lock
from twolane.bundle.target import Target
from twolane.bundle.wheels import download, missing_wheels, own_wheel, sha256_of
from twolane.errors import ConflictError, SettingsError
from twolane.llm.base import PullProgress
from twolane.llm.catalogue.models import file_path, find_model, is_present
from twolane.llm.catalogue.pull import pull

INSTALLER, SUMS, ABOUT, REQUIREMENTS = "install.py", "SHA256SUMS", "bundle.json", "requirements.txt"
_WHEELS, _MODELS = "wheels", "models"
_OWN = frozenset({INSTALLER, SUMS, ABOUT, REQUIREMENTS, _WHEELS, _MODELS})


@dataclass(frozen=True, slots=True)
class BundleStep:
    """How far a bundle is: what is done now, and how much of it."""

    what: str
    done: int
    total: int
    is_bytes: bool = False


@dataclass(frozen=True, slots=True)
class BundlePlan:
    """What goes into a bundle, and where that lies here."""

    folder: Path
    target: Target
    lock: Path
    models: Sequence[str]
    models_dir: Path
    accept_terms: bool = False


@dataclass(frozen=True, slots=True)
class MadeBundle:
    """A bundle that is whole; `sums_sha256` is the digest of its list of digests."""

    folder: Path
    files: int
    size_bytes: int
    sums_sha256: str


def make_bundle(plan: BundlePlan, show: Callable[[BundleStep], None]) -> MadeBundle:
    """Fill a folder. Raises `ConflictError` for a folder with other files in it, and as its steps do."""
    _check_folder(plan)
    wheels, models = plan.folder / _WHEELS, plan.folder / _MODELS
    wheels.mkdir(parents=True, exist_ok=True)
    models.mkdir(exist_ok=True)
    for step in _wheel_steps(plan, wheels):
        show(step)
    for name in plan.models:
        for progress in _model(name, plan, models):
            show(
                BundleStep(
                    f"{name}: {progress.step}", progress.done_bytes, progress.total_bytes, is_bytes=True
                )
            )
    return _sealed(plan)


def _check_folder(plan: BundlePlan) -> None:
    folder = plan.folder
    if folder.exists() and not folder.is_dir():
        raise ConflictError(f"{folder} is a file", "name a new folder")
    others = [path.name for path in folder.iterdir() if path.name not in _OWN] if folder.is_dir() else []
    if others:
        raise ConflictError(
            f"{folder} holds other files: {', '.join(sorted(others)[:3])}", "name a new folder"
        )
    about = _about(plan)
    path = folder / ABOUT
    if path.is_file() and json.loads(path.read_text("utf-8")) | {"models": 0} != about | {"models": 0}:
        raise ConflictError(f"{folder} is a bundle for another machine or version", "name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def _about(plan: BundlePlan) -> dict[str, object]:
    return {
        "twolane": __version__,
        "platform": plan.target.platform,
        "python": plan.target.python,
        "models": [{"name": name, "from": _place(name)} for name in plan.models],
    }


def _place(name: str) -> str:
    """Return where a model lies in a bundle: its file, or its folder of several."""
    entry = find_model(name)
    path = file_path(entry, entry.files[0], Path(_MODELS))
    return (path.parent if len(entry.files) > 1 else path).as_posix()


def _wheel_steps(plan: BundlePlan, wheels: Path) -> Iterator[BundleStep]:
    pins = read_lock(plan.lock, plan.target)
    total = len(pins) + 1
    missing = missing_wheels(pins, wheels)
    done = len(pins) - len(missing)
    yield BundleStep("packages", done, total)
    own_wheel(wheels)  # first: where it cannot be had, nothing was fetched in vain
    for pin in download(missing, plan.target, wheels):
        done += 1
        yield BundleStep(f"packages: {pin.requirement}", done, total)
    yield BundleStep("packages: twolane", total, total)


def _model(name: str, plan: BundlePlan, models: Path) -> Iterator[PullProgress]:
    """Copy a model out of the cache, or fetch it; either is verified."""
    entry = find_model(name)
    if not all(file.sha256 for file in entry.files):
        raise SettingsError(
            f"{name} is a file of yours, with no digest", f"copy it yourself beside {INSTALLER}"
        )
    here = file_path(entry, entry.files[0], plan.models_dir)
    source = (here.parent if len(entry.files) > 1 else here) if is_present(name, plan.models_dir) else None
    return pull(name, models, path=source, accept_terms=plan.accept_terms or source is not None)


def _sealed(plan: BundlePlan) -> MadeBundle:
    """Write what installs the bundle, and the digests of all that it holds."""
    folder = plan.folder
    installer = resources.files("twolane.bundle").joinpath("installer.py").read_text("utf-8")
    (folder / INSTALLER).write_text(installer, encoding="utf-8")
    wheels = sorted((folder / _WHEELS).glob("*.whl"))
    lines = [f"./{_WHEELS}/{path.name} --hash=sha256:{sha256_of(path)}" for path in wheels]
    (folder / REQUIREMENTS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    files = sorted(_held(folder))
    sums = "".join(f"{sha256_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)
    (folder / SUMS).write_text(sums, encoding="utf-8")
    size_bytes = sum(path.stat().st_size for path in files)
    return MadeBundle(folder, len(files), size_bytes, sha256_of(folder / SUMS))


def _held(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        inner = path.relative_to(folder).parts
        if path.is_file() and path.name != SUMS and not any(part.startswith(".") for part in inner):
            yield path
