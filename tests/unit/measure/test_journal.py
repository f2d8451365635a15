"""The journal: a run that was stopped goes on where it was, whatever stopped it."""

from __future__ import annotations

from pathlib import Path

import pytest

from twolane.measure.report.journal import Journal


def test_finished_measurements_are_not_made_again(tmp_path: Path) -> None:
    # given
    path = tmp_path / "prove" / "journal.jsonl"
    Journal(path).once("speed", {"tokens": 64}, "abc", lambda: [1.0, 2.0])

    # when
    journal = Journal(path)
    kept = journal.once("speed", {"tokens": 64}, "abc", lambda: pytest.fail("measured again"))
    others = [
        journal.recall("speed", {"tokens": 65}, "abc"),
        journal.recall("speed", {"tokens": 64}, "other"),
        journal.recall("load", {"tokens": 64}, "abc"),
    ]

    # then
    assert kept == [1.0, 2.0]
    assert others == [None, None, None]


def test_what_fails_is_not_kept(tmp_path: Path) -> None:
    # given
    journal = Journal(tmp_path / "journal.jsonl")

    def stopped() -> None:
        raise KeyboardInterrupt

    # when
    with pytest.raises(KeyboardInterrupt):
        journal.once("speed", {}, "", stopped)

    # then
    assert len(journal) == 0
    assert not journal.path.exists()


def test_a_line_that_a_crash_cut_off_costs_that_one_measurement(tmp_path: Path) -> None:
    # given
    path = tmp_path / "journal.jsonl"
    first = Journal(path)
    for number in range(3):
        first.keep("speed", {"run": number}, "", number)
    path.write_bytes(path.read_bytes()[:-9])

    # when
    second = Journal(path)
    found = [second.recall("speed", {"run": number}) for number in range(3)]
    second.keep("speed", {"run": 2}, "", 2)
    third = Journal(path)

    # then
    assert found == [0, 1, None]
    assert [third.recall("speed", {"run": number}) for number in range(3)] == [0, 1, 2]
    third.clear()
    assert len(Journal(path)) == 0
