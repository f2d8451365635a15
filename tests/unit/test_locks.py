"""Each lock file holds all that its packages need: a fresh machine installs nothing that is not in it."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SERVERS = ("embedded", "postgres", "redis", "rabbitmq", "s3", "otel", "mcp", "mail")


def pinned(lock: str) -> set[str]:
    return {canonicalize_name(name) for name in re.findall(r"(?m)^([\w.-]+)==", (ROOT / lock).read_text())}


def asked_for(extras: tuple[str, ...], group: str = "") -> list[Requirement]:
    optional = PROJECT["project"]["optional-dependencies"]
    lines = [*PROJECT["project"]["dependencies"], *(line for extra in extras for line in optional[extra])]
    return [Requirement(line) for line in [*lines, *(of_group(group) if group else [])]]


def of_group(group: str) -> Iterator[str]:
    for line in PROJECT["dependency-groups"][group]:
        if isinstance(line, str):
            yield line
        else:
            yield from of_group(line["include-group"])


def needed(requirements: list[Requirement]) -> Iterator[tuple[str, str]]:
    """Give each package that is needed here, with the one that needs it, as the installed packages say."""
    waiting, met = [(r, "twolane") for r in requirements], set[tuple[str, frozenset[str]]]()
    while waiting:
        requirement, by = waiting.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        marker = requirement.marker
        if (name, extras) in met or not (marker is None or marker.evaluate({"extra": ""})):
            continue
        met.add((name, extras))
        yield name, by
        try:
            lines = requires(name) or []
        except PackageNotFoundError:
            continue  # not in this installation, so nothing can be said of what it needs
        for inner in map(Requirement, lines):
            wanted = inner.marker is None or any(inner.marker.evaluate({"extra": e}) for e in {"", *extras})
            if wanted:
                inner.marker = None
                waiting.append((inner, name))


@pytest.mark.parametrize(
    ("lock", "extras", "group"),
    [
        ("requirements.lock", ("embedded", "report"), ""),
        ("requirements-server.lock", SERVERS, ""),
        ("requirements-dev.lock", ("report", *SERVERS), "dev"),
    ],
)
def test_a_lock_file_holds_all_that_its_packages_need(lock: str, extras: tuple[str, ...], group: str) -> None:
    # given
    held = pinned(lock)

    # when
    missing = {f"{name}, for {by}" for name, by in needed(asked_for(extras, group)) if name not in held}

    # then
    assert not missing, f"{lock} lacks {missing}: run `make lock`"
