"""twolane files documents with a small offline model and answers questions about them with a large one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twolane.aio import AsyncLLMService
    from twolane.answers import Answer, AnswerEvent, Source, Turn
    from twolane.config.loading import load_settings
    from twolane.config.settings import Settings
    from twolane.documents import Classification, FileRecord, Filter
    from twolane.errors import TwolaneError
    from twolane.service import LLMService

__all__ = [
    "Answer",
    "AnswerEvent",
    "AsyncLLMService",
    "Classification",
    "FileRecord",
    "Filter",
    "LLMService",
    "Settings",
    "Source",
    "Turn",
    "TwolaneError",
    "load_settings",
]
__version__ = "0.1.0"

_HOMES = {
    "Answer": "answers",
    "AnswerEvent": "answers",
    "AsyncLLMService": "aio",
    "Classification": "documents",
    "FileRecord": "documents",
    "Filter": "documents",
    "LLMService": "service",
    "Settings": "config.settings",
    "Source": "answers",
    "Turn": "answers",
    "TwolaneError": "errors",
    "load_settings": "config.loading",
}


def __getattr__(name: str) -> Any:
    # Public names are imported when they are used: `twolane --help` must not load a web server.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"twolane.{_HOMES[name]}"), name)
