"""What requests are in the audit: told by the edge for each route, with what the route itself knows of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import anyio
import anyio.to_thread
from fastapi import Request
from starlette.types import Scope

from twolane.access.audit import TOO_MANY, Audit, AuditAct
from twolane.api.groups import Wanted
from twolane.api.state import principal, shared
from twolane.principal import NOBODY, Principal

_OUTCOMES = {401: "refused", 403: "refused", 404: "not found", 429: TOO_MANY}
_WAYS_IN = frozenset({AuditAct.SIGNED_IN, AuditAct.SIGNED_OUT, AuditAct.CAME})


@dataclass(frozen=True, slots=True)
class AuditNote:
    """What a route adds to its event: to what it was done, or to which files, each an event of its own."""

    target: str = ""
    file_ids: Sequence[int] = ()
    user: str = ""


def note(request: Request, target: str = "", file_ids: Sequence[int] = (), user: str = "") -> None:
    """Say to what a request does what it does; `user` is who that turned out to be."""
    request.state.audit_note = AuditNote(target, file_ids, user)


def words(request: Request, given: str) -> str:
    """Return the words of a question or a search, where the audit is to have them."""
    return given if shared(request).app.settings.server.audit_questions else ""


async def asking(request: Request, question: str) -> None:
    """Count a question for its sender's quota, and note it. Raises `QuotaError`."""
    quotas = shared(request).app.access.quotas
    note(request, words(request, question))
    await anyio.to_thread.run_sync(quotas.ask, principal(request))


def tell_way_in(request: Request, how: str, *, user: str = "", is_refused: bool = False) -> None:
    """Record that a user has come in by a browser's address alone, or that somebody has not."""
    shared(request).app.access.audit.tell(
        principal(request),
        AuditAct.CAME if is_refused else AuditAct.SIGNED_IN,
        user=user,
        sender=sender_of(request.scope),
        outcome="refused" if is_refused else "",
        detail=how,
    )


class Auditing:
    """Tells an audit of requests, once it is known what became of them."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    def came(self, scope: Scope, status: int) -> None:
        """Record that somebody has come with a wrong token, or without one to where it is needed."""
        self._audit.tell(
            NOBODY,
            AuditAct.CAME,
            sender=sender_of(scope),
            outcome=outcome_of(status),
            detail=f"{scope['method']} {scope['path']}",
        )

    def tell(self, scope: Scope, wanted: Wanted, status: int) -> None:
        """Record what a request was, with the status of its response; strangers only at the ways in."""
        who: Principal = scope["state"]["principal"]
        if wanted.act is None or (who is NOBODY and wanted.act not in _WAYS_IN):
            return
        added: AuditNote = scope["state"].get("audit_note", AuditNote())
        for file_id in added.file_ids or (wanted.file_id,):
            self._audit.tell(
                who,
                wanted.act,
                user=added.user,
                target=added.target or wanted.target,
                file_id=file_id,
                sender=sender_of(scope),
                outcome=outcome_of(status),
                detail=f"{scope['method']} {scope['path']}",
            )


def sender_of(scope: Scope) -> str:
    """Return the address that a request came from; behind a named proxy, the one that it says."""
    client = scope.get("client")
    return client[0] if client else ""


def outcome_of(status: int) -> str:
    """Return what became of a request; "" for done."""
    return "" if status < 400 else _OUTCOMES.get(status, f"failed ({status})")
