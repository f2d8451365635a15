"""The taxonomy as the API and `--json` show it, what can be done to it, and what that does to the library."""

from __future__ import annotations

from datetime import datetime

from pydantic import AliasPath, Field

from twolane.api.schemas.base import DisplayPath, SayingOut, Schema, Told
from twolane.api.schemas.reclassify import ChangeOut
from twolane.categories import (
    AddCategory,
    ImportTaxonomy,
    MergeCategories,
    MoveCategory,
    RemoveCategory,
    RenameCategory,
    SplitCategory,
)

TAXONOMY_LIMIT_CHARS = 500_000
_NAME = Field(max_length=200)


def _of(field: str) -> AliasPath:
    return AliasPath("category", field)


class CategoryOut(Schema):
    """A place in the taxonomy."""

    id: str = Field(validation_alias=_of("id"), examples=["contract"])
    name: str = Field(validation_alias=_of("name"), examples=["Contracts"])
    description: str = Field(
        validation_alias=_of("description"), examples=["Agreements, leases, terms and conditions"]
    )
    parent: str = Field(
        validation_alias=_of("parent"),
        description="the category that it lies within, or empty",
        examples=[""],
    )
    title: str = Field(description="its name after those that it lies within", examples=["Home: Contracts"])
    is_shipped_name: bool = Field(description="whether it is called as twolane ships it, and not by a person")
    is_shipped_description: bool = Field(description="whether it is described as twolane ships it")
    documents: int = Field(description="how many documents are filed there", examples=[17])
    people: int = Field(description="how many of them a person has put there", examples=[4])
    within: int = Field(description="how many are filed there or within it", examples=[31])
    depth: int = Field(description="how many categories it lies within", examples=[0])


class TaxonomyOut(SayingOut):
    """The library's taxonomy; its version counts every change."""

    version: int = Field(examples=[3])
    notice: Told = Field(description="what a person should know of the taxonomy file, or empty")
    categories: list[CategoryOut] = Field(description="each is followed by those within it")


class AddCategoryIn(Schema):
    """A new category."""

    name: str = Field(min_length=1, max_length=200, examples=["Recipes"])
    description: str = Field("", max_length=2000, examples=["How dishes are cooked"])
    parent: str = Field("", max_length=200, description="the category that it lies within, or empty")
    id: str = Field("", max_length=100, description="empty: made of the name")
    examples: list[str] = Field([], max_length=50, description="short texts as in its documents")

    def change(self) -> AddCategory:
        return AddCategory(self.name, self.description, self.parent, self.id, tuple(self.examples))


class RenameCategoryIn(Schema):
    """Another name, description or id of a category; what is null stays."""

    category: str = _NAME
    name: str | None = Field(None, max_length=200)
    description: str | None = Field(None, max_length=2000)
    id: str | None = Field(None, max_length=100)

    def change(self) -> RenameCategory:
        return RenameCategory(self.category, self.name, self.id, self.description)


class MergeCategoriesIn(Schema):
    """Categories that go into another one, with all that is in and within them."""

    into: str = _NAME
    others: list[str] = Field(min_length=1, max_length=100)

    def change(self) -> MergeCategories:
        return MergeCategories(self.into, tuple(self.others))


class SplitCategoryIn(Schema):
    """New categories within one."""

    category: str = _NAME
    parts: list[str] = Field(
        min_length=1,
        max_length=100,
        description="each a name, or a name and a description",
        examples=[["Energy: power, gas and heating", "Telephone"]],
    )

    def change(self) -> SplitCategory:
        return SplitCategory(self.category, tuple(self.parts))


class MoveCategoryIn(Schema):
    """A category that is to lie within another one, or within none."""

    category: str = _NAME
    parent: str = Field("", max_length=200, description="empty: within none")

    def change(self) -> MoveCategory:
        return MoveCategory(self.category, self.parent)


class RemoveCategoryIn(Schema):
    """A category that is to be no more."""

    category: str = _NAME
    into: str = Field(
        "",
        max_length=200,
        description="where its documents go; empty: machines file theirs again, which is refused where a "
        "person has put any there",
    )

    def change(self) -> RemoveCategory:
        return RemoveCategory(self.category, self.into)


class ImportTaxonomyIn(Schema):
    """A taxonomy file that is to take the place of all categories."""

    text: str = Field(max_length=TAXONOMY_LIMIT_CHARS, examples=['[[category]]\nid = "recipe"\n'])

    def change(self) -> ImportTaxonomy:
        return ImportTaxonomy(self.text)


class FollowedOut(Schema):
    """Documents that go where their category went."""

    category: str = Field(examples=["bill"])
    into: str = Field(examples=["invoice"])
    documents: int = Field(examples=[12])
    people: int = Field(description="how many of them a person has put there", examples=[3])


class TaxonomyPreviewOut(SayingOut):
    """What a change of the taxonomy does, or would do."""

    what: Told = Field(examples=['merged "Bills" into "Invoices"'])
    followed: list[FollowedOut]
    refiled: int = Field(description="how many documents that machines filed are filed again", examples=[40])
    staying: int = Field(
        description="how many documents stay in a category that was split, because people put them there",
        examples=[2],
    )
    changes: list[ChangeOut] = Field(description="some of what is filed again, by what is stored of it")
    looked_at: int = Field(description="among how many documents these changes are", examples=[40])
    titles: dict[str, str] = Field(
        description="the name of each category that there is then, after those that it lies within",
        examples=[{"invoice": "Bills: Invoices"}],
    )


class TaxonomyVersionOut(SayingOut):
    """One version of the taxonomy."""

    version: int = Field(examples=[3])
    what: Told = Field(examples=['merged "Bills" into "Invoices"'])
    origin: str = Field(description="own, file, import or person", examples=["person"])
    by: str = Field(description="who changed it, where that is known")
    at: datetime
    undoes: int = Field(description="the version that it takes back, or 0", examples=[0])


class ConfusedOut(SayingOut):
    """Two categories that the evidence cannot tell apart."""

    one: str = Field(examples=["bill"])
    other: str = Field(examples=["invoice"])
    why: Told = Field(examples=["of 14 documents that people decided on, 6 were taken for the other"])
    share: float = Field(description="0: told apart, 1: not at all", examples=[0.43])
    documents: int = Field(description="how many documents show it", examples=[14])


class SuggestionOut(Schema):
    """A category that might be added."""

    id: str = Field(examples=["recipes"])
    name: str = Field(examples=["Recipes"])
    description: str
    documents: int = Field(examples=[9])
    words: list[str] = Field(description="typical of their texts", examples=[["flour", "oven"]])
    files: list[DisplayPath]
    named_by: str = Field(description="the model that named it; empty where its words had to do")
    examples: list[str] = Field(description="how some of its files begin: give them to the new category")
