"""What shells complete names by: read only, silent where there is no library, and quick.

Each function takes the context and what is typed so far, as typer calls them. A library on PostgreSQL is not
asked: a word is not worth a connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from twolane.errors import TwolaneError

if TYPE_CHECKING:
    from twolane.config.settings import Settings

Completer = Callable[[typer.Context, str], list[str]]

_EVERY_DOCUMENT = ("date", "correspondent", "title", "language")  # fields that all have, see fields.catalogue


def categories(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer the ids of the library's categories."""
    return _of_library(ctx, incomplete, "category")


def fields(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer the fields of documents."""
    known = dict.fromkeys([*_EVERY_DOCUMENT, *_of_library(ctx, "", "field")])
    return _beginning(known, incomplete)


def correspondents(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer the names of correspondents."""
    return _of_library(ctx, incomplete, "correspondent")


def tags(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer the tags that documents have."""
    return _of_library(ctx, incomplete, "tag")


def languages(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer the languages that documents are written in."""
    return _of_library(ctx, incomplete, "language")


def plans(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer the names of plans, the newest first."""
    return _of_library(ctx, incomplete, "plan")


def conversations(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer the ids of conversations, the newest first."""
    return _of_library(ctx, incomplete, "conversation")


def tokens(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer the names of tokens that are good."""
    return _of_library(ctx, incomplete, "token")


def users(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer the names of users."""
    return _of_library(ctx, incomplete, "user")


def groups(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer the names of groups."""
    return _of_library(ctx, incomplete, "group")


def audience(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer with whom something may be shared: users, and groups as @family."""
    named = [*_of_library(ctx, "", "user"), *(f"@{name}" for name in _of_library(ctx, "", "group"))]
    return _beginning(named, incomplete)


def rights(incomplete: str) -> list[str]:
    """Offer what a token may let its holder do."""
    from twolane.principal import Right

    return _beginning(Right, incomplete)


def profiles(incomplete: str) -> list[str]:
    """Offer the letters of hardware profiles."""
    from twolane.llm.catalogue.data import read_data

    return _beginning(read_data("profiles"), incomplete)


def models(ctx: typer.Context, incomplete: str) -> list[str]:
    """Offer the models that twolane knows or that were added."""
    from twolane.llm.catalogue.data import model_names

    found = _settings(ctx)
    return _beginning(model_names(found.models_dir if found else None), incomplete)


def settings(incomplete: str) -> list[str]:
    """Offer the names of settings, each with its "="."""
    from twolane.config.reference import setting_names

    return _beginning((f"{name}=" for name in setting_names()), incomplete)


def experiments(incomplete: str) -> list[str]:
    """Offer the experiments of `twolane prove`."""
    from twolane.measure.data import read_data

    return _beginning((str(one["name"]) for one in read_data("prove/experiments")["experiment"]), incomplete)


def _of_library(ctx: typer.Context, incomplete: str, kind: str) -> list[str]:
    from twolane.store.glance import NameKind, names_in

    library = _library(ctx)
    return _beginning(names_in(library, NameKind(kind)), incomplete) if library else []


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    begun = incomplete.casefold()
    # what a shell would show as it is must not drive the terminal
    return [name for name in names if name.casefold().startswith(begun) and name.isprintable()]


def _library(ctx: typer.Context) -> Path | None:
    """Return the file of the library that is meant; None where there is none that can be read at a glance."""
    found = _settings(ctx)
    if found is None:
        return None
    name = found.store_url.removeprefix("sqlite:///")
    return None if "://" in name else found.data_dir / (name or "library.db")


def _settings(ctx: typer.Context) -> Settings | None:
    from twolane.config.loading import load_settings

    given = ctx.find_root().params
    data_dir = given.get("data_dir")
    try:
        return load_settings(
            file=given.get("settings"), flags={"data_dir": str(data_dir.absolute()) if data_dir else None}
        )
    except TwolaneError:
        return None
