"""The commands by name, each read from its module when it is first meant: a program that starts reads one."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

# command: its module, and what it is called there where that is not the command's name
_COMMANDS = {
    "init": "init",
    "up": "up",
    "trust": "trust",
    "add": "add",
    "import": "importing:cli",
    "status": "status",
    "files": "files",
    "search": "search",
    "correct": "files:correct",
    "remove": "remove",
    "trash": "remove:trash",
    "exclude": "exclude",
    "vacuum": "remove:vacuum",
    "duplicates": "duplicates",
    "tag": "tags:tag",
    "tags": "tags",
    "review": "review",
    "placements": "placements:cli",
    "reclassify": "reclassify",
    "plan": "plan",
    "plans": "plan:cli",
    "apply": "apply",
    "undo": "undo",
    "history": "history",
    "ask": "ask",
    "chat": "ask:chat",
    "conversations": "conversations:cli",
    "compare": "compare",
    "serve": "serve",
    "open": "opening:open_",
    "watch": "watch",
    "worker": "worker",
    "mcp": "mcp",
    "models": "models:cli",
    "runtime": "runtime:cli",
    "taxonomy": "taxonomy:cli",
    "correspondents": "correspondents:cli",
    "fields": "fields:cli",
    "users": "users:cli",
    "groups": "groups:cli",
    "share": "sharing:share",
    "unshare": "sharing:unshare",
    "give": "giving:give",
    "shares": "sharing:shares",
    "tokens": "tokens:cli",
    "audit": "audit",
    "mail": "mail:cli",
    "top": "top",
    "doctor": "doctor",
    "hardware": "hardware",
    "prove": "prove",
    "backup": "backup",
    "backups": "backup:backups",
    "restore": "restore",
    "bundle": "bundle",
    "migrate-store": "migrate_store",
}


@dataclass(frozen=True, slots=True)
class OfferedCommand:
    """The name of a command as a shell completes it; what it does is not read for that."""

    value: str
    help: str = ""
    type: str = "plain"


class CommandTable(MutableMapping[str, Any]):
    """Every command by its name; safe to list without reading any."""

    def __init__(self) -> None:
        self._read: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._read:
            self._read[name] = _read(name, _COMMANDS[name])
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*_COMMANDS, *self._read]))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __contains__(self, name: object) -> bool:
        return name in _COMMANDS or name in self._read

    def __setitem__(self, name: str, command: Any) -> None:
        self._read[name] = command

    def __delitem__(self, name: str) -> None:
        del self._read[name]


class CommandGroup(TyperGroup):
    """The whole program as typer sees it."""

    def __init__(self, **known: Any) -> None:
        super().__init__(**known)
        self.commands = CommandTable()

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:  # noqa: ARG002 - typer calls it so
        """Offer the names of commands, and of options where one is begun."""
        if incomplete.startswith("-"):
            offered = [param for param in self.params if not getattr(param, "hidden", False)]
            names = [name for param in offered for name in param.opts]
        else:
            names = list(self.commands)
        return [OfferedCommand(name) for name in names if name.startswith(incomplete)]


def _read(name: str, place: str) -> Any:
    module, _, attribute = place.partition(":")
    found = getattr(import_module(f"twolane.cli.{module}"), attribute or module)
    if isinstance(found, typer.Typer):
        command: Any = get_group(found)
    else:
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(name)(found)
        command = get_command(alone)
    command.name = name
    return command
