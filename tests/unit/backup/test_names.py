"""The names of backups, and which of them may go."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from twolane.backup.names import BackupName, name_of, names_in, superfluous

DAY_S = 86_400.0
LIBRARY = "0123abcd" * 4
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC).timestamp()


def every_day(count: int) -> list[BackupName]:
    return [BackupName(NOON - day * DAY_S, LIBRARY[:8], Path(str(day))) for day in range(count)]


def test_a_folder_tells_its_backups_and_nothing_else(tmp_path: Path) -> None:
    # given
    for moment in (NOON, NOON - DAY_S):
        (tmp_path / name_of(LIBRARY, moment)).touch()
    for other in ("notes.zip", "twolane-0123abcd-20269999T999999Z.zip", "twolane.zip", ".hidden"):
        (tmp_path / other).touch()
    (tmp_path / name_of("f" * 32, NOON)).touch()
    (tmp_path / name_of(LIBRARY, NOON + 1)).mkdir()

    # when
    own = names_in(tmp_path, LIBRARY)

    # then
    assert [name.made_at for name in own] == [NOON - DAY_S, NOON]
    assert len(names_in(tmp_path)) == 3


def test_the_newest_are_kept_and_one_of_each_week_before() -> None:
    # when: the 27th of November 2026 is a Friday
    gone = {int(str(name.path)) for name in superfluous(every_day(40), keep=3, keep_weeks=3)}

    # then: Sundays 22, 15 and 8 of November
    assert sorted(set(range(40)) - gone) == [0, 1, 2, 5, 12, 19]


@given(st.lists(st.integers(0, 2000), unique=True), st.integers(1, 10), st.integers(0, 10))
def test_the_newest_stay_and_each_run_leaves_what_the_next_would(
    days: list[int], keep: int, weeks: int
) -> None:
    # given
    names = [BackupName(NOON - day * DAY_S, "", Path(str(day))) for day in days]

    # when
    gone = superfluous(names, keep, weeks)
    left = sorted(set(names) - set(gone), reverse=True)

    # then
    assert left[:keep] == sorted(names, reverse=True)[:keep]
    assert len(left) <= keep + weeks
    assert superfluous(left, keep, weeks) == []
