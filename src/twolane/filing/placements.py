"""Placements: what a person says of a file by putting it into the folder of another category, asked once.

See docs/why/filing.md#what-a-person-moves-is-asked-about-and-not-concluded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from twolane.documents import FileRecord, FileState, Tier, display_path
from twolane.errors import NotFoundError
from twolane.filing.review import Review
from twolane.filing.taxonomy import Taxonomy
from twolane.filing.tiers.rules import Rules
from twolane.store.base import Catalogue
from twolane.store.placed import FolderUse, Placement, Placing
from twolane.store.scanned import MovedFile
from twolane.work import NewJob

_FEWEST = 3  # files of one category make a folder its own
_LEAST_SHARE = 0.9
_FILED = {FileState.FILED, FileState.REVIEW}
_MOST_ASKED = 1000


class PlacedStore(Catalogue, Placing, Protocol):
    """What the verbs need of the store."""


class Placements:
    """The files of one library that persons have moved; safe to use from several threads.

    `classify_kind` is the kind of job that files a document.
    """

    def __init__(
        self,
        store: PlacedStore,
        taxonomy: Callable[[], Taxonomy],
        review: Review,
        *,
        classify_kind: str,
    ) -> None:
        self._store = store
        self._rows = store.placements
        self._taxonomy = taxonomy
        self._review = review
        self._classify_kind = classify_kind

    def notice(self, moved: Sequence[MovedFile]) -> None:
        """Note what persons have moved: what may be a correction is asked about, and rules are obeyed.

        A folder that is moved or renamed says nothing of each file within it.
        """
        self._rows.drop_open([one.file_id for one in moved])
        self._obey_rules(moved)
        alone = [one for one in moved if one.alone]
        numbers = [one.file_id for one in alone]
        folders = {folder: self.category_of(folder, numbers) for folder in {one.path.parent for one in alone}}
        for one in alone:
            if category := folders[one.path.parent]:
                self._notice(self._store.file(one.file_id), category)

    def list(self, *, limit: int = _MOST_ASKED, offset: int = 0) -> list[Placement]:
        """List what is to be asked, the oldest first."""
        return self._rows.open(limit=limit, offset=offset)

    def count(self) -> int:
        """Count what is to be asked."""
        return self._rows.count()

    def of(self, file_id: int) -> Placement:
        """Return what is to be asked of a file. Raises `NotFoundError`."""
        path = self._store.file(file_id).path
        for placement in self._rows.open(limit=1, file_id=file_id):
            return placement
        raise NotFoundError(
            f"there is nothing to ask about where {display_path(path)} lies",
            "`twolane placements` lists what there is",
        )

    def accept(self, file_id: int, *, by: str = "") -> FileRecord:
        """File a file under the category of the folder that it was put into, as a person's decision.

        Raises `NotFoundError`, and `FileReplacedError` where it was read anew meanwhile.
        """
        placement = self.of(file_id)
        record = self._review.correct(file_id, placement.category, by=by, document=placement.document)
        self._rows.answer(placement, accepted=True)
        return record

    def decline(self, file_id: int) -> FileRecord:
        """Leave a file in its category; this is not asked again of it. Raises `NotFoundError`."""
        placement = self.of(file_id)
        self._rows.answer(placement, accepted=False)
        return self._store.file(file_id)

    def category_of(self, folder: Path, but: Sequence[int] = ()) -> str:
        """Return the category whose files lie directly in a folder, "" where it is not one category's.

        It is where plans put files of one category alone, or where nearly all are of it and persons or
        plans have said so of some. Files that are asked about do not count, nor some by their numbers.
        """
        uses = self._rows.uses(folder, but)
        planned = [use.category for use in uses if use.planned]
        if planned:
            return planned[0] if len(planned) == 1 else ""
        return next((use.category for use in uses if _is_own(use, uses)), "")

    def _notice(self, record: FileRecord, category: str) -> None:
        found = record.classification
        if record.state not in _FILED or found is None:
            return
        taxonomy = self._taxonomy()
        if category not in taxonomy.by_id or category in taxonomy.lineage(found.category):
            return  # the folder says no more than is known
        self._rows.notice(record.file_id, record.document, category, record.path.parent)

    def _obey_rules(self, moved: Sequence[MovedFile]) -> None:
        """File anew what lies where a rule about folders says something else than where it was."""
        taxonomy = self._taxonomy()
        if not any(category.folders for category in taxonomy.categories):
            return
        rules, jobs = Rules(taxonomy), list[NewJob]()
        for one in moved:
            if rules.look("", one.source) != rules.look("", one.path):
                record = self._store.file(one.file_id)
                if record.document and record.classification and not _is_decided(record):
                    jobs.append(NewJob(self._classify_kind, record.document, record.file_id))
        if jobs:
            with self._store.writing() as write:
                write.enqueue(jobs)


def _is_own(use: FolderUse, uses: Sequence[FolderUse]) -> bool:
    total = sum(one.files for one in uses)
    return bool(use.category) and use.decided >= _FEWEST and use.files >= _LEAST_SHARE * total


def _is_decided(record: FileRecord) -> bool:
    return record.classification is not None and record.classification.tier is Tier.PERSON
