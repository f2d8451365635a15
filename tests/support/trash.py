"""A trash of its own for a test, so that nothing goes into the user's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from send2trash import plat_other


def own_trash(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have what is sent to the trash go to this folder's, and return where the files lie there."""
    monkeypatch.setattr(plat_other, "XDG_DATA_HOME", os.fsencode(folder))
    monkeypatch.setattr(plat_other, "HOMETRASH_B", os.fsencode(folder / "Trash"))
    # of the device of the test's files, wherever the home folder lies
    monkeypatch.setattr(plat_other, "get_dev", lambda path: 0 if os.path.lexists(path) else 1)
    return folder / "Trash" / "files"
