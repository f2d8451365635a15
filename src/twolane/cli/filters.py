"""The options that say which files are meant, and the filter that they make; unknown names are refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.named import category_ids, has_any, known_folders
from twolane.documents import FileState, Filter
from twolane.errors import NotFoundError
from twolane.text.suggesting import choice

if TYPE_CHECKING:
    from twolane.app import App

_Days = ["%Y-%m-%d"]
From = Annotated[
    datetime | None, typer.Option("--from", formats=_Days, help="Only documents of this day on.")
]
To = Annotated[datetime | None, typer.Option("--to", formats=_Days, help="Only documents up to this day.")]
Names = Annotated[
    list[str] | None,
    typer.Option(
        help="Only what is from them; several times for several.", autocompletion=completing.correspondents
    ),
]
Tags = Annotated[
    list[str] | None,
    typer.Option(help="Only documents with this tag, or one of these.", autocompletion=completing.tags),
]
Languages = Annotated[
    list[str] | None,
    typer.Option(help="Only this language, such as de.", autocompletion=completing.languages),
]
Conditions = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CONDITION",
        help="Such as total_due>=100 or number=RE-1; all must hold.",
        autocompletion=completing.fields,
    ),
]


def wanted(
    app: App,
    paths: Sequence[Path] | None,
    *,
    category: str = "",
    only_category: str = "",
    state: FileState | None = None,
    text: str = "",
    days: tuple[datetime | None, datetime | None] = (None, None),
    correspondents: Sequence[str] | None = None,
    tags: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    conditions: Sequence[str] | None = None,
) -> Filter:
    """Return the filter of these options. Raises `NotFoundError` for a name that is not known.

    Where the library is empty only categories and fields can be known: the rest is not looked for.
    """
    within = Filter(
        categories=category_ids(app, category),
        only_categories=category_ids(app, only_category),
        states=(state,) if state else (),
        dated_from=_day(days[0]),
        dated_to=_day(days[1]),
        name=text,
        fields=app.facts.conditions(conditions or ()),
    )
    if not has_any(app, Filter()):
        return within
    _check(app, "tag", tags, lambda one: Filter(tags=(one,)), lambda: app.library.counts().tags)
    _check(
        app,
        "language",
        languages,
        lambda one: Filter(languages=(one,)),
        lambda: app.library.counts().languages,
    )
    return replace(
        within,
        folders=known_folders(app, paths),
        correspondents=app.facts.correspondents(correspondents or ()),
        tags=tuple(tags or ()),
        languages=tuple(languages or ()),
    )


def _check(
    app: App,
    what: str,
    names: Sequence[str] | None,
    within: Callable[[str], Filter],
    known: Callable[[], dict[str, int]],
) -> None:
    """Raise `NotFoundError` where no document has one of these."""
    for name in names or ():
        if not has_any(app, within(name)):
            there = [one for one in known() if one]
            remedy = choice(name, there, see="`twolane tags`" if what == "tag" else "")
            raise NotFoundError(
                f"no document has the {what} {name!r}",
                remedy or f"of no document the {what} is known yet",
            )


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
