"""Whether the embedder knows the languages that the library's files are written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from twolane.config.lane_settings import EmbeddingSettings
from twolane.llm.base import Health
from twolane.llm.catalogue.embedding import embedding_form

MANY_LANGUAGES = "multilingual-e5-small"
"""The model of the list that knows about a hundred languages."""

_ALL = "many"
# A few foreign files are in every library; they are found by their words all the same.
_LEAST_FILES = 5
_LEAST_SHARE = 0.03


def told_of_languages(health: Health, settings: EmbeddingSettings, files: Mapping[str, int]) -> Health:
    """Return an embedder's health, with what it lacks where it does not know the languages of many files.

    `files` counts the library's files by ISO 639 code.
    """
    if not health.ready or settings.runtime == "off" or not (foreign := _foreign(settings.model, files)):
        return health
    number, names = sum(foreign.values()), ", ".join(sorted(foreign, key=lambda code: -foreign[code]))
    lacks = f"{settings.model} does not know the language of {number} files ({names})"
    remedy = f"run: twolane models reembed --model {MANY_LANGUAGES}"
    return replace(health, detail=f"{health.detail}; {lacks}", remedy=remedy)


def _foreign(model: str, files: Mapping[str, int]) -> dict[str, int]:
    """Count the files in languages that a model does not know; none where they are few."""
    known = embedding_form(model).languages
    if not known or _ALL in known:
        return {}
    foreign = {code: number for code, number in files.items() if code not in known}
    number = sum(foreign.values())
    return foreign if number >= max(_LEAST_FILES, _LEAST_SHARE * sum(files.values())) else {}
