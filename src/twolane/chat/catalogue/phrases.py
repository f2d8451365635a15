"""What an answer from the catalogue says, in the language of the question."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from twolane.chat.phrases import language_of_phrases
from twolane.facts import AskedField


class CataloguePhrases:
    """The phrases of one question's language; `known` are the fields that there are."""

    def __init__(self, question: str, known: Mapping[str, AskedField]) -> None:
        self._table = _tables()[language_of_phrases(question)]
        self._known = known

    def say(self, phrase: str, **values: object) -> str:
        """Return a phrase with its values."""
        return self._table[phrase].format(**values)

    def field(self, field: str) -> str:
        """Return what a field is called: in the question's language, unless the taxonomy has its own name."""
        if field not in self._known:
            return self._table.get(field, self._table["amount"])
        name = self._known[field].spec.name
        return self._table.get(field, name) if name == _tables()["en"].get(field) else name


@cache
def _tables() -> dict[str, dict[str, str]]:
    text = resources.files("twolane.chat.catalogue").joinpath("phrases.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
