"""What commands write into the audit of a library with users: each command by its name, in one place.

Who reads at the machine of the library reads its files, too: only what changes something, or takes it
elsewhere, is written down. Why it is so: docs/why/access.md#commands-are-in-the-audit-too.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import typer
from typer._click.globals import get_current_context

from twolane.access.audit import Audit, AuditAct
from twolane.documents import display_path
from twolane.errors import StoreReadOnlyError, TwolaneError
from twolane.principal import ANONYMOUS

CHANGING: Mapping[str, AuditAct] = {
    name: act
    for act, names in {
        AuditAct.ADDED: ("add", "import paperless", "watch", "mail fetch"),
        AuditAct.CHANGED: (
            *("correct", "tag", "review", "duplicates", "placements accept", "placements decline"),
            *("reclassify", "fields redo", "conversations rename", "correspondents merge"),
            *("correspondents rename", "correspondents part", "correspondents undo", "give"),
        ),
        AuditAct.MOVED: ("apply", "undo"),
        AuditAct.REMOVED: ("remove", "trash", "conversations delete", "exclude"),
        AuditAct.EXPORTED: ("conversations export", "bundle"),
        AuditAct.MANAGED: (
            *("vacuum", "plan", "plans forget", "models reembed", "taxonomy add", "taxonomy rename"),
            *("taxonomy merge", "taxonomy split", "taxonomy move", "taxonomy remove", "taxonomy import"),
            *("taxonomy undo", "users add", "users role", "users password", "users disable", "users enable"),
            *("users sign-out", "groups add", "groups remove", "share", "unshare", "tokens make"),
            "tokens revoke",
        ),
    }.items()
    for name in names
}
# Of commands that also list: without any of these they change nothing.
_ONLY_WITH = {
    "trash": ("numbers",),
    "exclude": ("path", "name", "content"),
    "duplicates": ("same", "differ", "undo"),
}
_ONLY_SHOWN = ("preview", "dry", "presets", "list_")
_MOST_CHARS = 300


@contextmanager
def audited(audit: Audit) -> Iterator[None]:
    """Write down what the command of this thread does in the block, and how that ended."""
    command = get_current_context(silent=True)
    name = command.command_path.partition(" ")[2] if command else ""
    act = CHANGING.get(name)
    if command is None or act is None or not _changes(name, command.params):
        yield
        return
    outcome = "failed"
    try:
        yield
        outcome = ""
    except (typer.Exit, GeneratorExit):
        outcome = ""
        raise
    except (typer.Abort, KeyboardInterrupt):
        outcome = "stopped"
        raise
    except StoreReadOnlyError:
        act = None  # nothing was changed, and nothing can be written down
        raise
    except TwolaneError as error:
        outcome = f"failed: {error.what}"[:_MOST_CHARS]
        raise
    finally:
        if act is not None:
            audit.tell(
                ANONYMOUS,
                act,
                user=machine_user(),
                target=_given(command),
                outcome=outcome,
                detail=f"twolane {name}",
            )


def machine_user() -> str:
    """Return who is signed in at this machine, "" where that is not known."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return ""


def _changes(name: str, params: Mapping[str, Any]) -> bool:
    if any(params.get(one) for one in _ONLY_SHOWN):
        return False
    return any(params.get(one) for one in _ONLY_WITH[name]) if name in _ONLY_WITH else True


def _given(command: Any) -> str:
    """Return what a command was given as its arguments, as far as there is room."""
    arguments = [one.name for one in command.command.params if one.param_type_name == "argument"]
    values = [command.params.get(name or "") for name in arguments]
    words = [word for value in values for word in (value if isinstance(value, list | tuple) else [value])]
    return display_path(" ".join(str(word) for word in words if word is not None))[:_MOST_CHARS]
