"""What is drawn out of a document: by what is known of its sender, and by what people taught of him."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from twolane.documents import Classification, Reading, Tier
from twolane.facts import CORRESPONDENT, GUESS_BELOW, Correspondent, FieldSpec
from twolane.fields.catalogue import OF_EVERY_DOCUMENT
from twolane.fields.choose import Rival
from twolane.fields.correspondents import Correspondence, Correspondents
from twolane.fields.draw import Drawing, Drawn, Taught
from twolane.fields.pick import PICKED

# What is as likely as this may well be what a document is.
_LIKELY = 0.15


class FieldsAsked(Protocol):
    """Which fields are drawn out of documents."""

    def of(self, category: str) -> Sequence[FieldSpec]:
        """Return the fields of a category's documents; of an unknown one what every document has."""


class Draws:
    """Draws the facts of documents; safe to use from several threads."""

    def __init__(self, store: Correspondence, asked: FieldsAsked) -> None:
        self._store = store
        self._senders = Correspondents(store)
        self._asked = asked

    def drawn(self, reading: Reading, path: Path, filed: Classification | None = None) -> Drawn:
        """Return what is drawn out of a document that is filed so. Raises `StoreError`.

        Where that is not sure, it is what likely categories ask for as well: a bill that may be a receipt has
        its sum in any case. Its sender is known by his marks, such as a bank account, or else by the name
        that was found: what people decided on his other papers then teaches where values stand.
        """
        drawing = Drawing(reading, path, self._specs(filed))
        sender = self._store.fields.sender_of(drawing.marks) if drawing.marks else None
        drawn = drawing.drawn(self._taught(sender))
        if sender is None and (named := self._named(drawn)):
            taught = self._taught(named)
            if taught.values:
                drawn = drawing.drawn(taught)
        return drawn

    def settle_senders(self, documents: Iterable[str]) -> None:
        """Merge whom documents are from with those whom they are proven to be, once their facts are saved."""
        for document in documents:
            self._senders.settle(document)

    def worth_asking(self, drawn: Drawn, filed: Classification | None) -> tuple[FieldSpec, ...]:
        """Return what is missing of a document, or hardly sure, and worth a model's time.

        Whom it is from and what it is called is asked only of papers: of categories that ask for more than
        every document has, and of what bears a sender's marks, such as an address. Source code and articles
        come by the thousand, and their authors help nobody.
        """
        asked = {spec.id: spec for spec in self._asked.of(filed.category if filed else "")}
        is_paper = bool(drawn.marks) or asked.keys() > set(OF_EVERY_DOCUMENT)
        unsure = {spec.id for spec in drawn.missing}
        if is_paper:
            unsure |= {value.field for value in drawn.values if value.confidence < GUESS_BELOW} & PICKED
        else:
            unsure -= PICKED
        return tuple(spec for field, spec in asked.items() if field in unsure)

    def _specs(self, filed: Classification | None) -> Sequence[FieldSpec]:
        categories = [filed.category] if filed else [""]
        if filed and filed.tier is not Tier.PERSON:
            categories += [score.category for score in filed.scores if score.probability >= _LIKELY]
        found = {spec.id: spec for category in categories for spec in self._asked.of(category)}
        return tuple(found.values())

    def rivals(
        self, reading: Reading, path: Path, specs: Sequence[FieldSpec]
    ) -> dict[str, tuple[Rival, ...]]:
        """Return between which values patterns are not sure, of those fields that a model picks for."""
        picked = [spec for spec in specs if spec.id in PICKED]
        drawing = Drawing(reading, path, picked) if picked else None
        return {spec.id: drawing.rivals(spec.id) for spec in picked} if drawing else {}

    def _taught(self, sender: Correspondent | None) -> Taught:
        return Taught(sender, self._store.fields.taught(sender.correspondent_id) if sender else ())

    def _named(self, drawn: Drawn) -> Correspondent | None:
        name = next((value.value for value in drawn.values if value.field == CORRESPONDENT), "")
        return self._store.correspondents.by_name(name) if name else None
