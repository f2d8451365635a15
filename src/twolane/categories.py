"""What people can do to their categories, as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AddCategory:
    """A new category; `id` is made of the name where it is ""."""

    name: str
    description: str = ""
    parent: str = ""
    id: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenameCategory:
    """Another name, id or description; what is None stays."""

    category: str
    name: str | None = None
    id: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class MergeCategories:
    """Categories that go into another one with all that lies in and within them."""

    into: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SplitCategory:
    """New categories within one, each a name, or a name and a description as in "Energy: power and gas"."""

    category: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MoveCategory:
    """A category that lies within another one from then on, or within none where `parent` is ""."""

    category: str
    parent: str


@dataclass(frozen=True, slots=True)
class RemoveCategory:
    """A category that is no more; where people have put documents there, they go `into` another one."""

    category: str
    into: str = ""


@dataclass(frozen=True, slots=True)
class ImportTaxonomy:
    """A taxonomy file's `text`, which takes the place of all that there is; `origin` is what it is called."""

    text: str
    origin: str = "the file"


TaxonomyChange = (
    AddCategory
    | RenameCategory
    | MergeCategories
    | SplitCategory
    | MoveCategory
    | RemoveCategory
    | ImportTaxonomy
)
