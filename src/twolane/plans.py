"""Plans: what is to happen to files, and what did happen to them, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from twolane.errors import SettingsError


class MoveKind(StrEnum):
    """What a move does with a file; all but the first leave it where it is."""

    MOVE = "move"
    COPY = "copy"
    HARD_LINK = "hard_link"
    SYMBOLIC_LINK = "symbolic_link"

    @property
    def words(self) -> str:
        """The kind as people read it."""
        return self.value.replace("_", " ")


class MoveState(StrEnum):
    """How far a move is. The journal holds `STARTED` and `UNDOING` before anything is touched on disk."""

    PROPOSED = "proposed"
    STARTED = "started"  # it has happened, or not: the disk tells
    DONE = "done"
    LEFT = "left"  # nothing was done, and its note says why
    UNDOING = "undoing"
    UNDONE = "undone"
    KEPT = "kept"  # it could not be undone without losing something, and its note says what


class PlanState(StrEnum):
    """How far a plan is. What was interrupted stays applying or undoing until it is finished."""

    PROPOSED = "proposed"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"


class LeftCause(StrEnum):
    """Why a plan leaves a file where it is."""

    IN_PLACE = "in_place"
    UNSURE = "unsure"  # not accepted under max_error, or waiting for a person
    NO_CATEGORY = "no_category"
    UNREAD = "unread"
    BY_PERSON = "by_person"  # a person has moved it to where it is
    NO_RULE = "no_rule"
    TAKEN = "taken"  # something else lies or will lie where it would go
    UNSAFE_NAME = "unsafe_name"  # no name could be made of it that the file system takes

    @property
    def words(self) -> str:
        """The cause as people read it."""
        return _LEFT[self]


_LEFT = {
    LeftCause.IN_PLACE: "already where it belongs",
    LeftCause.UNSURE: "not sure enough where it belongs",
    LeftCause.NO_CATEGORY: "belongs to no category",
    LeftCause.UNREAD: "not read, or not filed yet",
    LeftCause.BY_PERSON: "a person has put it where it is",
    LeftCause.NO_RULE: "no rule says where its category goes",
    LeftCause.TAKEN: "something else lies where it would go",
    LeftCause.UNSAFE_NAME: "its new name does not fit the file system",
}


@dataclass(frozen=True, slots=True)
class OrganizeRule:
    """The template by which the files of a category go, and of those within it; "*" is every category."""

    category: str
    template: str

    @classmethod
    def parse(cls, text: str) -> OrganizeRule:
        """Read a rule as people write it, `invoice={date:%Y}/{name}{ext}`. Raises `SettingsError`."""
        category, equals, template = text.partition("=")
        if not equals or not category.strip() or "{" in category:
            raise SettingsError(
                f"the rule {text!r} is not CATEGORY=TEMPLATE",
                "write it like invoice='{date:%Y}/{name}{ext}'",
            )
        return cls(category.strip(), template.strip())

    def __str__(self) -> str:
        return f"{self.category}={self.template}"


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """A rule that was looked at: what it makes of some files, or what is wrong with its template.

    `examples` are paths below the root; `at` is the place of the mistake in the template, from 0.
    """

    examples: tuple[str, ...] = ()
    error: str = ""
    remedy: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """One file of a plan: from `source` to `target`, both absolute.

    `document` is the SHA-256 of the content that it was planned on, `size_bytes` and `stamp` the file's as it
    was scanned: a file that is another one by then is left alone. `reason` says why it goes there, `note`
    what became of it, and `at` when, in seconds since the epoch. `number` counts from 1 within the plan.
    """

    number: int
    file_id: int
    document: str
    source: Path
    target: Path
    kind: MoveKind
    size_bytes: int
    stamp: str
    category: str
    reason: str = ""
    state: MoveState = MoveState.PROPOSED
    note: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class LeftFile:
    """A file that a plan leaves where it is, and why; `detail` says more where there is more to say."""

    file_id: int
    path: Path
    cause: LeftCause
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DraftPlan:
    """A plan that is not kept yet: making it has changed nothing, anywhere.

    `left` names the files that could have gone somewhere; of all that are left, `left_counts` has the number
    by cause.
    """

    moves: tuple[Move, ...]
    left: tuple[LeftFile, ...] = ()
    left_counts: Mapping[LeftCause, int] = field(default_factory=dict)
    options: str = ""  # what it was made with, as people read it: folders, rules, preset
    preset: str = ""  # the preset among that, or ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that is kept under a name, without its moves: `counts` has their number by state.

    Times are in seconds since the epoch, 0 where it has not come to that; `by` is who made it.
    """

    plan_id: int
    name: str
    state: PlanState
    options: str = ""
    counts: Mapping[MoveState, int] = field(default_factory=dict)
    made_at: float = 0.0
    applied_at: float = 0.0
    undone_at: float = 0.0
    by: str = ""

    @property
    def total(self) -> int:
        """The number of its moves."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class PastMove:
    """A move that a plan has begun, with the name of that plan."""

    plan: str
    move: Move


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """How far an apply or undo is: `done` of `total` moves, of which some were left or kept as they are."""

    plan: str
    done: int
    total: int
    left: int = 0
