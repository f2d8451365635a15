"""The measurement of filing: its texts, what it takes a process to cost, and its tables."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from bench.filing import ingest, large
from bench.filing.ingest import Runs
from bench.filing.peers import NAMES, REQUIREMENTS
from bench.filing.taken import CommandFailed, Taken, run, spread
from bench.filing.texts import KINDS, write_pdfs, write_taxonomy, write_texts

from twolane.filing.taxonomy import Taxonomy


def test_texts_are_as_long_as_wanted_and_the_same_every_time(tmp_path: Path) -> None:
    # when
    texts = write_texts(tmp_path / "a", 10, 370)
    again = write_texts(tmp_path / "b", 10, 370)

    # then
    lengths = [len(path.read_text("utf-8").split()) for path in texts]
    assert 370 <= min(lengths) <= max(lengths) < 420
    assert [path.read_bytes() for path in texts] == [path.read_bytes() for path in again]
    assert len({path.read_bytes() for path in texts}) == 10


def test_a_line_is_a_short_text(tmp_path: Path) -> None:
    # when
    [path] = write_texts(tmp_path / "a", 1, 12)

    # then
    assert len(path.read_text("utf-8").split()) < 60


def test_pdfs_have_their_pages(tmp_path: Path) -> None:
    # given
    import pypdfium2

    # when
    first, second = write_pdfs(tmp_path / "pdfs", (2, 3))

    # then
    assert [len(pypdfium2.PdfDocument(path)) for path in (first, second)] == [2, 3]


def test_the_taxonomy_holds_the_kinds_that_the_texts_are_about(tmp_path: Path) -> None:
    # when
    taxonomy = Taxonomy.load(write_taxonomy(tmp_path / "taxonomy.toml"))

    # then
    assert [category.id for category in taxonomy.categories] == list(KINDS)


def test_a_run_is_measured_with_its_children(tmp_path: Path) -> None:
    # given
    child = "b = bytearray(80_000_000); import time; time.sleep(1)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}]); print('done')"

    # when
    taken = run([sys.executable, "-c", parent], env=dict(os.environ), cwd=tmp_path)

    # then
    assert taken.out == "done\n"
    assert taken.wall_s >= 1
    assert taken.peak_mib > 80


def test_a_command_that_fails_is_no_figure(tmp_path: Path) -> None:
    # when
    with pytest.raises(CommandFailed) as failed:
        run([sys.executable, "-c", "raise SystemExit('no model')"], env=dict(os.environ), cwd=tmp_path)

    # then
    assert "no model" in str(failed.value)


def test_every_other_program_is_pinned() -> None:
    # given
    lines = [line for line in REQUIREMENTS.read_text("utf-8").splitlines() if not line.startswith("#")]

    # then
    assert all("==" in line for line in lines)
    assert {"haystack-ai", "llama-index-core", "txtai"} <= {line.split("==")[0] for line in lines}


def test_others_stand_beside_us_with_and_without_their_start() -> None:
    # given
    ours = Runs("twolane", 150, [Taken(10.0, 15.0, ((0.1, 300.0),), "")])
    theirs = Runs(NAMES[0], 150, [Taken(40.0, 75.0, ((0.1, 1200.0),), "")] * 2, [30.0, 30.0])

    # when
    lines = list(ingest.side_by_side_table([ours, theirs]))

    # then
    assert lines[2] == "| twolane | 1 | 10.0 (± 0%) |  | 15.00 |  |  | 0.100 | 300 |"
    assert lines[3] == "| llamaindex | 2 | 40.0 (± 0%) | 30.0 | 3.75 | 4.00x | 3.00x | 0.500 | 1,200 |"


def test_memory_is_told_for_each_tenth_of_a_run() -> None:
    # given
    memory = tuple((float(second), 100.0 + second) for second in range(100))

    # when
    lines = list(large.memory_table(Taken(100.0, 50.0, memory, ""), 1000))

    # then
    assert lines[2].startswith("| MiB, median | 104 | 114 |")
    assert lines[-1].startswith("1,000 files in 100 s, 50.0 CPU ms a file, greatest 199 MiB; ")
    assert lines[-1].endswith("in the last tenth of the time 1.56 times that of the third.")


def test_a_spread_is_half_of_the_range() -> None:
    # then
    assert spread([9.0, 10.0, 11.0]) == pytest.approx(0.1)
