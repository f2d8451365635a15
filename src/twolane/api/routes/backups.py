"""Backups: those there are, and one made now."""

from __future__ import annotations

from contextlib import suppress

from fastapi import APIRouter, Request

from twolane.api import API_PREFIX
from twolane.api.auditing import note
from twolane.api.groups import RouteGroup
from twolane.api.schemas.backups import BackupFileOut, BackupsOut
from twolane.api.state import shared
from twolane.backup.values import BackupFile
from twolane.documents import display_path
from twolane.errors import BackupError
from twolane.principal import Right

router = APIRouter(prefix=API_PREFIX, tags=["library"])
GROUP = RouteGroup(router, reads=Right.ADMIN, changes=Right.ADMIN)


@router.get("/backups", summary="The backups, and when the next one is due")
def backups(request: Request) -> BackupsOut:
    """Each is listed by what it says of itself; `twolane backups --verify` reads them whole."""
    verbs = shared(request).app.backups
    state = verbs.state()
    found: list[BackupFile] = []
    with suppress(BackupError):  # its disk is away: what came of that is told beside it
        found = verbs.found() if state.folder else []
    return BackupsOut(
        folder=state.folder,
        due_at=state.due_at,
        failure=state.failure,
        remedy=state.remedy,
        backups=[BackupFileOut.model_validate(one, from_attributes=True) for one in found],
    )


@router.post("/backups", status_code=201, summary="Make a backup now", response_model=BackupFileOut)
def make(request: Request) -> BackupFile | None:
    """In the folder of the settings; it answers once the backup was read back, which may take a while.

    A second one at the same time is refused (409), and one without a folder in the settings too (422).
    """
    made = shared(request).app.backups.make_planned()
    if made is not None:
        note(request, display_path(made.path))
    return made
