"""The taxonomy: look at it, change it after a preview, take a change back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response

from twolane.access.audit import AuditAct
from twolane.api import API_PREFIX
from twolane.api.auditing import note
from twolane.api.groups import RouteGroup, audited, needs
from twolane.api.schemas.taxonomy import (
    AddCategoryIn,
    CategoryOut,
    ConfusedOut,
    ImportTaxonomyIn,
    MergeCategoriesIn,
    MoveCategoryIn,
    RemoveCategoryIn,
    RenameCategoryIn,
    SplitCategoryIn,
    SuggestionOut,
    TaxonomyOut,
    TaxonomyPreviewOut,
    TaxonomyVersionOut,
)
from twolane.api.state import principal, shared
from twolane.categories import TaxonomyChange
from twolane.principal import Right

_MOST_AUDITED_CHARS = 1000
router = APIRouter(prefix=API_PREFIX, tags=["taxonomy"])
GROUP = RouteGroup(router, reads=Right.ADMIN, changes=Right.ADMIN)

Preview = Annotated[bool, Query(description="only say what would change")]


@router.get("/categories", summary="The categories")
@needs(Right.READ)
def categories(request: Request) -> list[CategoryOut]:
    """Each is followed by those within it."""
    return [CategoryOut.model_validate(one) for one in shared(request).app.categories.listed()]


@router.get("/taxonomy", summary="The taxonomy")
@needs(Right.READ)
def taxonomy(request: Request) -> TaxonomyOut:
    """It lives in the library: every process files by its newest version."""
    known = shared(request).app.categories
    return TaxonomyOut(version=known.version, notice=known.notice, categories=categories(request))


@router.post("/taxonomy/add", summary="Add a category")
def add(given: AddCategoryIn, request: Request, preview: Preview = False) -> TaxonomyPreviewOut:
    """What waits for a person is filed again, and what machines put into the category that it lies within."""
    return _change(request, given.change(), preview=preview)


@router.post("/taxonomy/rename", summary="Rename a category, or describe it anew")
def rename(given: RenameCategoryIn, request: Request, preview: Preview = False) -> TaxonomyPreviewOut:
    """All that is in it stays there, also under another id."""
    return _change(request, given.change(), preview=preview)


@router.post("/taxonomy/merge", summary="Merge categories into another one")
def merge(given: MergeCategoriesIn, request: Request, preview: Preview = False) -> TaxonomyPreviewOut:
    """What people and machines put into them follows."""
    return _change(request, given.change(), preview=preview)


@router.post("/taxonomy/split", summary="Split a category")
def split(given: SplitCategoryIn, request: Request, preview: Preview = False) -> TaxonomyPreviewOut:
    """Machines file theirs again among its parts; what people put there stays until they say which part."""
    return _change(request, given.change(), preview=preview)


@router.post("/taxonomy/move", summary="Move a category within another one, or out of it")
def move(given: MoveCategoryIn, request: Request, preview: Preview = False) -> TaxonomyPreviewOut:
    """All that is in it stays there."""
    return _change(request, given.change(), preview=preview)


@router.post("/taxonomy/remove", summary="Remove a category")
def remove(given: RemoveCategoryIn, request: Request, preview: Preview = False) -> TaxonomyPreviewOut:
    """What lies within it lies within what it lay in."""
    return _change(request, given.change(), preview=preview)


@router.post("/taxonomy/import", summary="Take a taxonomy file over")
def take_over(given: ImportTaxonomyIn, request: Request, preview: Preview = False) -> TaxonomyPreviewOut:
    """Refused where it lacks a category that people have put documents into."""
    return _change(request, given.change(), preview=preview)


@router.post("/taxonomy/undo", summary="Take the last change of the taxonomy back")
def undo(
    request: Request,
    preview: Preview = False,
    into: Annotated[
        str, Query(max_length=200, description="where those documents go that people put into what was new")
    ] = "",
) -> TaxonomyPreviewOut:
    """Everything stands again where it stood; what people decided since then is kept."""
    known, by = shared(request).app.categories, principal(request).by
    told = known.preview_undo(into=into) if preview else known.undo(into=into, by=by)
    note(request, told.what[:_MOST_AUDITED_CHARS])
    return TaxonomyPreviewOut.model_validate(told)


@router.get("/taxonomy/history", summary="Every version of the taxonomy, newest first")
def history(request: Request) -> list[TaxonomyVersionOut]:
    return [TaxonomyVersionOut.model_validate(one) for one in shared(request).app.categories.history()]


@router.get("/taxonomy/check", summary="Categories that the evidence cannot tell apart")
def check(request: Request) -> list[ConfusedOut]:
    return [ConfusedOut.model_validate(one) for one in shared(request).app.categories.check()]


@router.get("/taxonomy/suggestions", summary="Categories that are lacking")
def suggestions(
    request: Request,
    ask: Annotated[bool, Query(description="the chat model names them, once nobody is answered")] = False,
) -> list[SuggestionOut]:
    """One for each group of like documents that fit nowhere; to add one is a change like any other."""
    found = shared(request).app.suggester().suggest(ask=ask)
    return [SuggestionOut.model_validate(one) for one in found]


@router.get(
    "/taxonomy/file",
    summary="The taxonomy as a file",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "the file's text"}},
)
@audited(AuditAct.EXPORTED)
def file(request: Request) -> Response:
    """TOML, which can be edited and imported again."""
    return PlainTextResponse(shared(request).app.categories.export())


def _change(request: Request, change: TaxonomyChange, *, preview: bool) -> TaxonomyPreviewOut:
    known, by = shared(request).app.categories, principal(request).by
    told = known.preview(change) if preview else known.apply(change, by=by)
    return TaxonomyPreviewOut.model_validate(told)
