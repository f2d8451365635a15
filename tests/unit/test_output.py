"""What commands print with."""

from __future__ import annotations

import io
import re

import pytest

from twolane.cli.output import PeopleOutput


@pytest.mark.parametrize(("every_s", "lines"), [(0.0, 3), (3600.0, 0)])
def test_progress_in_a_log_is_a_line_now_and_then(every_s: float, lines: int) -> None:
    # given
    log = io.StringIO()

    # when
    with PeopleOutput(err=log, line_every_s=every_s).progress("filing") as bar:
        for done in (1, 2, 3):
            bar.update(done, 10, f"{done}/10 files")

    # then
    told = log.getvalue().splitlines()
    assert len(told) == lines
    assert all(re.fullmatch(r"filing: \d0% \d/10 files, 0:00:00, 0:00:00 left", line) for line in told)
