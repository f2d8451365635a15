"""The taxonomy: the categories that documents are filed under, read from a TOML file that users edit."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from twolane.errors import TaxonomyError
from twolane.facts import FieldSpec, FieldType
from twolane.fields.catalogue import OF_EVERY_DOCUMENT, known_fields

_HEADER = re.compile(r"\s*\[\[\s*category\s*\]\]")
_ID = re.compile(r"[\w-][\w.-]{0,99}")
_REMEDY = "`twolane init` writes a taxonomy with comments on every key"
_TEXTS = ("id", "name", "description", "parent")
_LISTS = ("examples", "hints", "extensions", "media_types", "folders", "patterns")
_EXPRESSIONS = ("hints", "patterns")


@dataclass(frozen=True, slots=True)
class Category:
    """A place in the taxonomy.

    `examples` are short texts as in its documents. `hints` are regular expressions that are evidence for it;
    those that a taxonomy file puts in brackets, to count as one, are the branches of one expression here;
    a single match of `extensions`, `media_types` (with wildcards), `folders` (names) or `patterns` (regular
    expressions) decides for it. `fields` are what is drawn out of its documents beside what all of them have.
    `parent` is the id of the category that it is a kind of, "" where it is of none.
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
    fields: tuple[FieldSpec, ...] = ()
    parent: str = ""

    @property
    def has_own_evidence(self) -> bool:
        """Whether the category has more than a name and a description."""
        return any(getattr(self, key) for key in _LISTS)


@dataclass(frozen=True)
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
        return cls.parsed(text, str(path))

    @classmethod
    def parsed(cls, text: str, source: str) -> Taxonomy:
        """Return the taxonomy that the text of a file is, as `load` does; `source` names it in errors."""
        return cls.from_categories(_parse(text, source))

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
                fields = {key: given[key] for key in (*_TEXTS, *_LISTS, "fields") if key in given}
                category = _category(fields, _Place(f"category {number}", ()))
            known = own.get(category.id)
            if known and not category.has_own_evidence:
                category = replace(category, **{key: getattr(known, key) for key in _LISTS})
            if known and not category.fields:
                category = replace(category, fields=known.fields)
            found.append(category)
        return _taxonomy(tuple(found))

    @classmethod
    def of(cls, categories: Iterable[Category]) -> Taxonomy:
        """Return a taxonomy of these categories as they are. Raises `TaxonomyError` where it cannot be."""
        return _taxonomy(tuple(categories))

    @classmethod
    def from_text(cls, text: str) -> Taxonomy:
        """Return the taxonomy that `text` was made of. Raises `TaxonomyError`."""
        return _taxonomy(tuple(_kept(category) for category in json.loads(text)))

    @property
    def text(self) -> str:
        """All that it says, as JSON: what is not said of a category is left out."""
        said = [{key: value for key, value in asdict(one).items() if value} for one in self.categories]
        return json.dumps(said, ensure_ascii=False, sort_keys=True)

    def get(self, category_id: str) -> Category | None:
        """Return the category with an id."""
        return self.by_id.get(category_id)

    def leaves(self) -> Taxonomy:
        """Return it as machines file by it: only the categories that have none below them.

        Each is called after those that it lies within, and has their hints; the digest is that of the whole.
        """
        if not any(category.parent for category in self.categories):
            return self
        above = {category.parent for category in self.categories}
        found = [self._as_leaf(category) for category in self.categories if category.id not in above]
        return Taxonomy(tuple(found), self.digest)

    def _as_leaf(self, category: Category) -> Category:
        line = [self.by_id[one] for one in self.lineage(category.id)]
        hints = dict.fromkeys(hint for one in line for hint in one.hints)
        return replace(category, name=self.path_name(category.id), hints=tuple(hints), parent="")

    def path_name(self, category_id: str) -> str:
        """Return a category's name after the names of those that it lies within, as in "Invoices: Energy"."""
        return ": ".join(self.path_names(category_id))

    def path_names(self, category_id: str) -> tuple[str, ...]:
        """Return the names of those that a category lies within, outermost first, and its own."""
        return tuple(self.by_id[one].name for one in reversed(self.lineage(category_id)))

    def titled(self) -> tuple[Category, ...]:
        """Return the categories, each called after those that it lies within: a name may be said twice."""
        return tuple(replace(one, name=self.path_name(one.id)) for one in self.categories)

    def leaf_places(self, category_id: str) -> tuple[int, ...]:
        """Return the places among `leaves` of a category and of all that lies within it; none if unknown."""
        leaves = self.leaves().categories
        return tuple(place for place, leaf in enumerate(leaves) if category_id in self.lineage(leaf.id))

    def lineage(self, category_id: str) -> tuple[str, ...]:
        """Return the ids of a category and of all those that it lies within, itself first."""
        found: list[str] = []
        category = self.by_id.get(category_id)
        while category is not None and category.id not in found:  # a circle is refused where it is made
            found.append(category.id)
            category = self.by_id.get(category.parent)
        return tuple(found)

    @cached_property
    def by_id(self) -> Mapping[str, Category]:
        """The categories by their ids."""
        return {category.id: category for category in self.categories}


