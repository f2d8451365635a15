"""What is taken out of the library, what comes back, and what is kept out of it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request

from twolane.access.audit import AuditAct
from twolane.api import API_PREFIX
from twolane.api.auditing import note
from twolane.api.groups import RouteGroup, audited, needs
from twolane.api.schemas.taken_out import (
    ClutterIn,
    ClutterOut,
    ExclusionIn,
    ExclusionOut,
    ExclusionsOut,
    RemovalOut,
    RemovalsOut,
    RemovedFilterIn,
    RemovedOut,
    RemoveIn,
    RestoredOut,
)
from twolane.api.state import principal, shared
from twolane.documents import Filter, display_path
from twolane.errors import SettingsError
from twolane.principal import Right
from twolane.store.taken_out import ExclusionKind

router = APIRouter(prefix=API_PREFIX, tags=["taking out"])
GROUP = RouteGroup(router, reads=Right.READ, changes=Right.CORRECT)

_MOST_NAMED = 100
_SOMETHING = "name files by their numbers, or a filter with something in it"


@router.post("/files/remove", summary="Take files out of the library")
@audited(AuditAct.REMOVED)
def remove(removal: RemoveIn, request: Request) -> RemovedOut:
    """With all that is known of them. Files stay where they are, unless `delete_file` says otherwise.

    The library's own files, such as uploads, go into the system's trash in any case.
    """
    app, by = shared(request).app, principal(request).by
    within = _filter(removal)
    removed = (
        app.taking_out.remove(within, delete_file=removal.delete_file, forget=removal.forget, by=by)
        if within
        else app.taking_out.remove_files(
            removal.file_ids, delete_file=removal.delete_file, forget=removal.forget, by=by
        )
    )
    numbers = ", ".join(map(str, removed.removal_ids[:_MOST_NAMED]))
    note(request, f"{removed.files} files, of which the trash knows {numbers or 'none'}")
    return RemovedOut.model_validate(removed)


@router.delete("/files/{file_id}", summary="Take one file out of the library")
@audited(AuditAct.REMOVED)
def remove_one(
    file_id: int,
    request: Request,
    delete_file: Annotated[bool, Query(description="the file itself goes into the system's trash")] = False,
    forget: Annotated[bool, Query(description="keep nothing that could bring it back as it was")] = False,
) -> RemovedOut:
    by, taking_out = principal(request).by, shared(request).app.taking_out
    note(request, display_path(shared(request).app.library.file(file_id).path))
    removed = taking_out.remove_files([file_id], delete_file=delete_file, forget=forget, by=by)
    return RemovedOut.model_validate(removed)


@router.get("/trash", summary="What was taken out and can come back")
def removals(
    request: Request,
    every: Annotated[bool, Query(description="what was not deleted, too")] = False,
    offset: Annotated[int, Query(ge=0, le=100_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> RemovalsOut:
    found = shared(request).app.taking_out.removals(trashed=not every, limit=limit, offset=offset)
    shown = [RemovalOut.model_validate(removal) for removal in found]
    return RemovalsOut(removals=shown, offset=offset, limit=limit)


@router.post("/trash/{removal_id}/restore", summary="Bring a file back")
def restore(removal_id: int, request: Request) -> RestoredOut:
    """To its place and into the library, with what people had decided on it; it is read again later."""
    record = shared(request).app.taking_out.restore(removal_id)
    return RestoredOut(file_id=record.file_id if record else None)


@router.get("/exclusions", summary="What is kept out of the library")
@needs(Right.ADMIN)
def exclusions(request: Request) -> ExclusionsOut:
    keeping_out = shared(request).app.keeping_out
    return ExclusionsOut(
        exclusions=[ExclusionOut.of(one) for one in keeping_out.exclusions()],
        clutter=[ClutterOut.model_validate(one) for one in keeping_out.clutter()],
    )


@router.put("/exclusions/clutter", summary="Say whether files of such a name are left out", status_code=204)
@needs(Right.ADMIN)
def change_clutter(change: ClutterIn, request: Request) -> None:
    note(request, f"{change.pattern} is_left_out={change.is_left_out}")
    keeping_out = shared(request).app.keeping_out
    if change.is_left_out:
        keeping_out.leave_clutter(change.pattern)
    else:
        keeping_out.take_clutter(change.pattern, by=principal(request).by)


@router.post("/exclusions", summary="Keep something out of the library")
@needs(Right.ADMIN)
def exclude(exclusion: ExclusionIn, request: Request) -> RemovedOut:
    """What the library has of it is taken out of it; the files stay where they are."""
    kind = ExclusionKind(exclusion.kind)
    note(request, f"{kind} {exclusion.value}")
    value = _absolute(exclusion.value) if kind is ExclusionKind.PATH else exclusion.value
    app, by = shared(request).app, principal(request).by
    return RemovedOut.model_validate(app.keeping_out.exclude(kind, value, by=by))


@router.delete("/exclusions/{exclusion_id}", summary="Keep something out no more", status_code=204)
@needs(Right.ADMIN)
def admit(exclusion_id: int, request: Request) -> None:
    shared(request).app.keeping_out.admit_number(exclusion_id)


def _filter(removal: RemoveIn) -> Filter | None:
    """Return the filter of a request, None where it names files. Raises `SettingsError` where it is empty."""
    given = removal.filter
    if bool(removal.file_ids) == (given is not None) or given == RemovedFilterIn():
        raise SettingsError("it must say which files are meant, in one way", _SOMETHING)
    if given is None:
        return None
    return Filter(
        folders=tuple(map(_absolute, map(os.fspath, given.folders))),
        categories=(given.category,) if given.category else (),
        dated_to=given.before - timedelta(days=1) if given.before else None,
        states=tuple(given.states),
    )


def _absolute(path: str) -> Path:
    found = Path(path)
    if not found.is_absolute():
        raise SettingsError(f"{path} is not a whole path", "write it from the root on")
    return Path(os.path.normpath(found))
