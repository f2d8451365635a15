"""The sets of follow-ups are whole: each names a file that is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from eval.turns import FOLDER, read


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_every_follow_up_has_its_file(path: Path) -> None:
    # when
    texts, follow_ups = read(path)

    # then
    assert len(follow_ups) == 6
    assert {one.file for one in follow_ups} <= texts.keys()
    assert len({one.question for one in follow_ups}) == len(follow_ups)
