"""The audit, as those who manage a library see it."""

from __future__ import annotations

from pydantic import Field

from twolane.access.audit import AuditAct
from twolane.api.schemas.base import Schema
from twolane.api.schemas.tokens import Moment


class AuditEventOut(Schema):
    """What somebody did, or tried to."""

    audit_id: int
    at: Moment
    user: str = Field(description="empty: the machine's own user, or a token of nobody", examples=["ada"])
    act: AuditAct
    target: str = Field(description="to what: a file's path, and the words where these are kept")
    file_id: int = Field(description="0 where it was not one file")
    means: str = Field(description="by what", examples=["page", "token scanner", "this machine"])
    sender: str = Field(description="the address that it came from", examples=["192.168.1.20"])
    outcome: str = Field(description="empty: it was done", examples=["", "refused", "not found"])
    detail: str = Field(description="how it was asked for", examples=["PUT /api/v1/files/7/category"])


class AuditOut(Schema):
    """Events, the newest first; the next ones are those `before` the last one's id."""

    events: list[AuditEventOut]
