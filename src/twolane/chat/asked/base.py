"""What was read out of a question: the files that it means, and what is to be done with them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from twolane.answers import AskedFilter
from twolane.documents import EVERYTHING, Filter


class Intent(StrEnum):
    """What a question wants of the files that it means."""

    PASSAGES = "passages"  # what they say: everything but the rest here
    COUNT = "count"
    LIST = "list"
    SUM = "sum"
    AVERAGE = "average"
    LATEST = "latest"
    EARLIEST = "earliest"
    LARGEST = "largest"
    SMALLEST = "smallest"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was read.

    `within` is what the filters let pass. `field` is the id of the field to add up or compare, "" where the
    question does not name one; `limit` is how many files are asked for, 0 where it does not say. `rest` are
    the question's words that no filter used. Only where it is `certain` may files that do not pass be left
    out of an answer.
    """

    intent: Intent = Intent.PASSAGES
    filters: tuple[AskedFilter, ...] = ()
    within: Filter = EVERYTHING
    field: str = ""
    limit: int = 0
    rest: str = ""
    certain: bool = False
