"""Names of correspondents that no document has any more: they go with the last one."""

from __future__ import annotations

from twolane.store.session import Session


def forget_unused_name(session: Session, name_id: int) -> None:
    """Forget a spelling that no document has, and its correspondent where that has no other."""
    session.run("correspondents.lock")
    session.row("unused_names.hold", name_id=name_id)
    row = session.row("unused_names.unused", name_id=name_id)
    if row is None:
        return
    session.run("unused_names.drop_parted", name_id=name_id)
    session.run("unused_names.drop_name", name_id=name_id)
    session.run("unused_names.forget_shown", name=row["name"])
    session.run("unused_names.forget_reasons", name=row["name"])
    for correspondent_id in sorted({row["correspondent_id"], row["home_id"]}):
        other = session.row("unused_names.other_name", correspondent_id=correspondent_id)
        values = {"correspondent_id": correspondent_id}
        if other is None:
            session.run("unused_names.drop_changes_parted", values)
            session.run("unused_names.drop_undone", values)
            session.run("unused_names.drop_changes", values)
            session.run("unused_names.drop_correspondent", values)
        else:
            shown = {"name": other["name"], "folded_name": other["folded_name"]}
            session.run("unused_names.show", values, was=row["name"], **shown)
