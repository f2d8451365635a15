"""The tools, one module a noun."""

from __future__ import annotations

from twolane.mcp.base import LibraryTool
from twolane.mcp.tools.answers import ASK
from twolane.mcp.tools.categories import CATEGORIES, CORRECT, UNDO
from twolane.mcp.tools.files import FILE, FILES, PAGE
from twolane.mcp.tools.passages import SEARCH

TOOLS: tuple[LibraryTool, ...] = (SEARCH, ASK, FILES, PAGE, CATEGORIES, FILE, CORRECT, UNDO)
