"""What was understood of a question so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from twolane.answers import AskedFilter
from twolane.chat.asked.scan import Scan
from twolane.chat.asked.sums import AskedSum
from twolane.chat.asked.words import MONEY

CUES = MONEY | {"count", "which", "who", "latest", "earliest"}


@dataclass(slots=True)
class Understood:
    """What was understood of a question; `rest` are the tokens that nothing was read from."""

    scan: Scan
    cues: set[str] = field(default_factory=set)
    filters: list[AskedFilter] = field(default_factory=list)
    explicit: list[AskedFilter] = field(default_factory=list)  # what narrows the search for passages, too
    amount: AskedSum | None = None
    amount_field: str = ""
    has_things: bool = False
    number: str = ""  # whether what is asked for is one or many, "" where it does not say
    limit: int = 0
    is_doubtful: bool = False
    is_inside: bool = False  # it asks what stands in a thing
    roles: set[str] = field(default_factory=set)
    rest: list[int] = field(default_factory=list)

    @property
    def rest_text(self) -> str:
        """The words that nothing was read from."""
        return " ".join(self.scan.text(place, place + 1) for place in self.rest)

    @property
    def is_whole(self) -> bool:
        """Whether each word of it was understood."""
        return not self.rest and "not" not in self.roles

    @property
    def has_amount(self) -> bool:
        """Whether it asks for an amount."""
        return bool(self.amount_field) or "amount" in self.roles or bool(self.cues & MONEY)

    def kinds(self) -> set[str]:
        """Return the kinds of its filters."""
        return {one.kind for one in self.filters}

    def add(self, one: AskedFilter, *, explicit: bool = False) -> None:
        """Add a filter, which is `explicit` where it narrows the search for passages, too."""
        if one not in self.filters:
            self.filters.append(one)
            if explicit:
                self.explicit.append(one)