@dataclass(frozen=True, slots=True)
class _Place:
    """A category's place in its file, so that an error can name the line of a key.

    `is_own` says that the file is twolane's own, whose expressions the tests have tried.
    """

    source: str
    lines: tuple[str, ...]
    start: int = 0
    is_own: bool = False

    def of(self, key: str = "") -> str:
        if not self.lines:
            return self.source
        for number in range(self.start + 1, len(self.lines)):
            if _HEADER.match(self.lines[number]):
                break
            if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", self.lines[number]):
                return f"{self.source}, line {number + 1}"
        return f"{self.source}, line {self.start + 1}"


def _parse(text: str, source: str, *, is_own: bool = False) -> tuple[Category, ...]:
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
        for table, place in zip(
            tables, (_Place(source, lines, start, is_own) for start in starts), strict=False
        )
    ]
    seen: set[str] = set()
    for category, place in found:
        if category.id.casefold() in seen:
            raise TaxonomyError(f"{place.of('id')}: there are two categories {category.id!r}", "rename one")
        seen.add(category.id.casefold())
    return tuple(category for category, _ in found)


def _category(fields: Mapping[str, Any], place: _Place) -> Category:
    fields = {key: _joined(value, place) if key == "hints" else value for key, value in fields.items()}
    for key, value in fields.items():
        if key in _LISTS:
            if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
                raise TaxonomyError(f"{place.of(key)}: {key} is not a list of texts", f'as in {key} = ["…"]')
        elif key == "fields":
            continue
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
    asked = fields.get("fields", ())
    if not isinstance(asked, (list, tuple)):
        raise TaxonomyError(f"{place.of('fields')}: fields is not a list", 'as in fields = ["number"]')
    specs = tuple(_field(one, place) for one in asked)
    said = fields.get("description", "").strip()
    return Category(category_id, name, said, **lists, fields=specs, parent=fields.get("parent", ""))


def _kept(said: Mapping[str, Any]) -> Category:
    """Return a category as it was kept, which was checked before."""
    values: dict[str, Any] = {key: tuple(said.get(key, ())) for key in _LISTS}
    values |= {key: said.get(key, "") for key in _TEXTS}
    return Category(**values, fields=tuple(map(_kept_field, said.get("fields", ()))))


def _kept_field(said: Mapping[str, Any]) -> FieldSpec:
    """Return a field as it was kept; a known one as it is known by now."""
    if known := known_fields().get(said["id"]):
        return known
    examples, labels = (tuple(said.get(key, ())) for key in ("examples", "labels"))
    kind, described = FieldType(said["type"]), said.get("description", "")
    return FieldSpec(said["id"], said["name"], kind, described, examples, labels, said.get("usual", True))


