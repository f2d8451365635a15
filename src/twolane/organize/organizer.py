"""The organizer's verbs: drafting plans, and keeping those that are to be applied."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from twolane.documents import EVERYTHING, FileState, Filter, display_path
from twolane.errors import ConflictError, NotFoundError, SettingsError, TemplateError
from twolane.facts import FieldType
from twolane.organize.applied import AppliedPlans
from twolane.organize.draft import Drafter, examples_of
from twolane.organize.journal import OnMoved
from twolane.organize.presets import JOHNNY_DECIMAL, PRESETS, JohnnyNumbers, Preset
from twolane.organize.rules import EVERY_CATEGORY, OrganizedCategory, RuleBook, check_category
from twolane.organize.template import known_values
from twolane.plans import CheckedRule, DraftPlan, Move, MoveKind, MoveState, OrganizeRule, Plan, PlanState
from twolane.store.base import Memory, Writing
from twolane.store.filed import FiledRows
from twolane.store.organized import Organized, PlanJournal, PlanRows
from twolane.text.suggesting import choice

_NUMBERS = "organize johnny_decimal"
_USUAL_PRESET = "category"
_LAST_NAME = "organize last plan"
_MOST_NAME_CHARS = 100
_MOST_EXAMPLES = 3
_MOST_PLANS = 1000  # that are looked through
_MOST_UNNAMED = 10
_UNNAMED = re.compile(r"\d{4}-\d\d-\d\d-\d+", re.ASCII)


class OrganizedStore(Organized, Memory, Writing, Protocol):
    """What the verbs need of the store."""


@dataclass(frozen=True, slots=True)
class OrganizeDefaults:
    """What holds where nothing is said: `rules`, with a `template` or a `preset` for all other categories.

    `root` is where files go, None where the folder that is planned stands for it; `own` is the folder that
    nothing goes into, for it is the library's.
    """

    root: Path | None = None
    preset: str = ""
    template: str = ""
    kind: MoveKind = MoveKind.MOVE
    rules: tuple[OrganizeRule, ...] = ()
    own: Path | None = None


class Organizer(AppliedPlans):
    """Plans of one library; safe to use from several threads.

    `categories` and `fields` return what there is now, in the taxonomy's order.
    """

    def __init__(
        self,
        store: OrganizedStore,
        filed: FiledRows,
        categories: Callable[[], Sequence[OrganizedCategory]],
        fields: Callable[[], Mapping[str, FieldType]],
        defaults: OrganizeDefaults,
        on_moved: OnMoved = lambda _: None,
    ) -> None:
        super().__init__(store, defaults.own / "run" if defaults.own else None, on_moved)
        self._store = store
        self._filed = filed
        self._categories = categories
        self._fields = fields
        self._defaults = defaults

    def draft(
        self,
        within: Filter = EVERYTHING,
        rules: Sequence[OrganizeRule] = (),
        *,
        preset: str = "",
        kind: MoveKind | None = None,
        unsure: bool = False,
        root: Path | None = None,
    ) -> DraftPlan:
        """Return where files would go; nothing is changed, and the next draft is the same.

        Rules and a preset that are given stand in place of all that the settings say: files of other
        categories are left. `root` is where files go, or else that of the settings, or the one folder that is
        planned. Raises `SettingsError` for a template that is wrong or where there is no root,
        `NotFoundError` for a category or preset that there is not.
        """
        categories = tuple(self._categories())
        for category in within.categories:
            check_category(category, categories)
        named, own = self._chosen(rules, preset)
        ready = PRESETS[named].rules(categories, self._numbers()) if named else ()
        book = RuleBook((*ready, *own), categories, known_values(self._fields()))
        kind, base = kind or self._defaults.kind, self._root(within, root)
        by_id = {one.id: one for one in categories}
        own_folder = self._defaults.own.resolve() if self._defaults.own else None
        drafter = Drafter(self._filed, book, by_id, base, kind=kind, unsure=unsure, own=own_folder)
        plan = drafter.draft(within)
        said = [
            f"from {', '.join(map(display_path, within.folders))}" if within.folders else "all files",
            f"only {', '.join(within.categories)}" if within.categories else "",
            f"to {display_path(base)}",
            f"by {named}" if named else "",
            *(f"rule {rule}" for rule in own),
            "" if kind is MoveKind.MOVE else f"as {kind.words}",
            "unsure ones too" if unsure else "",
        ]
        return replace(plan, preset=named, options="; ".join(filter(None, said)))

    def check(self, rule: OrganizeRule) -> CheckedRule:
        """Return what a rule makes of the first files of its category, or what is wrong with its template.

        Raises `NotFoundError` for a category that there is not.
        """
        categories = tuple(self._categories())
        try:
            book = RuleBook([rule], categories, known_values(self._fields()))
        except TemplateError as error:
            return CheckedRule(error=error.what, remedy=error.remedy, at=error.at)
        named = (rule.category,) if rule.category != EVERY_CATEGORY else ()
        within = Filter(categories=named, states=(FileState.FILED,))
        by_id = {category.id: category for category in categories}
        return CheckedRule(examples_of(self._filed, book, by_id, within, most=_MOST_EXAMPLES))

    def presets(self) -> tuple[Preset, ...]:
        """Return the orders of files that need no rules, by name."""
        return tuple(PRESETS.values())

    def save(self, draft: DraftPlan, name: str = "", by: str = "") -> Plan:
        """Keep a draft under a name, or under the day and a number: what is applied is exactly this.

        Of plans that nobody has named or applied only the newest stay. Raises `ConflictError` where a plan of
        this name is kept, or the draft moves nothing; `SettingsError` for what can be no name.
        """
        if not draft.moves:
            raise ConflictError(
                "there is nothing to move in this plan", "see why files are left where they are"
            )
        with self._store.writing() as write:
            if draft.preset == JOHNNY_DECIMAL:
                numbers = self._numbers()
                numbers.give(tuple(self._categories()))
                write.remember(_NUMBERS, numbers.text)
            if not (name := _checked_name(name)):
                self._forget_unnamed(write.plans)
                name = self._free_name(write.plans)
                write.remember(_LAST_NAME, name)
            return write.plans.add(draft, name, by)

    def plans(self, limit: int = 100, offset: int = 0) -> list[Plan]:
        """List the plans that are kept, newest first."""
        return self._store.plans.find(limit=limit, offset=offset)

    def plan(self, name: str) -> Plan:
        """Return a plan. Raises `NotFoundError`."""
        return self._store.plans.get(name)

    def moves(
        self, name: str, states: Collection[MoveState] = (), *, limit: int = 100, offset: int = 0
    ) -> list[Move]:
        """List a plan's moves by their numbers. Raises `NotFoundError`."""
        return self._store.plans.moves(self.plan(name).plan_id, states, limit=limit, offset=offset)

    def forget(self, name: str) -> None:
        """Forget a plan that was not applied. Raises `NotFoundError`, `ConflictError` where it was."""
        with self._store.writing() as write:
            write.plans.forget(name)

    # what a plan is made with

    def _chosen(self, given: Sequence[OrganizeRule], named: str) -> tuple[str, tuple[OrganizeRule, ...]]:
        """Return the preset and the rules that hold. Raises `NotFoundError` for an unknown preset."""
        defaults = self._defaults
        rules = defaults.rules
        if given or named:
            rules = tuple(given)
        elif defaults.template:
            rules = (OrganizeRule(EVERY_CATEGORY, defaults.template), *rules)
        else:
            named = defaults.preset or ("" if rules else _USUAL_PRESET)
        if named and named not in PRESETS:
            raise NotFoundError(f"there is no preset {named!r}", choice(named, PRESETS))
        return named, rules

    def _numbers(self) -> JohnnyNumbers:
        return JohnnyNumbers.from_text(self._store.recall(_NUMBERS))

    def _root(self, within: Filter, given: Path | None) -> Path:
        """Return where files go. Raises `SettingsError` where nothing says so, and for what is no folder."""
        [planned, *more] = within.folders or (None,)
        if more or (planned and not os.path.isdir(planned)):  # noqa: PTH112 - pathlib raises where it may not look
            planned = None
        root = given or self._defaults.root or planned
        if root is None:
            raise SettingsError(
                "nothing says below which folder the files are to go",
                "name it (on the page: Files go into; in a terminal: --root FOLDER; for good: organize.root "
                "in the settings), or plan one folder",
            )
        root = root.expanduser()
        if not root.is_absolute() or (os.path.lexists(root) and not os.path.isdir(root)):  # noqa: PTH112
            raise SettingsError(
                f"{display_path(root)} is no folder for files to go to", "name one by its full path"
            )
        root = root.resolve()
        own = self._defaults.own
        if own and root.is_relative_to(own.resolve()):
            raise SettingsError(f"{display_path(root)} is the library's own folder", "name another one")
        return root

    def _free_name(self, plans: PlanRows) -> str:
        """Return the day with a number that no plan has or had: what was seen under a name stays that."""
        day = datetime.now().astimezone().date().isoformat()
        last, _, number = self._store.recall(_LAST_NAME).rpartition("-")
        names = (f"{day}-{n}" for n in itertools.count(int(number) + 1 if last == day else 1))
        return next(name for name in names if not _is_kept(plans, name))

    def _forget_unnamed(self, plans: PlanJournal) -> None:
        """Forget the oldest plans that nobody has named or applied: each may hold a move for every file."""
        proposed = plans.find([PlanState.PROPOSED], limit=_MOST_PLANS)
        unnamed = [plan for plan in proposed if _UNNAMED.fullmatch(plan.name)]
        for plan in unnamed[_MOST_UNNAMED - 1 :]:
            plans.forget(plan.name)


def _checked_name(name: str) -> str:
    name = name.strip()
    if "/" in name or not name.isprintable() or len(name) > _MOST_NAME_CHARS:
        raise SettingsError(
            f"{name!r} cannot be a plan's name",
            f"it has at most {_MOST_NAME_CHARS} characters, no / and none that nobody sees",
        )
    if _UNNAMED.fullmatch(name):
        raise SettingsError(f"{name} is a name that plans get by themselves", "leave it out, or use words")
    return name


def _is_kept(plans: PlanRows, name: str) -> bool:
    try:
        plans.get(name)
    except NotFoundError:
        return False
    return True
