"""Presets: ready-made orders of files that need no rules of one's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from twolane.errors import SettingsError
from twolane.organize.rules import EVERY_CATEGORY, OrganizedCategory
from twolane.organize.template import literal
from twolane.plans import OrganizeRule

JOHNNY_DECIMAL = "johnny_decimal"
_BY_CATEGORY = "{category_path}/{name}{ext}"
# of twolane's own categories those that are about something, not about the one whose files they are
_RESOURCES = frozenset({"article", "manual", "presentation", "scientific_paper", "source_code"})
_AREAS, _PLACES = 9, 9  # 10-19 to 90-99, each with 11 to 19: what ends in 0 is the area's own


@dataclass(slots=True)
class JohnnyNumbers:
    """The numbers of areas and categories: once given, they are neither changed nor given again.

    `areas` are the top categories of 10-19, 20-29 and so on, "" where categories share one that have none
    within them; `numbers` are those of categories.
    """

    areas: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def from_text(cls, text: str) -> JohnnyNumbers:
        """Return the numbers that `text` was made of; none of ""."""
        kept = json.loads(text) if text else {}
        return cls(list(kept.get("areas", ())), dict(kept.get("numbers", {})))

    @property
    def text(self) -> str:
        """All of it as JSON."""
        return json.dumps({"areas": self.areas, "numbers": self.numbers}, ensure_ascii=False)

    def give(self, categories: Sequence[OrganizedCategory]) -> None:
        """Give a number to each category that has none, in their order. Raises `SettingsError`."""
        parents = {above for category in categories for above in category.lineage[1:]}
        for category in categories:
            top = category.lineage[-1] if category.lineage[-1] in parents else ""
            if category.id not in self.numbers:
                self.numbers[category.id] = self._free(top, is_top=category.id == top)

    def _free(self, top: str, *, is_top: bool) -> int:
        taken = set(self.numbers.values())
        own = [tens for tens, owner in enumerate(self.areas, 1) if owner == top]
        digits = (0,) if is_top else range(1, _PLACES + 1)
        for number in (tens * 10 + digit for tens in own for digit in digits):
            if number not in taken:
                return number
        if len(self.areas) == _AREAS:
            raise SettingsError(
                "the preset johnny_decimal has no room for so many categories: its numbers end at 99",
                "put some within others, or choose another preset, such as: category",
            )
        self.areas.append(top)
        return len(self.areas) * 10 + (0 if is_top else 1)


@dataclass(frozen=True, slots=True)
class Preset:
    """An order of files by its name; `words` explain it, and `example` is a path in it."""

    id: str
    words: str
    example: str
    rules: Callable[[Sequence[OrganizedCategory], JohnnyNumbers], tuple[OrganizeRule, ...]]
    """What it makes of the categories; numbers that it needs and that are not given yet are given."""


def _every(template: str) -> tuple[OrganizeRule, ...]:
    return (OrganizeRule(EVERY_CATEGORY, template),)


def _para(categories: Sequence[OrganizedCategory], _: JohnnyNumbers) -> tuple[OrganizeRule, ...]:
    resources = [one.id for one in categories if _RESOURCES.intersection(one.lineage)]
    return (
        *_every(f"2 Areas/{_BY_CATEGORY}"),
        *(OrganizeRule(one, f"3 Resources/{_BY_CATEGORY}") for one in resources),
    )


def _johnny_decimal(
    categories: Sequence[OrganizedCategory], numbers: JohnnyNumbers
) -> tuple[OrganizeRule, ...]:
    numbers.give(categories)
    names = {category.id: category.name for category in categories}
    rules = []
    for category in categories:
        number = numbers.numbers[category.id]
        owner = numbers.areas[number // 10 - 1]
        area = f"{number // 10}0-{number // 10}9 {names.get(owner, '')}"
        folders = f"{literal(area)}/{literal(f'{number} {category.name}')}"
        rules.append(OrganizeRule(category.id, f"{folders}/{{name}}{{ext}}"))
    return tuple(rules)


_ALL = (
    Preset(
        "category",
        "a folder for each category, within those of the categories that it lies within",
        "Invoices/Energy/scan-17.pdf",
        lambda *_: _every(_BY_CATEGORY),
    ),
    Preset(
        "year_category",
        "by the year of the document (or else in which it was added), then by category",
        "2025/Invoices/Energy/scan-17.pdf",
        lambda *_: _every("{date:%Y|added:%Y}/" + _BY_CATEGORY),
    ),
    Preset(
        "para",
        "PARA: areas of life by category, and resources for what one only reads; "
        "1 Projects and 4 Archives are filled by hand, and what you put there stays",
        "2 Areas/Invoices/Energy/scan-17.pdf",
        _para,
    ),
    Preset(
        JOHNNY_DECIMAL,
        "Johnny Decimal: numbered categories in areas of ten; a number once used stays",
        "10-19 Invoices/11 Energy/scan-17.pdf",
        _johnny_decimal,
    ),
)

PRESETS: Mapping[str, Preset] = {one.id: one for one in _ALL}
"""All presets by their names."""
