"""Filters that a user chose for a question, as the wire has them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from twolane.api.chosen import checked_filter, filter_of
from twolane.documents import EVERYTHING, Filter


def test_choices_make_one_filter() -> None:
    # when
    chosen = [
        "category:invoice",
        "category:home/rent",
        "folder:/home/ada",
        "correspondent:7",
        "tag:tax: 2025",
    ]

    # then
    assert filter_of([]) == EVERYTHING
    assert filter_of([*chosen, "kind:image/*", "language:de", "date:2025-01-01/"]) == Filter(
        categories=("invoice", "home/rent"),
        folders=(Path("/home/ada"),),
        correspondents=(7,),
        tags=("tax: 2025",),
        kinds=("image/*",),
        languages=("de",),
        dated_from=date(2025, 1, 1),
    )
    assert filter_of(["date:/2025-12-31"]).dated_to == date(2025, 12, 31)


@pytest.mark.parametrize("text", ["", "rent", "category:", "owner:ada", "date:soon/", "correspondent:Ada"])
def test_what_is_no_filter_is_refused(text: str) -> None:
    # then
    with pytest.raises(ValueError, match=r"."):
        checked_filter(text)
