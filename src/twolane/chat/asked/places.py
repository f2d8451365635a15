"""Folders, tags and names that a question names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from twolane.answers import AskedFilter
from twolane.chat.asked.names import KnownNames
from twolane.chat.asked.tokens import PhraseFound, tokens_of
from twolane.chat.asked.understood import Understood

_QUOTED = re.compile('["“”„«»‘‚]([^"“”„«»‘’‚]{1,80})["“”„«»’]')
_PATH = re.compile(r"(?:(?<=\s)|\A)(~?/[^\s?\"'“”]+)")
_MOST_PARTS = 3  # of a folder's path that a question names
_LEAST_NAME, _MOST_NAME = 3, 4  # letters and words of a folder's name that is not said to be one


def read_places(found: Understood, known: KnownNames) -> None:
    """Read what is said to be a folder, a tag or a name."""
    scan = found.scan
    for match in _PATH.finditer(scan.question):
        path = Path(match[1]).expanduser() if match[1].startswith("~") else Path(match[1])
        if path in known.find_folders():
            start, end = scan.places(*match.span(1))
            scan.take(start, end)
            found.add(AskedFilter("folder", str(path), str(path), match[1]), explicit=True)
    for place in range(len(scan.tokens)):
        for phrase in scan.phrases[place]:
            if scan.is_free(phrase.start, phrase.end):
                if phrase.meaning.role == "folder":
                    _read_folder(found, known, phrase)
                elif phrase.meaning.role == "tag":
                    _read_tag(found, known, phrase)
                elif phrase.meaning.role == "named":
                    _read_name(found, phrase)


def _read_folder(found: Understood, known: KnownNames, phrase: PhraseFound) -> None:
    """Read the name behind, or before, the word for folder."""
    scan = found.scan
    folders = known.find_folders()
    spans = [(phrase.end, end) for end in range(len(scan.tokens), phrase.end, -1)]
    spans += [(start, phrase.start) for start in range(phrase.start)]
    for start, end in spans:
        words = [token.word for token in scan.tokens[start:end]]
        named = [folder for folder in folders if _is_called(folder, words)]
        if named and scan.is_free(start, end):
            for folder in named:
                text = scan.text(min(start, phrase.start), max(end, phrase.end))
                found.add(AskedFilter("folder", str(folder), str(folder), text), explicit=True)
            scan.take(min(start, phrase.start), max(end, phrase.end))
            return


def read_bare_folder(found: Understood, known: KnownNames) -> None:
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
            named = [one for one in known.find_folders() if [t.word for t in tokens_of(one.name)] == words]
            for folder in named:
                found.add(AskedFilter("folder", str(folder), str(folder), scan.text(start, end)))
            if named:
                scan.take(start, end)
                return


def _is_called(folder: Path, words: Sequence[str]) -> bool:
    """Say whether words are the last of a folder's path."""
    own = [token.word for part in folder.parts[-_MOST_PARTS:] for token in tokens_of(part)]
    return own[-len(words) :] == list(words)


def _read_tag(found: Understood, known: KnownNames, phrase: PhraseFound) -> None:
    scan = found.scan
    for tag in sorted(known.tags, key=len, reverse=True):
        words = [token.word for token in tokens_of(tag)]
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
