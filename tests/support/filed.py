"""A library of real files that were filed without any model: what plans are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.library import passages, reading

from twolane.documents import Classification, Decision, FileSeen, ReviewCause, Tier
from twolane.facts import FieldSource, FieldType, FieldValue
from twolane.fields.catalogue import known_fields
from twolane.files.scan import stamp
from twolane.organize.organizer import OrganizeDefaults, Organizer
from twolane.organize.rules import OrganizedCategory
from twolane.store.base import Store
from twolane.store.nouns.filed import FiledTable

_AT_ONCE = 500
NO_DEFAULTS = OrganizeDefaults()


def category(category_id: str, name: str = "", parent: OrganizedCategory | None = None) -> OrganizedCategory:
    name = name or category_id.capitalize()
    above = (parent.lineage, parent.names) if parent else ((), ())
    return OrganizedCategory(category_id, name, (category_id, *above[0]), (*above[1], name))


INVOICE = category("invoice", "Invoices")
ENERGY = category("energy", "Energy", INVOICE)
LETTER = category("letter", "Letters")
CATEGORIES = (INVOICE, ENERGY, LETTER)


@dataclass(frozen=True)
class Given:
    """A file that is to be in the library: its content, and what is known of it."""

    path: Path
    content: str = ""
    category: str | None = "letter"
    fields: Mapping[str, str] = field(default_factory=dict)
    guesses: Mapping[str, str] = field(default_factory=dict)
    review: ReviewCause | None = None


def put(store: Store, files: Sequence[Given]) -> None:
    """Write files and have them known as filed; those without a category were not read."""
    for begin in range(0, len(files), _AT_ONCE):
        _put_some(store, files[begin : begin + _AT_ONCE])


def _put_some(store: Store, files: Sequence[Given]) -> None:
    seen, by_path = [], {}
    for given in files:
        given.path.parent.mkdir(parents=True, exist_ok=True)
        given.path.write_text(given.content or str(given.path.name.encode("utf-8", "surrogateescape")))
        status = given.path.stat()
        seen.append(FileSeen(given.path, status.st_size, stamp(status)))
        by_path[given.path] = given
    scan = store.next_scan()
    with store.writing() as write:
        write.see(seen, scan)
    jobs = store.claim(["read"], "tester", 60.0, limit=len(files)).jobs
    with store.finishing(*jobs) as write:
        for job in jobs:
            given = by_path[store.file(job.file_id).path]
            if given.category is None:
                continue
            document = hashlib.sha256(given.path.read_bytes()).hexdigest()
            write.save_reading(
                job.file_id, document, given.path.stat().st_size, reading("text"), passages("text")
            )
            made = Classification(given.category, 0.99, Tier.RULES, "a rule says so", given.review)
            write.decide(document, Decision(made))
            write.save_fields(document, [*_values(given.fields, 0.9), *_values(given.guesses, 0.3)])


def _values(values: Mapping[str, str], confidence: float) -> list[FieldValue]:
    return [FieldValue(name, value, confidence, FieldSource.PATTERN) for name, value in values.items()]


def known_types() -> dict[str, FieldType]:
    return {spec.id: spec.type for spec in known_fields().values()}


def organizer_of(
    store: Store,
    defaults: OrganizeDefaults = NO_DEFAULTS,
    categories: Sequence[OrganizedCategory] = CATEGORIES,
) -> Organizer:
    filed = FiledTable(store.session)
    return Organizer(store, filed, lambda: categories, known_types, defaults)
