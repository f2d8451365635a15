"""Two filters are one that passes what both do; access is among them, so none may ever widen the other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from twolane.chat.narrowed import NOTHING, narrowed
from twolane.documents import EVERYTHING, Filter
from twolane.facts import FieldCondition

_A = Path("/d/a")
_FROM = FieldCondition("total_due", ">=", "100")


@pytest.mark.parametrize(
    ("outer", "inner", "both"),
    [
        (EVERYTHING, Filter(categories=("invoice",)), Filter(categories=("invoice",))),
        (Filter(owners=("ada",)), Filter(tags=("tax",)), Filter(owners=("ada",), tags=("tax",))),
        (
            Filter(categories=("a",)),
            Filter(categories=("a/b",)),
            Filter(categories=("a/b",)),
        ),
        (
            Filter(categories=("a/b",)),
            Filter(categories=("a",)),
            Filter(categories=("a/b",)),
        ),
        (Filter(categories=("a",)), Filter(categories=("ab",)), NOTHING),
        (
            Filter(folders=(Path("/d"),)),
            Filter(folders=(Path("/d/a"), Path("/e"))),
            Filter(folders=(Path("/d/a"),)),
        ),
        (Filter(kinds=("image/*",)), Filter(kinds=("image/png", "text/csv")), Filter(kinds=("image/png",))),
        (Filter(owners=("ada", "eve")), Filter(owners=("eve",)), Filter(owners=("eve",))),
        (Filter(correspondents=(1,)), Filter(correspondents=(2,)), NOTHING),
        (Filter(name="a"), Filter(name="b"), NOTHING),
        (Filter(name="a"), EVERYTHING, Filter(name="a")),
        (
            Filter(dated_from=date(2024, 1, 1), dated_to=date(2025, 6, 1)),
            Filter(dated_from=date(2025, 1, 1), dated_to=date(2025, 12, 31)),
            Filter(dated_from=date(2025, 1, 1), dated_to=date(2025, 6, 1)),
        ),
        (Filter(fields=(_FROM,)), Filter(fields=(_FROM,)), Filter(fields=(_FROM,))),
    ],
)
def test_what_both_pass_passes(outer: Filter, inner: Filter, both: Filter) -> None:
    assert narrowed(outer, inner) == both
