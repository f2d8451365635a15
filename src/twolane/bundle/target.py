"""The machine that a bundle is for: its system, processor and Python, in the words of packages."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from twolane.errors import SettingsError
from twolane.system.kind import KIND

PYTHONS = ("3.11", "3.12", "3.13", "3.14")

_LINUX = (
    "manylinux_2_34",
    "manylinux_2_28",
    "manylinux_2_27",
    "manylinux_2_17",
    "manylinux2014",
    "manylinux_2_5",
)
_MACS = ("macosx_14_0", "macosx_13_0", "macosx_12_0", "macosx_11_0")
# What markers of requirements ask of a system: sys_platform, os_name, platform_system.
_MARKED = {
    "linux": ("linux", "posix", "Linux"),
    "macos": ("darwin", "posix", "Darwin"),
    "windows": ("win32", "nt", "Windows"),
}
_TAGS = {
    "linux-x86_64": tuple(f"{tag}_x86_64" for tag in _LINUX),
    "linux-aarch64": tuple(f"{tag}_aarch64" for tag in _LINUX),
    "macos-arm64": (*(f"{tag}_arm64" for tag in _MACS), *(f"{tag}_universal2" for tag in _MACS)),
    "windows-x86_64": ("win_amd64",),
}
PLATFORMS = tuple(_TAGS)


@dataclass(frozen=True, slots=True)
class Target:
    """A system with its processor, one of `PLATFORMS`, and a version of Python such as 3.12."""

    platform: str
    python: str

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of wheels that it takes, beside "any"."""
        return _TAGS[self.platform]

    def environment(self) -> Mapping[str, str]:
        """Return what markers of requirements are evaluated with, by their standard names."""
        system, _, machine = self.platform.partition("-")
        sys_platform, os_name, platform_system = _MARKED[system]
        return {
            "sys_platform": sys_platform,
            "os_name": os_name,
            "platform_system": platform_system,
            "platform_machine": "AMD64" if system == "windows" else machine,
            "platform_python_implementation": "CPython",
            "implementation_name": "cpython",
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "implementation_version": f"{self.python}.0",
            "platform_release": "",
            "platform_version": "",
            "extra": "",
        }


def target_of(platform_name: str = "", python: str = "") -> Target:
    """Return a target by its names; what is left open is this machine's. Raises `SettingsError`."""
    chosen = Target(platform_name or _here(), python or f"{sys.version_info.major}.{sys.version_info.minor}")
    if chosen.platform not in _TAGS:
        raise SettingsError(
            f"there are no packages for {chosen.platform}", f"name one of: {', '.join(_TAGS)}"
        )
    if chosen.python not in PYTHONS:
        raise SettingsError(
            f"twolane runs on no Python {chosen.python}", f"name one of: {', '.join(PYTHONS)}"
        )
    return chosen


def _here() -> str:
    system = {"linux": "linux", "darwin": "macos", "win32": "windows"}.get(KIND, KIND)
    machine = platform.machine().lower()
    return f"{system}-{'x86_64' if machine == 'amd64' else machine}"
