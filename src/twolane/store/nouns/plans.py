"""Plans: what is to happen to files, and the journal of what did."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from twolane.errors import ConflictError, NotFoundError
from twolane.plans import DraftPlan, Move, MoveKind, MoveState, PastMove, Plan, PlanState
from twolane.store.organized import JournalLine, NewLine, PlanFolder
from twolane.store.rows import path_of
from twolane.store.session import Row, Session
from twolane.text.full_text import clean
from twolane.text.suggesting import choice

_MOST_COMPARED = 500


class PlanTable:
    """Obeys `twolane.store.organized.PlanJournal` within a transaction, and `PlanRows` over a library."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, name: str) -> Plan:
        row = self._session.row("plans.get", name=clean(name))
        if row is None:
            kept = [one.name for one in self.find(limit=_MOST_COMPARED)]
            raise NotFoundError(f"there is no plan {name!r}", choice(name, kept, see="`twolane plans list`"))
        return self._plan(row)

    def find(self, states: Collection[PlanState] = (), *, limit: int, offset: int = 0) -> list[Plan]:
        rows = self._session.rows(
            "plans.find", states=_values(states or tuple(PlanState)), limit=limit, offset=offset
        )
        return [self._plan(row) for row in rows]

    def moves(
        self, plan_id: int, states: Collection[MoveState] = (), *, limit: int, offset: int = 0
    ) -> list[Move]:
        page = {"plan_id": plan_id, "limit": limit, "offset": offset}
        if states:
            rows = self._session.rows("plans.moves", page, states=_values(states))
        else:
            rows = self._session.rows("plans.all_moves", page)
        return [_move_of(row) for row in rows]

    def journal(
        self, plan_id: int, states: Collection[MoveState], *, after: int = 0, before: int = 0, limit: int
    ) -> list[JournalLine]:
        page = {"plan_id": plan_id, "states": _values(states), "limit": limit}
        if before:
            rows = self._session.rows("plans.before", page, before=before)
        else:
            rows = self._session.rows("plans.after", page, after=after)
        return [JournalLine(_move_of(row), row["before"]) for row in rows]

    def folders(self, plan_id: int) -> list[PlanFolder]:
        return [_folder_of(row) for row in self._session.rows("plans.folders", plan_id=plan_id)]

    def past(self, path: Path | None = None, *, limit: int, offset: int = 0) -> list[PastMove]:
        if path is None:
            rows = self._session.rows("plans.past", limit=limit, offset=offset)
        else:
            rows = self._session.rows("plans.past_at", path=os.fsencode(path), limit=limit, offset=offset)
        return [PastMove(row["name"], _move_of(row)) for row in rows]

    def applied_since(self, at: float) -> list[Plan]:
        return [self._plan(row) for row in self._session.rows("plans.applied_since", at=at)]

    def add(self, draft: DraftPlan, name: str = "", by: str = "") -> Plan:
        self._session.run("plans.lock")
        name = clean(name) or self._free_name()
        if self._session.row("plans.get", name=name) is not None:
            raise ConflictError(f"there is a plan {name} already", "give this one another name")
        plan_id = self._session.number(
            "plans.add", name=name, options=clean(draft.options), made_by=clean(by)
        )
        self._session.run_many("plans.add_move", [_values_of(move) for move in draft.moves], plan_id=plan_id)
        return self.get(name)

    def forget(self, name: str) -> None:
        self._session.run("plans.lock")
        plan = self.get(name)
        if plan.state is not PlanState.PROPOSED:
            raise ConflictError(
                f"something of the plan {name} was done: it is the journal of that",
                f"`twolane undo {name}` takes it back",
            )
        self._session.run("plans.forget", plan_id=plan.plan_id)

    def claim(self, plan_id: int, state: PlanState, holder: str, lease_s: float) -> None:
        self._session.run("plans.lock")
        other = self._session.row("plans.holder", holder=holder, lease_s=lease_s)
        if other is not None:
            where = str(other["holder"]).rpartition(" ")[0]
            raise ConflictError(
                f"the plan {other['name']} is being applied or undone on {where}",
                f"wait until it is done; if that twolane was stopped, for {max(1, round(other['left_s']))} s",
            )
        self._session.run("plans.claim", plan_id=plan_id, state=state.value, holder=holder)

    def renew(self, plan_id: int, holder: str) -> None:
        if not self._session.run("plans.renew", plan_id=plan_id, holder=holder):
            raise ConflictError(
                "this machine was silent for so long that another has taken the plan over",
                "nothing was lost; look at `twolane history`",
            )

    def release(self, plan_id: int, holder: str, state: PlanState | None = None) -> None:
        self._session.run("plans.release", plan_id=plan_id, holder=holder, state=state.value if state else "")

    def record(self, plan_id: int, lines: Sequence[NewLine]) -> None:
        rows = [
            {
                "number": line.number,
                "state": line.state.value,
                "note": clean(line.note),
                "before": line.before,
            }
            for line in lines
        ]
        self._session.run_many("plans.record", rows, plan_id=plan_id)

    def keep_folders(self, plan_id: int, folders: Sequence[PlanFolder]) -> None:
        rows = [
            {
                "path": os.fsencode(folder.path),
                "made": folder.made,
                "accessed_ns": folder.accessed_ns,
                "modified_ns": folder.modified_ns,
                "left_ns": folder.left_ns,
            }
            for folder in folders
        ]
        self._session.run_many("plans.keep_folder", rows, plan_id=plan_id)

    def drop_folders(self, plan_id: int, paths: Sequence[Path]) -> None:
        rows = [{"path": os.fsencode(path)} for path in paths]
        self._session.run_many("plans.drop_folder", rows, plan_id=plan_id)

    def _free_name(self) -> str:
        number = int(self._session.number("plans.next_name"))
        while self._session.row("plans.get", name=f"plan-{number}") is not None:
            number += 1
        return f"plan-{number}"

    def _plan(self, row: Row) -> Plan:
        counts = self._session.rows("plans.counts", plan_id=row["plan_id"])
        return Plan(
            plan_id=row["plan_id"],
            name=row["name"],
            state=PlanState(row["state"]),
            options=row["options"],
            counts={MoveState(count["state"]): count["moves"] for count in counts},
            made_at=row["made_at"],
            applied_at=row["applied_at"],
            undone_at=row["undone_at"],
            by=row["made_by"],
        )


def _values(states: Iterable[MoveState | PlanState]) -> list[str]:
    return [state.value for state in states]


def _values_of(move: Move) -> dict[str, object]:
    return {
        "number": move.number,
        "file_id": move.file_id,
        "document": move.document,
        "source": os.fsencode(move.source),
        "target": os.fsencode(move.target),
        "kind": move.kind.value,
        "size_bytes": move.size_bytes,
        "stamp": move.stamp,
        "category": clean(move.category),
        "reason": clean(move.reason),
        "note": clean(move.note),
    }


def _move_of(row: Row) -> Move:
    return Move(
        number=row["number"],
        file_id=row["file_id"],
        document=row["document"],
        source=path_of(row["source"]),
        target=path_of(row["target"]),
        kind=MoveKind(row["kind"]),
        size_bytes=row["size_bytes"],
        stamp=row["stamp"],
        category=row["category"],
        reason=row["reason"],
        state=MoveState(row["state"]),
        note=row["note"],
        at=row["at"],
    )


def _folder_of(row: Row) -> PlanFolder:
    return PlanFolder(
        path_of(row["path"]), bool(row["made"]), row["accessed_ns"], row["modified_ns"], row["left_ns"]
    )
