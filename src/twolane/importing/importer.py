"""Importer: what people have decided in another program is decided here, before a machine guesses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from twolane.categories import AddCategory, TaxonomyChange
from twolane.documents import Decision, FileList, FileRecord, Filter, Tier
from twolane.errors import AmbiguousNameError, NotFoundError, SettingsError
from twolane.facts import CORRESPONDENT, DATE, TITLE, AskedField, FieldDecision, FieldSpec
from twolane.fields.find import normalised
from twolane.importing.base import ImportPlan, OtherDocument, PlannedCategory
from twolane.importing.placing import PlacedDocument
from twolane.store.taken_out import DecidedElsewhere

_LISTED_AT_ONCE = 500
_MOST_NAMED = 5


class _FoundCategory(Protocol):
    @property
    def id(self) -> str:
        """Its id."""


class _ChangedCategories(Protocol):
    def find(self, words: str) -> _FoundCategory:
        """Return the category with an id or a name. Raises `NotFoundError`."""

    def apply(self, change: TaxonomyChange, *, by: str = "") -> Any:
        """Make a change."""


class _FilledLibrary(Protocol):
    def expect(self, decided: Sequence[DecidedElsewhere]) -> None:
        """Keep what people decided elsewhere on contents that are still to come in."""

    def find(self, within: Filter, *, limit: int = 0, offset: int = 0) -> FileList:
        """List the files that pass."""


class _Correcting(Protocol):
    def correct(self, file_id: int, category: str, *, by: str = "", document: str = "") -> FileRecord:
        """Add a person's decision on a file."""

    def history(self, record: FileRecord) -> list[Decision]:
        """Return every decision on a file's document."""


class _CorrectedFacts(Protocol):
    def fields(self) -> list[AskedField]:
        """Return every field that documents can have."""

    def history(self, record: FileRecord, field: str) -> list[FieldDecision]:
        """Return every decision of a person on a field of a file."""

    def correct(
        self, file_id: int, field: str, value: str, *, by: str = "", document: str = ""
    ) -> FileRecord:
        """Add a person's decision on a field."""

    def tag(self, file_id: int, tags: Sequence[str], *, by: str = "") -> FileRecord:
        """Give a file's document tags."""


@dataclass(frozen=True, slots=True)
class ImportWishes:
    """What a person says of an import: the category of a type, the field of a custom field, each by its name.

    Without `with_inbox` nothing but the file is taken of what nobody has looked at there.
    """

    kinds: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    with_inbox: bool = False


