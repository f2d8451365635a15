"""Files that were moved to another disk: their content is known, and so is where it lay before."""

from __future__ import annotations

from twolane.documents import FileSeen, FileState, Filter
from twolane.files.contents import Contents
from twolane.store.scanned import Files
from twolane.store.values import FileRenamed

_MOST_LOOKED_AT = 20
# some disks keep the times of files in steps of up to two seconds
_TIME_STEP_NS = 2_000_000_000
_BY_PERSON = "person"


def moved_here(
    store: Files, contents: Contents, file_id: int, found: FileSeen, document: str
) -> FileRenamed | None:
    """Return the move by which a new file with a known content came here, None where it is a copy.

    The file that had this content is gone then, and what moves a file to another disk leaves it the time of
    its last change.
    """
    if store.file(file_id).document:
        return None
    same = Filter(documents=(document,), states=tuple(set(FileState) - {FileState.SKIPPED}))
    for record in store.files(same, limit=_MOST_LOOKED_AT):
        is_away = record.state is FileState.GONE or not contents.is_there(record.path)
        if is_away and _is_of_one_time(store.scanned(record.file_id), found):
            places = {place.path: place.placed_by for place in store.planned([record.file_id])}
            by = places.get(found.path, _BY_PERSON)
            return FileRenamed(record.file_id, found.path, found.stamp, found.identity, by, record.path)
    return None


def _is_of_one_time(before: FileSeen, now: FileSeen) -> bool:
    times = [file.stamp.partition(":")[0] for file in (before, now)]
    return all(map(str.isdigit, times)) and abs(int(times[0]) - int(times[1])) <= _TIME_STEP_NS
