"""The names under which clients of other APIs ask: one for the files, one for the vectors of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twolane.errors import NotFoundError

if TYPE_CHECKING:
    from twolane.app import App

MODEL = "twolane"
_LATEST = ":latest"  # what Ollama's clients put behind a name without a tag


def check_chat_model(app: App, name: str) -> None:
    """Raise `NotFoundError` unless a name means the files; that of chat's own model does, too."""
    if name.removesuffix(_LATEST) not in {MODEL, app.lanes["chat"].model.removesuffix(_LATEST)}:
        raise NotFoundError(f"model {name!r} not found", f"ask {MODEL!r}")


def tagged(name: str) -> str:
    """Return a name as Ollama lists it, with a tag."""
    return name if ":" in name else name + _LATEST


def vector_model(app: App) -> str:
    """Return the name of what makes vectors, or "" where it is switched off."""
    embedding = app.settings.embedding
    return "" if embedding.runtime == "off" else embedding.model


def check_vector_model(app: App, name: str) -> None:
    """Raise `NotFoundError` unless a name means what makes vectors here."""
    here = vector_model(app)
    if not here and name.removesuffix(_LATEST) == MODEL:
        raise NotFoundError("there is no embedding model: embedding.runtime is off", "set embedding.runtime")
    if not name or name.removesuffix(_LATEST) not in {MODEL, here.removesuffix(_LATEST)}:
        raise NotFoundError(f"model {name!r} not found", f"ask {here or MODEL!r}")


def means_the_files(app: App, name: str) -> bool:
    """Say whether a name means the files, not what makes vectors. Raises `NotFoundError` for any other."""
    try:
        check_chat_model(app, name)
    except NotFoundError:
        if not vector_model(app):
            raise
        check_vector_model(app, name)
        return False
    return True
