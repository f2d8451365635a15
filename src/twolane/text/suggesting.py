"""What a mistyped name was meant to be, in any language: by letters that differ, and by how it begins."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

_MOST = 3  # suggestions
_LISTED = 12  # names that are listed where none is alike
_ALIKE = 60.0  # of 100: a typo or two in a short name
_BEGUN = 3  # letters by which a name that goes on is recognised


def alike(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three known names that a name may stand for, the likeliest first."""
    return alike_by(name, {one: one for one in known})


def alike_by(name: str, known: Mapping[str, str]) -> list[str]:
    """Return what up to three known spellings stand for, the likeliest first; several may mean the same."""
    from rapidfuzz import fuzz, process

    sought = _folded(name)
    if not sought:
        return []
    folded = {spelling: _folded(spelling) for spelling in known}
    found = process.extract(sought, folded, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=_MOST * 3)
    spelt = [spelling for _, _, spelling in found]
    if len(sought) >= _BEGUN:
        spelt += sorted((one for one, text in folded.items() if sought in text), key=len)
    return list(dict.fromkeys(known[spelling] for spelling in spelt))[:_MOST]


def choice(name: str, known: Iterable[str], *, see: str = "") -> str:
    """Return what to do about a name that is not known: the likeliest, else those there are.

    `see` is a command that lists them, for where there may be many.
    """
    return choice_by(name, {one: one for one in known}, see=see)


def choice_by(name: str, known: Mapping[str, str], *, see: str = "") -> str:
    """Return what `choice` does where names have several spellings."""
    if close := alike_by(name, known):
        return f"did you mean {' or '.join(close)}?"
    names = list(dict.fromkeys(known.values()))
    if not names:
        return see and f"{see} lists them"
    if len(names) > _LISTED and see:
        return f"{see} lists them: {', '.join(names[:_LISTED])}, …"
    return f"choose one of {', '.join(names)}"


def _folded(name: str) -> str:
    spelt = unicodedata.normalize("NFKD", name).casefold()
    return "".join(char for char in spelt if not unicodedata.combining(char)).replace("_", "-").strip()
