"""Shares: who sees what lies in folders and categories, and what somebody may see by all of them."""

from __future__ import annotations

import json
import os
from dataclasses import replace

from twolane.errors import NotFoundError
from twolane.principal import Access, Share, ShareKind
from twolane.store.admitted import KeptShare
from twolane.store.seeing import lineages_in
from twolane.store.seen import Rule, category_rules
from twolane.store.session import Database, Row, Session


class ShareTable:
    """Obeys `twolane.store.admitted.ShareRows`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, share: Share, by: str = "") -> None:
        audience = json.dumps(sorted(share.audience))
        values = {
            "kind": share.kind.value,
            "place": os.fsencode(share.place),
            "audience": audience,
            "set_by": by,
        }
        self._database.run("shares.set", values)

    def unset(self, kind: ShareKind, place: str) -> None:
        if not self._database.run("shares.unset", kind=kind.value, place=os.fsencode(place)):
            remedy = "it is seen as what is around it; list the shares to see those there are"
            raise NotFoundError(f"the {kind.value} {place} is shared with nobody of its own", remedy)

    def all(self) -> list[KeptShare]:
        return [
            KeptShare(share_of(row), row["set_by"], row["set_at"])
            for row in self._database.rows("shares.all")
        ]

    def access_of(self, user: str) -> Access:
        def look(session: Session) -> Access:
            groups = [row["group_name"] for row in session.rows("groups.of", user_name=user)] if user else []
            shares = tuple(share_of(row) for row in session.rows("shares.all"))
            access = Access(user, frozenset(groups), shares)
            if not any(share.kind is ShareKind.CATEGORY for share in shares):
                return access
            rules = category_rules(access, lineages_in(session))
            return replace(access, hidden=frozenset(one for one, rule in rules.items() if rule is Rule.SHUT))

        return self._database.read(look, whole=True)


def share_of(row: Row) -> Share:
    """Return a row of `shares`."""
    audience = frozenset(json.loads(row["audience"]))
    return Share(ShareKind(row["kind"]), os.fsdecode(bytes(row["place"])), audience)
