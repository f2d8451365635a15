"""Files whose category is known: from a list of the user's, from corrections in the library, or shipped."""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from twolane.app import App
from twolane.documents import Tier
from twolane.errors import ExtractError, NotFoundError, SettingsError
from twolane.filing.taxonomy import Taxonomy
from twolane.measure.data import read_data

_FEWEST_CORRECTIONS = 10
_TEXT_CHARS = 4000  # far more than the small model is shown
_SHAPE = "give each line a path and a category: CSV with these two columns, or JSON lines with these two keys"


@dataclass(frozen=True, slots=True)
class Labelled:
    """The beginning of a document's text, and the id of its category."""

    text: str
    category: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.category}\n{self.text}".encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(frozen=True)
class LabelledSet:
    """Documents with known categories, in a fixed random order; `origin` says in words whose they are."""

    origin: str
    documents: tuple[Labelled, ...]
    taxonomy: Taxonomy
    is_own: bool
    note: str = ""


def labelled_set(app: App, labels: Path | None, limit: int) -> LabelledSet:
    """Return at most `limit` labelled documents: listed in a file, else corrected by a person, else shipped.

    Raises `SettingsError` for a list that cannot be read, and `NotFoundError` for what it names and is not.
    """
    if labels is not None:
        return _sampled(_listed(app, labels), limit)
    corrected = tuple(_corrected(app))
    if len(corrected) >= _FEWEST_CORRECTIONS:
        found = LabelledSet("files that a person filed", corrected, app.taxonomy.leaves(), True)
        return _sampled(found, limit)
    few = f"{len(corrected)} files were filed by a person, and {_FEWEST_CORRECTIONS} are needed. "
    note = (
        f"{few}These are invented examples: they rank models, and do not say how well your files are filed."
    )
    return _sampled(LabelledSet("shipped examples", _shipped(), Taxonomy.load(), False, note), limit)


def _sampled(found: LabelledSet, limit: int) -> LabelledSet:
    """Shuffle by the texts themselves: the same documents come in the same order wherever they lie."""
    ordered = sorted(found.documents, key=lambda document: document.digest)
    random.Random(1).shuffle(ordered)  # noqa: S311 - an order, not a secret
    return LabelledSet(found.origin, tuple(ordered[:limit]), found.taxonomy, found.is_own, found.note)


def _listed(app: App, labels: Path) -> LabelledSet:
    taxonomy = app.taxonomy.leaves()
    known = {key: c.id for c in taxonomy.categories for key in (c.id.casefold(), c.name.casefold())}
    documents, unread = [], 0
    for line, row in _rows(labels):
        path, category = str(row.get("path") or ""), str(row.get("category") or row.get("label") or "")
        if not path or not category:
            raise SettingsError(f"{labels}:{line}: has no path or no category", _SHAPE)
        if category.casefold() not in known:
            names = ", ".join(c.id for c in taxonomy.categories)
            raise NotFoundError(f"{labels}:{line}: there is no category {category!r}", f"there are: {names}")
        text = _text_of(app, labels.parent / path)
        unread += not text
        if text:
            documents.append(Labelled(text, known[category.casefold()]))
    if not documents:
        raise SettingsError(f"{labels}: none of its files has a text", _SHAPE)
    note = f"{unread} of its files have no text and are left out." if unread else ""
    return LabelledSet(f"the files of {labels.name}", tuple(documents), taxonomy, True, note)


def _rows(labels: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    try:
        text = labels.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{labels}: cannot be read: {error}", _SHAPE) from error
    if labels.suffix.lower() == ".csv":
        yield from enumerate(csv.DictReader(text.splitlines()), 2)
        return
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise SettingsError(f"{labels}:{number}: is not JSON: {error}", _SHAPE) from error
        if not isinstance(row, dict):
            raise SettingsError(f"{labels}:{number}: is not a JSON object", _SHAPE)
        yield number, row


def _text_of(app: App, path: Path) -> str:
    if not path.is_file():
        raise NotFoundError(f"there is no file {path}", "paths are relative to the list's own folder")
    try:
        return app.extractor().read(path).text[:_TEXT_CHARS].strip()
    except ExtractError:
        return ""


def _corrected(app: App) -> Iterator[Labelled]:
    """Yield the documents that a person filed, each once however many files hold it."""
    categories, seen = {category.id for category in app.taxonomy.leaves().categories}, set()
    for record in app.library.find().files:
        decided = record.classification
        if not decided or decided.tier is not Tier.PERSON or record.document in seen:
            continue
        seen.add(record.document)
        reading = app.library.reading(record)
        text = reading.text[:_TEXT_CHARS].strip() if reading else ""
        if text and decided.category in categories:
            yield Labelled(text, decided.category)


def _shipped() -> tuple[Labelled, ...]:
    return tuple(Labelled(row["text"], row["category"]) for row in read_data("compare/filing")["document"])
