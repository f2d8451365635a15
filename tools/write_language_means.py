"""Writes where the vectors of each language lie, from the catalogues of messages in a Django wheel.

    pip download --no-deps django==5.2.19
    python tools/write_language_means.py Django-5.2.19-py3-none-any.whl

The same messages in each language: what differs between the means of their vectors is the language alone.
"""

from __future__ import annotations

import gettext
import io
import random
import re
import sys
import zipfile
from pathlib import Path

import numpy as np

from twolane.config.settings import Settings
from twolane.llm.catalogue.language_means import MEANS_FOLDER
from twolane.llm.runtimes.onnx import OnnxEmbedder

MODEL = "multilingual-e5-small"
# Without those that have a second script or a close relative in the list.
LANGUAGES = (
    "ar",
    "az",
    "be",
    "bg",
    "ca",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "et",
    "eu",
    "fa",
    "fi",
    "fr",
    "ga",
    "gl",
    "he",
    "hu",
    "id",
    "it",
    "ja",
    "ko",
    "lv",
    "mn",
    "ms",
    "nb",
    "nl",
    "pl",
    "pt",
    "ro",
    "ru",
    "sk",
    "sl",
    "sr",
    "sv",
    "tr",
    "uk",
    "zh_Hans",
)
CODES = {"nb": "no", "zh_Hans": "zh"}
ROOMS = ("conf", "contrib/admin", "contrib/auth", "contrib/admindocs", "contrib/flatpages", "contrib/gis")
LEAST_CHARS = 26
PASSAGES, MESSAGES = 30, 4


def main(wheel: Path) -> None:
    """Embed the messages of each language, and write the means."""
    with zipfile.ZipFile(wheel) as archive:
        catalogues = {language: messages(archive, language) for language in LANGUAGES if language != "en"}
    shared = sorted(set.intersection(*(set(each) for each in catalogues.values())))
    random.Random(1).shuffle(shared)  # noqa: S311 - an order, no secret
    catalogues["en"] = {message: message for message in shared}
    embedder = OnnxEmbedder(MODEL, models_dir=Settings().models_dir)
    means = {}
    for language, translated in sorted(catalogues.items()):
        wanted = [shared[i : i + MESSAGES] for i in range(0, PASSAGES * MESSAGES, MESSAGES)]
        texts = [" ".join(plain(translated[message]) for message in group) for group in wanted if group]
        means[CODES.get(language, language)] = (
            embedder.embed(texts, "passage").mean(axis=0).astype(np.float16)
        )
    np.savez_compressed(MEANS_FOLDER / f"{MODEL}.npz", **means)


def messages(archive: zipfile.ZipFile, language: str) -> dict[str, str]:
    """Return translations by their English message."""
    found: dict[str, str] = {}
    names = set(archive.namelist())
    for room in ROOMS:
        name = f"django/{room}/locale/{language}/LC_MESSAGES/django.mo"
        if name in names:
            catalogue = gettext.GNUTranslations(io.BytesIO(archive.read(name)))._catalog  # type: ignore[attr-defined]
            pairs = ((key, value) for key, value in catalogue.items() if isinstance(key, str))
            found |= {key: value for key, value in pairs if len(key) >= LEAST_CHARS and value}
    return found


def plain(message: str) -> str:
    """Return a message without its places for values."""
    return re.sub(r"%\(\w+\)\w|%[sd]|\{\w*\}|<[^>]+>", "", message).strip()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
