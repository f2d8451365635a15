"""Plans as the API and `--json` show them, and what one is to be made with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from twolane.api.schemas.base import DisplayPath, SayingOut, Schema, Told
from twolane.documents import Filter
from twolane.plans import LeftCause, MoveKind, MoveState, OrganizeRule, PastMove, PlanState
from twolane.system.paths import path_of_named

Moment = Annotated[datetime | None, BeforeValidator(lambda at: at or None)]


class OrganizeRuleIn(Schema):
    """Where the files of a category go, and of those within it."""

    category: str = Field(
        min_length=1, max_length=200, description="its id, or * for all", examples=["invoice"]
    )
    template: str = Field(max_length=1000, examples=["{correspondent|Unknown}/{date:%Y}/{name}{ext}"])

    def rule(self) -> OrganizeRule:
        return OrganizeRule(self.category, self.template)


class DraftIn(Schema):
    """What a plan is made with; what is not given is as the settings say."""

    folders: list[str] = Field([], max_length=100, description="only what is at or under them; empty: all")
    category: str = Field("", max_length=200, description="only this category, and those within it")
    rules: list[OrganizeRuleIn] = Field(
        [], max_length=1000, description="given ones stand in place of all that the settings say"
    )
    preset: str = Field("", max_length=100, examples=["year_category"])
    kind: MoveKind | None = Field(None, description="what is done with the files", examples=["move"])
    unsure: bool = Field(False, description="plan what waits for a person, too")
    root: str = Field("", max_length=4096, description="where files go; empty: the one folder, if it is one")

    def within(self) -> Filter:
        return Filter(
            folders=tuple(path_of_named(Path(folder)) for folder in self.folders),
            categories=(self.category,) if self.category else (),
        )


class PlanIn(DraftIn):
    """A plan that is to be kept."""

    name: str = Field("", max_length=100, description="empty: the day with a number", examples=["spring"])


class MoveOut(SayingOut):
    """One file of a plan, from where it is to where it goes."""

    number: int = Field(description="counts from 1 within the plan", examples=[1])
    file_id: int = Field(examples=[17])
    source: DisplayPath = Field(examples=["/home/ada/inbox/scan-17.pdf"])
    target: DisplayPath = Field(examples=["/home/ada/inbox/Invoices/scan-17.pdf"])
    kind: MoveKind
    size_bytes: int
    category: str = Field(examples=["invoice"])
    reason: Told = Field(description="why it goes there")
    state: MoveState
    note: Told = Field(description="what became of it, where there is something to say")
    at: Moment = Field(description="when that was")


class PastMoveOut(MoveOut):
    """A move that a plan has begun."""

    plan: str = Field(description="the plan's name", examples=["2026-11-27-1"])

    @classmethod
    def of(cls, past: PastMove) -> PastMoveOut:
        return cls(plan=past.plan, **dict(MoveOut.model_validate(past.move)))


class PlanProgressOut(Schema):
    """How far an apply or undo is."""

    plan: str = Field(examples=["2026-11-27-1"])
    done: int = Field(description="moves that are over with", examples=[512])
    total: int
    left: int = Field(description="of those, files that stayed where they are")


class LeftFileOut(SayingOut):
    """A file that stays where it is, and why."""

    file_id: int
    path: DisplayPath
    cause: LeftCause
    detail: Told


class TargetFolderOut(Schema):
    """A folder that files go to, and how many."""

    folder: DisplayPath = Field(examples=["/home/ada/inbox/Invoices"])
    files: int = Field(examples=[17])


class CheckedRuleOut(SayingOut):
    """What a rule makes of some files, or what is wrong with its template."""

    examples: list[str] = Field(description="paths below the root", examples=[["Halden/2025/Lease.pdf"]])
    error: Told = Field(description="what is wrong, or empty")
    remedy: Told
    at: int = Field(description="the place of the mistake in the template, from 0", examples=[0])


class DraftPlanOut(SayingOut):
    """Some moves of a plan that is not kept, and what it leaves where it is."""

    moves: list[MoveOut]
    total: int = Field(description="how many moves there are in all")
    folders: list[TargetFolderOut] = Field(
        description="the first thousand folders that files go to, in order"
    )
    folder_count: int = Field(description="how many of those there are in all")
    left: list[LeftFileOut] = Field(description="as many as moves were asked for, from the same place on")
    left_total: int = Field(description="how many of those there are in all")
    left_counts: dict[LeftCause, int] = Field(description="how many files stay, by cause: these and others")
    options: Told = Field(description="what it was made with", examples=["all files; to /home/ada/papers"])


class PlanOut(SayingOut):
    """A plan that is kept, with the number of its moves by how far they are."""

    name: str = Field(examples=["2026-11-27-1"])
    state: PlanState
    options: Told = Field(description="what it was made with", examples=["all files; to /home/ada/papers"])
    total: int = Field(description="how many moves there are", examples=[34])
    counts: dict[MoveState, int] = Field(examples=[{"proposed": 34}])
    made_at: datetime
    applied_at: Moment = Field(description="null: it was not")
    undone_at: Moment = Field(description="null: it was not")
    by: str = Field(description="who made it, where that is known")


class PlannedOut(SayingOut):
    """What `twolane plan` has made, after its moves and the files that it leaves."""

    total: int = Field(description="how many moves there are", examples=[34])
    left_counts: dict[LeftCause, int] = Field(description="how many files stay, by cause")
    options: Told = Field(description="what it was made with")
    plan: PlanOut | None = Field(description="as what it was kept, if it was")


class PresetOut(SayingOut):
    """An order of files that needs no rules."""

    id: str = Field(examples=["year_category"])
    words: Told
    example: str = Field(description="a path in it", examples=["2025/Invoices/scan-17.pdf"])