class Importer:
    """Takes over the documents of another program, `by` its name; safe to run again."""

    def __init__(
        self,
        library: _FilledLibrary,
        categories: _ChangedCategories,
        review: _Correcting,
        facts: _CorrectedFacts,
        *,
        by: str,
    ) -> None:
        self._library = library
        self._categories = categories
        self._review = review
        self._facts = facts
        self._by = by

    def plan(self, documents: Sequence[OtherDocument], wishes: ImportWishes) -> ImportPlan:
        """Return what an import would do.

        Raises `NotFoundError` and `SettingsError` for wishes that name what there is not.
        """
        specs = self._specs(documents, wishes)
        decided = [one for one in documents if wishes.with_inbox or not one.in_inbox]
        kinds = Counter(one.kind for one in decided if one.kind)
        _require_known("type", wishes.kinds, {one.kind for one in documents})
        planned = [
            PlannedCategory(kind, self._category(kind, wishes), number)
            for kind, number in kinds.most_common()
        ]
        return ImportPlan(
            documents=len(documents),
            categories=tuple(planned),
            correspondents=len({one.correspondent for one in decided if one.correspondent}),
            dated=sum(one.day is not None for one in decided),
            titled=sum(bool(one.title) for one in decided),
            tags=tuple(sorted({tag for one in decided for tag in one.tags})),
            fields=tuple(f"{name} → {spec.name}" for name, spec in specs.items()),
            in_inbox=len(documents) - len(decided),
            left=tuple(_left(documents, specs)),
        )

    def expect(self, placed: Sequence[PlacedDocument], wishes: ImportWishes) -> list[DecidedElsewhere]:
        """Add the categories that there are not yet, and keep what people decided on the files to come."""
        specs = self._specs([one.other for one in placed], wishes)
        categories: dict[str, str] = {}
        decided = []
        for one in placed:
            if one.other.in_inbox and not wishes.with_inbox:
                continue
            kind = one.other.kind
            if kind and kind not in categories:
                categories[kind] = self._category(kind, wishes) or self._added(kind)
            decided.append(self._decided(one, categories.get(kind), specs))
        self._library.expect(decided)
        return decided

    def settle(self, decided: Sequence[DecidedElsewhere]) -> int:
        """Decide on what had been in the library before, as far as people have not.

        What came in just now was decided on as it did. Returns how many files are decided on by now.
        """
        by_path = {one.path: one for one in decided}
        number = 0
        folders = tuple(sorted({path.parent for path in by_path}))
        for record in self._files(folders):
            one = by_path.get(record.path)
            if one is None or record.document != one.document:
                continue
            number += 1
            if self._was_taken_over(record, one):
                continue  # what people have taken back here since stays so
            if missing := [tag for tag in one.tags if tag not in record.tags]:
                self._facts.tag(record.file_id, missing, by=self._by)
            if one.category is not None and (
                record.classification is None or record.classification.tier is not Tier.PERSON
            ):
                self._review.correct(record.file_id, one.category, by=self._by, document=one.document)
            for name, value in one.fields.items():
                if not self._facts.history(record, name):
                    with suppress(SettingsError):
                        self._facts.correct(record.file_id, name, value, by=self._by, document=one.document)
        return number

    def _was_taken_over(self, record: FileRecord, one: DecidedElsewhere) -> bool:
        categories = [made.by for made in self._review.history(record)]
        fields = [made.by for name in one.fields for made in self._facts.history(record, name)]
        return self._by in {*categories, *fields}

    def _files(self, folders: tuple[Any, ...]) -> Iterator[FileRecord]:
        offset = 0
        while found := self._library.find(
            Filter(folders=folders), limit=_LISTED_AT_ONCE, offset=offset
        ).files:
            yield from found
            offset += len(found)

    def _category(self, kind: str, wishes: ImportWishes) -> str:
        """Return the category that a type is, "" where there is none of its name.

        Raises `AmbiguousNameError` where there are several: a person has to say which.
        """
        if kind in wishes.kinds:
            return self._categories.find(wishes.kinds[kind]).id
        try:
            return self._categories.find(_name_of(kind)).id
        except AmbiguousNameError as error:
            raise AmbiguousNameError(
                error.what, f"say which: --as {kind!r}=CATEGORY; {error.remedy}"
            ) from None
        except NotFoundError:
            return ""

    def _added(self, kind: str) -> str:
        self._categories.apply(AddCategory(_name_of(kind)), by=self._by)
        return self._categories.find(_name_of(kind)).id

    def _specs(self, documents: Sequence[OtherDocument], wishes: ImportWishes) -> dict[str, FieldSpec]:
        """Return the fields that custom fields become: those that a person says, and those called alike."""
        known = {one.spec.id: one.spec for one in self._facts.fields()}
        by_name = {spec.name.casefold(): spec for spec in known.values()}
        names = Counter(one.name for each in documents for one in each.fields)
        _require_known("custom field", wishes.fields, names)
        found: dict[str, FieldSpec] = {}
        for name in names:
            wanted = wishes.fields.get(name, "")
            spec = known.get(wanted) or by_name.get(wanted.casefold() or name.casefold())
            if wanted and spec is None:
                raise NotFoundError(f"there is no field {wanted!r}", f"choose one of {', '.join(known)}")
            if spec is not None:
                found[name] = spec
        return found

    def _decided(
        self, placed: PlacedDocument, category: str | None, specs: Mapping[str, FieldSpec]
    ) -> DecidedElsewhere:
        other = placed.other
        values = {
            specs[one.name].id: value
            for one in other.fields
            if one.name in specs and (value := normalised(specs[one.name], one.value))
        }
        values |= {CORRESPONDENT: other.correspondent} if other.correspondent else {}
        values |= {DATE: other.day.isoformat()} if other.day else {}
        values |= {TITLE: other.title} if other.title else {}
        # the number that stands on the paper itself: without it nobody finds it in its binder
        number = () if other.archive_number is None else (f"ASN {other.archive_number}",)
        return DecidedElsewhere(
            placed.path,
            placed.document,
            placed.size_bytes,
            category,
            values,
            (*other.tags, *number),
            self._by,
        )


def _name_of(kind: str) -> str:
    """Return a type's name as categories are called: in one line, with single blanks."""
    return " ".join(kind.split())


def _require_known(what: str, wishes: Mapping[str, str], known: Collection[str]) -> None:
    for name in wishes:
        if name not in known:
            there = ", ".join(sorted(one for one in known if one)) or "none"
            raise NotFoundError(f"the export has no {what} {name!r}", f"it has: {there}")


def _left(documents: Sequence[OtherDocument], specs: Mapping[str, FieldSpec]) -> Iterator[str]:
    """Yield a line for each thing that is not taken over."""
    names = Counter(one.name for each in documents for one in each.fields if one.name not in specs)
    for name, number in names.most_common(_MOST_NAMED):
        yield f"the custom field {name!r} of {number}: `--field {name}=FIELD` says which field it is"
    if len(names) > _MOST_NAMED:
        yield f"{len(names) - _MOST_NAMED} more custom fields"
    if notes := sum(bool(one.notes) for one in documents):
        yield f"the notes on {notes}"
