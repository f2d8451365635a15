"""What file names say of versions, in no language: v2 of a name, or the same name with a word behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from twolane.text.words import plain

# "v2", "v 2.1", "rev3": a bare number or "(1)" also tells two papers apart, so it says nothing.
_MARK = re.compile(r"[\s._-]*[\s._(\[-](?:v|ver|version|rev|r)[\s._-]?(\d{1,3}(?:[._]\d{1,3})*)[)\]]?$")
_COUNT = re.compile(r"[\s._-]*\(\d{1,3}\)$")
_WORD_BEHIND = re.compile(r"[\s._-]+\(?[^\W\d_]{1,12}\)?$")
_EDGES = " ._-"
_LEAST_NAME = 4


@dataclass(frozen=True, slots=True)
class Versioned:
    """A file's name without what tells its version, and that version: () where the name says none."""

    name: str
    version: tuple[int, ...] = ()


def versioned(stem: str) -> Versioned:
    """Return what the name of a file, without its ending, says of a version."""
    name = _COUNT.sub("", plain(stem)).strip(_EDGES)
    if found := _MARK.search(name):
        version = tuple(int(part) for part in re.split(r"[._]", found[1]))
        return Versioned(name[: found.start()].strip(_EDGES), version)
    return Versioned(name)


def are_versions(one: str, other: str) -> bool:
    """Say whether two names are those of versions of one paper, such as v1 and v2."""
    first, second = versioned(one), versioned(other)
    return len(first.name) >= _LEAST_NAME and first.name == second.name and first.version != second.version


def has_word_behind(one: str, other: str) -> bool:
    """Say whether one of two names is the other with a word behind it: a draft's, as often as a month's."""
    first, second = versioned(one), versioned(other)
    longer, shorter = sorted((first.name, second.name), key=len, reverse=True)
    begins = len(shorter) >= _LEAST_NAME and longer.startswith(shorter)
    return begins and bool(_WORD_BEHIND.fullmatch(longer[len(shorter) :]))


def newest_version(stems: Sequence[str]) -> tuple[int, ...]:
    """Return the greatest version that names say, () where none does."""
    return max((versioned(stem).version for stem in stems), default=())
