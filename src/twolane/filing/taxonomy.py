"""The taxonomy: the categories that documents are filed under, read from a TOML file that users edit."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from twolane.errors import TaxonomyError

_HEADER = re.compile(r"\s*\[\[\s*category\s*\]\]")
_ID = re.compile(r"[\w-][\w.-]{0,99}")
_REMEDY = "`twolane init` writes a taxonomy with comments on every key"
_TEXTS = ("id", "name", "description")
_LISTS = ("examples", "hints", "extensions", "media_types", "folders", "patterns")
_EXPRESSIONS = ("hints", "patterns")


@dataclass(frozen=True, slots=True)
class Category:
    """A place in the taxonomy.

    `examples` are short texts as in its documents. `hints` are regular expressions that are evidence for it;
    a single match of `extensions`, `media_types` (with wildcards), `folders` (names) or `patterns` (regular
    expressions) decides for it.
    """

    id: str
    name: str
    description: str = ""
    examples: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    media_types: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    @property
    def has_own_evidence(self) -> bool:
        """Whether the category has more than a name and a description."""
        return any(getattr(self, key) for key in _LISTS)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The categories, in the file's order; `digest` changes when anything in them does."""

    categories: tuple[Category, ...]
    digest: str

    @classmethod
    def load(cls, path: Path | None = None) -> Taxonomy:
        """Read a taxonomy file, or twolane's own where there is no path.

        A category with the id of one of twolane's own, but without examples, hints and rules, gets those of
        that one. Raises `TaxonomyError` with file and line.
        """
        if path is None:
            return _taxonomy(_own_categories())
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TaxonomyError(f"{path}: the taxonomy cannot be read: {error}", _REMEDY) from error
        return cls.from_categories(_parse(text, str(path)))

    @classmethod
    def from_categories(cls, categories: Iterable[Category | Mapping[str, Any]]) -> Taxonomy:
        """Make a taxonomy of categories, or of mappings with their fields; unknown fields are ignored.

        Ids of twolane's own categories have the same effect as in `load`. Raises `TaxonomyError`.
        """
        own = {category.id: category for category in _own_categories()}
        found: list[Category] = []
        for number, given in enumerate(categories, 1):
            if isinstance(given, Category):
                category = given
            else:
                fields = {key: given[key] for key in (*_TEXTS, *_LISTS) if key in given}
                category = _category(fields, _Place(f"category {number}", ()))
            known = own.get(category.id)
            if known and not category.has_own_evidence:
                category = replace(category, **{key: getattr(known, key) for key in _LISTS})
            found.append(category)
        return _taxonomy(tuple(found))

    def get(self, category_id: str) -> Category | None:
        """Return the category with an id."""
        return next((category for category in self.categories if category.id == category_id), None)


@dataclass(frozen=True, slots=True)
class _Place:
    """A category's place in its file, so that an error can name the line of a key."""

    source: str
    lines: tuple[str, ...]
    start: int = 0

    def of(self, key: str = "") -> str:
        if not self.lines:
            return self.source
        for number in range(self.start + 1, len(self.lines)):
            if _HEADER.match(self.lines[number]):
                break
            if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", self.lines[number]):
                return f"{self.source}, line {number + 1}"
        return f"{self.source}, line {self.start + 1}"


def _parse(text: str, source: str) -> tuple[Category, ...]:
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TaxonomyError(f"{source}: {error}", _REMEDY) from error
    if unknown := [key for key in tree if key != "category"]:
        raise TaxonomyError(f"{source}: there is nothing called {unknown[0]!r} in a taxonomy", _REMEDY)
    tables = tree.get("category")
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise TaxonomyError(f"{source}: there is no [[category]] in it", _REMEDY)
    lines = tuple(text.splitlines())
    starts = [number for number, line in enumerate(lines) if _HEADER.match(line)]
    starts += [0] * (len(tables) - len(starts))
    found = [
        (_category(table, place), place)
        for table, place in zip(tables, (_Place(source, lines, start) for start in starts), strict=False)
    ]
    seen: set[str] = set()
    for category, place in found:
        if category.id.casefold() in seen:
            raise TaxonomyError(f"{place.of('id')}: there are two categories {category.id!r}", "rename one")
        seen.add(category.id.casefold())
    return tuple(category for category, _ in found)


def _category(fields: Mapping[str, Any], place: _Place) -> Category:
    for key, value in fields.items():
        if key in _LISTS:
            if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
                raise TaxonomyError(f"{place.of(key)}: {key} is not a list of texts", f'as in {key} = ["…"]')
        elif key not in _TEXTS:
            raise TaxonomyError(f"{place.of(key)}: a category has no {key!r}", _REMEDY)
        elif not isinstance(value, str):
            raise TaxonomyError(f"{place.of(key)}: {key} is not a text", f'as in {key} = "…"')
    category_id = fields.get("id", "")
    if not _ID.fullmatch(category_id):
        raise TaxonomyError(
            f"{place.of('id')}: {category_id!r} cannot be a category's id",
            'an id is letters, digits, "-", "_" and ".", as in id = "bank_statement"',
        )
    for key in _EXPRESSIONS:
        for expression in fields.get(key, ()):
            _check_expression(expression, key, place)
    lists = {key: tuple(fields.get(key, ())) for key in _LISTS}
    name = fields.get("name", "").strip() or category_id.replace("_", " ").replace("-", " ").capitalize()
    return Category(category_id, name, fields.get("description", "").strip(), **lists)


def _check_expression(expression: str, key: str, place: _Place) -> None:
    try:
        re.compile(expression)
    except re.error as error:
        raise TaxonomyError(
            f"{place.of(key)}: {expression!r} is not a regular expression: {error}",
            "write it between ''' and ''', so that backslashes stay as they are",
        ) from error


def _taxonomy(categories: tuple[Category, ...]) -> Taxonomy:
    if len(categories) < 2:
        raise TaxonomyError("a taxonomy needs at least two categories", _REMEDY)
    for key in ("id", "name"):
        seen: set[str] = set()
        for value in (getattr(category, key) for category in categories):
            if value.casefold() in seen:
                raise TaxonomyError(f"there are two categories with the {key} {value!r}", "rename one")
            seen.add(value.casefold())
    content = json.dumps([asdict(category) for category in categories], sort_keys=True)
    return Taxonomy(categories, hashlib.sha256(content.encode()).hexdigest()[:16])


@cache
def _own_categories() -> tuple[Category, ...]:
    text = files("twolane.filing").joinpath("taxonomy.toml").read_text(encoding="utf-8")
    return _parse(text, "twolane's own taxonomy")
