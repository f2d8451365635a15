"""What is said of words on the command line that mean nothing: which were meant, or which there are."""

from __future__ import annotations

import re
from typing import Any

from twolane.errors import SettingsError
from twolane.text.suggesting import choice

_SEE = "`twolane --help` and `twolane COMMAND --help` show what there is"
_NO_COMMAND = re.compile(r"No such command '(?P<wrong>[^']*)'\.")
_NO_CHOICE = re.compile(r"(?:Value error, )?(?P<said>'(?P<wrong>[^']*)' is not one of .*)", re.DOTALL)


def wrong_usage(error: Any) -> SettingsError:
    """Return what to tell of an error of the parser, which has its own words for it."""
    message = str(getattr(error, "format_message", error.__str__)())
    commands = getattr(getattr(getattr(error, "ctx", None), "command", None), "commands", None)
    if commands and (found := _NO_COMMAND.match(message)):
        shown = [name for name, command in commands.items() if not command.hidden]
        return SettingsError(found[0], choice(found["wrong"], shown, see="`twolane --help`"))
    choices = [str(getattr(one, "value", one)) for one in _choices(error)]
    match = _NO_CHOICE.search(message)
    if not choices or match is None:
        return SettingsError(message, _SEE)
    what = f"{message[: match.start()]}{match['said']}"
    return SettingsError(what, choice(match["wrong"], choices))


def _choices(error: Any) -> tuple[Any, ...]:
    """Return what an option takes, where it takes one of several words."""
    described = getattr(getattr(error, "param", None), "type_descriptor", None)
    return tuple(getattr(described, "choices", None) or ())
