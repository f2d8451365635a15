"""What is said to the user in place of an answer, in the language of the question."""

from __future__ import annotations

import locale
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from twolane.answers import ExtractsCause, RefusalCause, UnreadFiles
from twolane.text.identify import likeliest_of
from twolane.text.words import raw_words

_ENGLISH = "en"


def refusal(cause: RefusalCause, question: str, unread: Sequence[UnreadFiles] = ()) -> str:
    """Say why there is no answer, and which files could not be looked into."""
    phrases = _tables()[language_of_phrases(question)]
    return " ".join(filter(None, (phrases[cause.value], not_read(question, unread))))


def not_read(question: str, unread: Sequence[UnreadFiles]) -> str:
    """Say which files could not be looked into; "" where all could."""
    phrases = _tables()[language_of_phrases(question)]
    counted = ", ".join(f"{phrases[each.cause.value]} ({each.files})" for each in unread)
    return phrases["unread"].format(files=counted) if unread else ""


def extracts(cause: ExtractsCause, question: str) -> str:
    """Say that places of the files stand where a model's answer would."""
    meanwhile = cause is ExtractsCause.LOADING
    return _tables()[language_of_phrases(question)]["extracts_meanwhile" if meanwhile else "extracts"]


def language_of_phrases(question: str) -> str:
    """Return the code of a question's language where it has phrases, else of the system's, else "en"."""
    system = (locale.getlocale()[0] or "").partition("_")[0]
    codes = (_language(question, system), system)
    return next((code for code in codes if code in _tables()), _ENGLISH)


@cache
def bare_words() -> frozenset[str]:
    """Return the words, of all languages and without case, that hold nothing to look for."""
    return frozenset(word for table in _tables().values() for word in table["bare"].split())


@cache
def turning_words() -> frozenset[str]:
    """Return the words, of all languages and without case, by which a follow-up turns to something else."""
    return frozenset(word for table in _tables().values() for word in table["turning"].split())


def _language(question: str, system: str) -> str:
    """Return a question's language: of a bare word, that of the user's system where it has the word."""
    words = set(raw_words(question.casefold()))
    users = [code for code, table in _tables().items() if words and words <= set(table["bare"].split())]
    if users:
        return system if system in users else users[0]
    return likeliest_of(question, _tables())


@cache
def _tables() -> dict[str, dict[str, str]]:
    text = resources.files("twolane.chat").joinpath("phrases.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
