"""A library's file with nothing in it: no new library, since it may have been one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.integration.api.served import settings_in

from twolane.app import open_app
from twolane.errors import StoreError


def test_a_file_that_was_cut_to_nothing_is_told_of(tmp_path: Path) -> None:
    # given
    file = tmp_path / "library.db"
    file.touch()
    os.utime(file, (1, 1))

    # when
    with (
        pytest.raises(StoreError, match="has nothing in it") as raised,
        open_app(settings_in(tmp_path)) as app,
    ):
        app.library.pending([])

    # then
    assert "twolane restore" in raised.value.remedy
    assert file.stat().st_size == 0
