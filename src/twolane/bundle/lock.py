"""Reads a lock file: exact versions with their digests, and on which machines each is needed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from twolane.bundle.target import Target
from twolane.errors import SettingsError
from twolane.installed import check_embedded

LOCK_FILE = "requirements.lock"

_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Pin:
    """One package in its exact version, with the digests that its files may have."""

    name: str
    version: str
    sha256s: frozenset[str]

    @property
    def requirement(self) -> str:
        return f"{self.name}=={self.version}"


def default_lock() -> Path:
    """Return the lock file of this twolane: in a checkout its own, else the one that came with it."""
    checkout = Path(__file__).parents[3] / LOCK_FILE
    return checkout if checkout.is_file() else Path(str(resources.files("twolane").joinpath(LOCK_FILE)))


def read_lock(path: Path, target: Target) -> list[Pin]:
    """Return what a lock file pins for a machine. Raises `SettingsError` where it is none."""
    check_embedded("packaging")
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise SettingsError(f"the lock file {path} cannot be read: {error}", "name one by --lock") from error
    lines = text.replace("\\\n", " ").splitlines()
    pins = [
        pin for line in lines if line.strip() and not line.startswith("#") and (pin := _pin(line, target))
    ]
    if not pins:
        raise SettingsError(f"{path} pins nothing for {target.platform}", "name a lock file by --lock")
    return pins


def _pin(line: str, target: Target) -> Pin | None:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        wanted = Requirement(line.partition(" --hash")[0].strip())
        (version,) = (one.version for one in wanted.specifier)
    except (InvalidRequirement, ValueError) as error:
        raise SettingsError(
            f"a lock file has exact versions, and not: {line[:80]}", "see tools/lock.sh"
        ) from error
    if wanted.marker and not wanted.marker.evaluate(dict(target.environment())):
        return None
    return Pin(wanted.name, version, frozenset(_HASH.findall(line)))
