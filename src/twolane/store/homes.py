"""Where each spelling of a correspondent's name belongs, as it follows from the changes that stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from twolane.store.values import ChangeKind, CorrespondentChange


@dataclass(frozen=True, slots=True)
class Homes:
    """The correspondent of each spelling, and the name by which each correspondent is shown."""

    names: Mapping[int, int]
    shown: Mapping[int, str]


def stand(first: Homes, changes: Iterable[CorrespondentChange]) -> Homes:
    """Return how things are after changes in their order; `first` is how they were before any.

    So a change is taken back by leaving it out, whatever came after it.
    """
    names, shown = dict(first.names), dict(first.shown)
    for change in changes:
        if change.kind is ChangeKind.MERGE:
            moved = [name for name, home in names.items() if home == change.other_id]
            names |= dict.fromkeys(moved, change.correspondent_id)
            if names.get(change.name_id) != change.correspondent_id:
                continue  # the spelling that it was shown by came from a merge that stands no more
        elif change.kind is ChangeKind.PART and names.get(change.name_id) == change.correspondent_id:
            names[change.name_id] = change.other_id
        if change.name:
            shown[change.correspondent_id] = change.name
    return Homes(names, shown)
