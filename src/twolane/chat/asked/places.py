"""Folders, tags and names that a question names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from twolane.answers import AskedFilter
from twolane.chat.asked.names import KnownNames
from twolane.chat.asked.tokens import PhraseFound, words_of
from twolane.chat.asked.understood import Understood

_QUOTED = re.compile('["“”„«»‘‚]([^"“”„«»‘’‚]{1,80})["“”„«»’]')
_PATH = re.compile(r"(?:(?<=\s)|\A)(~?/[^\s?\"'“”]+)")
_MOST_PARTS = 3  # of a folder's path that a question names
_LEAST_NAME, _MOST_NAME = 3, 4  # letters and words of a folder's name that is not said to be one


class KnownFolders:
    """The folders that a question may name; they are looked up where it names one, and once."""

    def __init__(self, find: Callable[[], Sequence[Path]]) -> None:
        self._find = find

    def __contains__(self, folder: Path) -> bool:
        return folder in self._all

    def named(self, words: Sequence[str]) -> Sequence[Path]:
        """Return those of this name."""
        return [one for one in self.called(words) if words_of(one.name) == tuple(words)]

    def called(self, words: Sequence[str]) -> Sequence[Path]:
        """Return those whose paths end with these words."""
        return self._by_ending.get(tuple(words), ())

    @cached_property
    def _all(self) -> Mapping[Path, tuple[str, ...]]:
        return {
            folder: tuple(word for part in folder.parts[-_MOST_PARTS:] for word in words_of(part))
            for folder in self._find()
        }

    @cached_property
    def _by_ending(self) -> Mapping[tuple[str, ...], Sequence[Path]]:
        found: dict[tuple[str, ...], list[Path]] = {}
        for folder, words in self._all.items():
            for start in range(len(words)):
                found.setdefault(words[start:], []).append(folder)
        return found


def read_places(found: Understood, known: KnownNames, folders: KnownFolders) -> None:
    """Read what is said to be a folder, a tag or a name."""
    scan = found.scan
    for match in _PATH.finditer(scan.question):
        path = Path(match[1]).expanduser() if match[1].startswith("~") else Path(match[1])
        if path in folders:
            start, end = scan.places(*match.span(1))
            scan.take(start, end)
            found.add(AskedFilter("folder", str(path), str(path), match[1]), explicit=True)
    for place in range(len(scan.tokens)):
        for phrase in scan.phrases[place]:
            if scan.is_free(phrase.start, phrase.end):
                if phrase.meaning.role == "folder":
                    _read_folder(found, folders, phrase)
                elif phrase.meaning.role == "tag":
                    _read_tag(found, known, phrase)
                elif phrase.meaning.role == "named":
                    _read_name(found, phrase)


def _read_folder(found: Understood, folders: KnownFolders, phrase: PhraseFound) -> None:
    """Read the name behind, or before, the word for folder."""
    scan = found.scan
    spans = [(phrase.end, end) for end in range(len(scan.tokens), phrase.end, -1)]
    spans += [(start, phrase.start) for start in range(phrase.start)]
    for start, end in spans:
        named = folders.called([token.word for token in scan.tokens[start:end]])
        if named and scan.is_free(start, end):
            for folder in named:
                text = scan.text(min(start, phrase.start), max(end, phrase.end))
                found.add(AskedFilter("folder", str(folder), str(folder), text), explicit=True)
            scan.take(min(start, phrase.start), max(end, phrase.end))
            return


def read_bare_folder(found: Understood, folders: KnownFolders) -> None:
    """Read the name of a folder without that word, where it could be nothing else: "files in Taxes"."""
    scan, places = found.scan, list(found.scan.free_places())
    if not found.has_things or "folder" in found.kinds():
        return
    for start in places:
        end = start
        while end < min(len(scan.tokens), start + _MOST_NAME) and end in places and not scan.phrases[end]:
            end += 1
        is_beside = start > 0 and scan.is_stop(start - 1)
        words = [token.word for token in scan.tokens[start:end]]
        if is_beside and end > start and any(len(word) >= _LEAST_NAME for word in words):
            named = folders.named(words)
            for folder in named:
                found.add(AskedFilter("folder", str(folder), str(folder), scan.text(start, end)))
            if named:
                scan.take(start, end)
                return


def _read_tag(found: Understood, known: KnownNames, phrase: PhraseFound) -> None:
    scan = found.scan
    for tag in sorted(known.tags, key=len, reverse=True):
        words = list(words_of(tag))
        end = phrase.end + len(words)
        if words and words == [token.word for token in scan.tokens[phrase.end : end]]:
            found.add(AskedFilter("tag", tag, tag, scan.text(phrase.start, end)), explicit=True)
            scan.take(phrase.start, end)
            return


def _read_name(found: Understood, phrase: PhraseFound) -> None:
    """Read what files are called, where it stands in quotation marks."""
    scan = found.scan
    for match in _QUOTED.finditer(scan.question):
        start, end = scan.places(*match.span(1))
        if start == phrase.end and scan.is_free(start, end):
            found.add(AskedFilter("name", match[1].strip(), match[1].strip(), scan.text(phrase.start, end)))
            scan.take(phrase.start, end)
            return