def _field(given: object, place: _Place) -> FieldSpec:
    """Return a field that a category asks for: a known one by its name, or one of the taxonomy's own."""
    if isinstance(given, FieldSpec):
        return given
    known = known_fields()
    if isinstance(given, str) and given in known and given not in OF_EVERY_DOCUMENT:
        return known[given]
    if not isinstance(given, Mapping):
        names = ", ".join(name for name in known if name not in OF_EVERY_DOCUMENT)
        raise TaxonomyError(
            f"{place.of('fields')}: there is no field {given!r} to ask for",
            f'choose of {names}; or describe your own, as in {{ id = "grade", type = "text" }}',
        )
    try:
        spec = FieldSpec(
            str(given["id"]),
            str(given.get("name") or str(given["id"]).replace("_", " ").capitalize()),
            FieldType(given.get("type", "text")),
            str(given.get("description", "")),
            tuple(map(str, given.get("examples", ()))),
            tuple(map(str, given.get("labels", ()))),
            bool(given.get("usual", True)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise TaxonomyError(
            f"{place.of('fields')}: {dict(given)} does not describe a field: {error}",
            "it has an id, and may have name, description, examples, labels, usual and a type: "
            + ", ".join(FieldType),
        ) from error
    if not _ID.fullmatch(spec.id) or spec.id in known:
        raise TaxonomyError(
            f"{place.of('fields')}: a field cannot be called {spec.id!r}", "name it otherwise"
        )
    return spec


def _joined(hints: Any, place: _Place) -> Any:
    """Return hints with each list among them as one expression, whatever else they are."""
    if not isinstance(hints, list):
        return hints
    return [_branches(hint, place) if isinstance(hint, list) else hint for hint in hints]


def _branches(expressions: list[Any], place: _Place) -> str:
    for expression in expressions:
        if not isinstance(expression, str):
            raise TaxonomyError(f"{place.of('hints')}: {expression!r} is not a text", 'as in ["…", "…"]')
        _check_expression(expression, "hints", place)
    return "|".join(f"(?:{expression})" for expression in expressions)


def _check_expression(expression: str, key: str, place: _Place) -> None:
    if place.is_own:
        return
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
    _check_ids(categories)
    # what is drawn out of documents does not decide where they are filed
    said = [{k: v for k, v in asdict(one).items() if k != "fields"} for one in categories]
    for one in said:
        if not one["parent"]:  # as it was before there were any
            del one["parent"]
    content = json.dumps(said, sort_keys=True)
    taxonomy = Taxonomy(categories, hashlib.sha256(content.encode()).hexdigest()[:16])
    _check_tree(taxonomy)
    return taxonomy


def _check_ids(categories: Sequence[Category]) -> None:
    seen: set[str] = set()
    for category_id in (category.id.casefold() for category in categories):
        if category_id in seen:
            raise TaxonomyError(f"there are two categories with the id {category_id!r}", "rename one")
        seen.add(category_id)


def _check_tree(taxonomy: Taxonomy) -> None:
    """Raise `TaxonomyError` for parents that there are not, circles, and names that stand for two things."""
    names: set[str] = set()
    for category in taxonomy.categories:
        if category.parent and category.parent not in taxonomy.by_id:
            raise TaxonomyError(
                f"{category.id!r} lies within {category.parent!r}, which there is not",
                "parent is the id of another category",
            )
    for category in taxonomy.categories:
        if taxonomy.by_id[taxonomy.lineage(category.id)[-1]].parent:
            raise TaxonomyError(f"{category.id!r} lies within itself", "give it another parent, or none")
        name = taxonomy.path_name(category.id).casefold()
        if name in names:
            raise TaxonomyError(f"there are two categories with the name {category.name!r}", "rename one")
        names.add(name)
    if len(taxonomy.leaves().categories) < 2:
        raise TaxonomyError("a taxonomy needs at least two categories without others within them", _REMEDY)


def shipped_category(category_id: str) -> Category | None:
    """Return the category with an id as twolane ships it, None where it ships none."""
    return next((one for one in _own_categories() if one.id == category_id), None)


@cache
def _own_categories() -> tuple[Category, ...]:
    text = files("twolane.filing").joinpath("taxonomy.toml").read_text(encoding="utf-8")
    return _parse(text, "twolane's own taxonomy", is_own=True)
