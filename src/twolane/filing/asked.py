"""Which fields are drawn out of a document: those that all have, and those that its category asks for."""

from __future__ import annotations

from collections.abc import Callable

from twolane.facts import AskedField, FieldSpec
from twolane.fields.catalogue import OF_EVERY_DOCUMENT, known_fields
from twolane.filing.taxonomy import Taxonomy


class AskedFields:
    """The fields that the categories of a taxonomy ask for; `taxonomy` returns the one that holds now."""

    def __init__(self, taxonomy: Callable[[], Taxonomy]) -> None:
        self._taxonomy = taxonomy

    def of(self, category: str) -> tuple[FieldSpec, ...]:
        """Return the fields of a category's documents in order; of an unknown one what every document has.

        A category has the fields of those that it lies within, too.
        """
        taxonomy = self._taxonomy()
        found = {field: known_fields()[field] for field in OF_EVERY_DOCUMENT}
        for above in taxonomy.lineage(category):
            place = taxonomy.get(above)
            for spec in place.fields if place else ():
                found.setdefault(spec.id, spec)
        return tuple(found.values())

    def all(self) -> dict[str, AskedField]:
        """Return every field that there is by its id: the known ones, and those of the taxonomy's own."""
        found = {field: AskedField(spec) for field, spec in known_fields().items()}
        for category in self._taxonomy().categories:
            for spec in category.fields:
                before = found.get(spec.id, AskedField(spec))
                found[spec.id] = AskedField(spec, (*before.categories, category.id))
        return found
