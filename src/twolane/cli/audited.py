"""What commands write into the audit of a library with users: each command by its name, in one place.

Who reads at the machine of the library reads its files, too: only what changes something, or takes it
elsewhere, is written down. Why it is so: docs/why/access.md#commands-are-in-the-audit-too.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import typer
from typer._click.core import ParameterSource
from typer._click.globals import get_current_context

from twolane.access.audit import AuditAct
from twolane.config.addresses import without_password
from twolane.documents import display_path
from twolane.errors import StoreReadOnlyError, TwolaneError
from twolane.principal import ANONYMOUS, Principal

if TYPE_CHECKING:
    from twolane.config.settings import Settings

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
        AuditAct.EXPORTED: ("conversations export", "bundle", "backup"),
        AuditAct.MANAGED: (
            *("vacuum", "plan", "plans forget", "models reembed", "taxonomy add", "taxonomy rename"),
            *("taxonomy merge", "taxonomy split", "taxonomy move", "taxonomy remove", "taxonomy import"),
            *("taxonomy undo", "users add", "users role", "users password", "users disable", "users enable"),
            *("users remove", "users sign-out", "groups add", "groups remove", "share", "unshare"),
            *("tokens make", "tokens revoke", "restore", "migrate-store"),
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
_ONLY_SHOWN = ("preview", "dry", "presets", "list_", "verify")
_NOT_TOLD = frozenset({"json"})
_MOST_CHARS = 300


class CommandsTold(Protocol):
    """What is told of a command, as an `Audit` is."""

    def tell(
        self, who: Principal, act: AuditAct, *, user: str, target: str, outcome: str, detail: str
    ) -> None:
        """Keep what somebody did."""


@dataclass(frozen=True, slots=True)
class ToldBehind:
    """Tells the audit of a library that is opened for that alone, once a command has worked on it as it lay.

    One that is not sound is told nothing, and none of what failed.
    """

    settings: Settings

    def tell(
        self, who: Principal, act: AuditAct, *, user: str, target: str, outcome: str, detail: str
    ) -> None:
        from twolane.app import open_app

        if outcome:  # nothing was changed
            return
        with suppress(TwolaneError), open_app(self.settings) as app:
            app.access.audit.tell(who, act, user=user, target=target, outcome=outcome, detail=detail)


@contextmanager
def audited(audit: CommandsTold) -> Iterator[None]:
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
    """Return what a command was given, as it was written, as far as there is room."""
    words: list[object] = []
    for one in command.command.params:
        given = command.params.get(one.name)
        if one.name in _NOT_TOLD or command.get_parameter_source(one.name) is not ParameterSource.COMMANDLINE:
            continue
        for value in given if isinstance(given, list | tuple) else [given]:
            flag = [] if one.param_type_name == "argument" else [max(one.opts, key=len)]
            words += [*flag, *([] if value is True else [value])]
    return display_path(" ".join(without_password(str(word)) for word in words))[:_MOST_CHARS]
