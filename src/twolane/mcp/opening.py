"""Opens the part that speaks the protocol, which is an extra."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twolane.errors import SettingsError
from twolane.installed import install_line

if TYPE_CHECKING:
    from types import ModuleType

_OURS = "twolane"


def open_protocol() -> ModuleType:
    """Return `twolane.mcp.protocol`. Raises `SettingsError` where the SDK is not installed."""
    try:
        from twolane.mcp import protocol
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == _OURS:
            raise
        raise SettingsError(
            "MCP needs a part of twolane that is not installed", f"run: {install_line('mcp')}"
        ) from None
    return protocol
