"""Rules say by which template the files of a category go; the rule of the innermost category counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from twolane.errors import NotFoundError
from twolane.organize.template import BlankKind, Template
from twolane.plans import OrganizeRule
from twolane.text.suggesting import choice

EVERY_CATEGORY = "*"


@dataclass(frozen=True, slots=True)
class OrganizedCategory:
    """What planning knows of a category: `lineage` are its id and those of what it lies within, itself first.

    `names` are the names of the same, itself last.
    """

    id: str
    name: str
    lineage: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def unknown(cls, category_id: str) -> OrganizedCategory:
        """Return a category that the taxonomy no longer has."""
        return cls(category_id, category_id, (category_id,), (category_id,))


class RuleBook:
    """Rules with their templates read and checked.

    Raises `SettingsError` for a template that is wrong, `NotFoundError` for a category that there is not.
    """

    def __init__(
        self,
        rules: Iterable[OrganizeRule],
        categories: Sequence[OrganizedCategory],
        known: Mapping[str, BlankKind],
    ) -> None:
        self._templates: dict[str, Template] = {}
        for rule in rules:
            if rule.category != EVERY_CATEGORY:
                check_category(rule.category, categories, f"the rule {str(rule)!r}: ")
            self._templates[rule.category] = Template.parse(rule.template).checked(known)

    def template(self, category: OrganizedCategory) -> Template | None:
        """Return the template by which the files of a category go, None where they go nowhere."""
        found = (self._templates.get(one) for one in (*category.lineage, EVERY_CATEGORY))
        return next((template for template in found if template), None)


def check_category(category_id: str, categories: Iterable[OrganizedCategory], where: str = "") -> None:
    """Raise `NotFoundError` where there is no such category; `where` says what named it."""
    ids = [category.id for category in categories]
    if category_id in ids:
        return
    raise NotFoundError(
        f"{where}there is no category {category_id!r}", choice(category_id, ids, see="`twolane taxonomy`")
    )
