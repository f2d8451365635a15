"""The part of port 3 that keeps the taxonomy: its versions, and where documents are by the newest."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from twolane.store.values import CategoryUse, MachineFiled, TaxonomyVersion


class TaxonomyWriter(Protocol):
    """Changes of the taxonomy."""

    def lock_taxonomy(self) -> int:
        """Keep every other change out until the transaction ends; return the newest version, 0 for none."""

    def save_taxonomy(self, version: TaxonomyVersion) -> int:
        """Add a version, which is the newest from then on; return its number. The store sets its time."""

    def take_back_refiled(self, categories: Collection[str], since: int, by: str = "") -> int:
        """Take back what machines decided since on documents that stood in these categories before.

        With "" among them, also on those that waited for a person. `since` is the number of a decision.
        What stood before stands again; returns how many documents.
        """


class Taxonomies(Protocol):
    """The versions of the library's taxonomy, each kept for ever; without any it has none of its own."""

    def newest(self) -> int:
        """Return the number of the newest version, 0 for none: one cheap look."""

    def current(self) -> TaxonomyVersion | None:
        """Return the newest version."""

    def history(self) -> list[TaxonomyVersion]:
        """Return all versions, newest first."""

    def uses(self) -> list[CategoryUse]:
        """Return how many documents stand in each category that has any."""

    def decided(self) -> list[CategoryUse]:
        """Return the same as `uses`, by the categories that documents were put into at that time."""

    def machine_filed(self) -> list[MachineFiled]:
        """Return the documents on which a machine's decision stands."""


class Categorised(Protocol):
    """A library that has a taxonomy."""

    @property
    def taxonomies(self) -> Taxonomies:
        """The versions of the taxonomy."""
