"""Categories: what there are, and a person's word on a file's."""

from __future__ import annotations

from collections.abc import Iterator

from twolane.access.audit import AuditAct
from twolane.api.schemas.base import Schema
from twolane.api.schemas.classification import CategoryIn
from twolane.api.schemas.files import FileOut
from twolane.api.schemas.taxonomy import CategoryOut, TaxonomyOut
from twolane.documents import NO_CATEGORY, FileRecord
from twolane.mcp.base import LibraryTool, ToolCaller, ToolResult
from twolane.mcp.tools.files import file_shapes, shown_file
from twolane.principal import Right


class NothingIn(Schema):
    """No arguments."""


class CorrectIn(CategoryIn):
    """A person's decision on a file's category, by the category's id or name."""

    file_id: int


class UndoIn(Schema):
    """A file on which a person has decided."""

    file_id: int


def _categories(caller: ToolCaller, _: NothingIn) -> Iterator[ToolResult]:
    known = caller.app.categories
    listed = [CategoryOut.model_validate(one) for one in known.listed()]
    value = TaxonomyOut(version=known.version, notice=known.notice, categories=listed)
    lines = [f"{'  ' * one.depth}{one.id}: {one.name}, {one.documents} documents" for one in listed]
    yield ToolResult(value, f"{len(listed)} categories, each with those within it.", "\n".join(lines))


def _correct(caller: ToolCaller, asked: CorrectIn) -> Iterator[ToolResult]:
    app = caller.app
    category = app.categories.find(asked.category).id if asked.category else NO_CATEGORY
    made = app.review.correct(asked.file_id, category, by=caller.by, document=asked.document)
    yield _decided(made, "It was filed so, and filing learns from it. undo_correction takes it back.")


def _undo(caller: ToolCaller, asked: UndoIn) -> Iterator[ToolResult]:
    made = caller.app.review.undo(asked.file_id, by=caller.by)
    yield _decided(made, "The last decision of a person was taken back: what stood before stands again.")


def _decided(record: FileRecord, about: str) -> ToolResult:
    (file,) = file_shapes([record])
    return ToolResult(file, about, shown_file(file))


CATEGORIES = LibraryTool(
    "list_categories",
    "List categories",
    "List the categories that files are put into, as a tree, with their ids.",
    NothingIn,
    TaxonomyOut,
    _categories,
)
CORRECT = LibraryTool(
    "correct",
    "Correct a category",
    "Say for the user which category a file belongs to. It stands over every model's decision and teaches "
    "filing; the decisions before it are kept, and undo_correction takes it back.",
    CorrectIn,
    FileOut,
    _correct,
    act=AuditAct.CHANGED,
    right=Right.CORRECT,
    reads=False,
    adds=False,
)
UNDO = LibraryTool(
    "undo_correction",
    "Undo a correction",
    "Take back the last decision of a person on a file's category.",
    UndoIn,
    FileOut,
    _undo,
    act=AuditAct.CHANGED,
    right=Right.CORRECT,
    reads=False,
    adds=False,
    again=False,
)
