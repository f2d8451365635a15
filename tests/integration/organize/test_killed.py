"""What moves files is killed at any instruction; whoever goes on finds every file, and takes all back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from chaos.files import run_round
from chaos.files_cuts import Cutting
from chaos.files_power import power_cuts
from chaos.outcome import Skipped
from standins.brokers import missing
from standins.disks import CannotMountError, ProgramMissingError
from tests.support.filesystems import OnDisk

CALLS = ("renameat2", "renameat", "linkat", "unlinkat", "mkdirat", "fsync")


def test_a_plan_that_was_cut_off_anywhere_is_finished_or_undone(on_disk: OnDisk, tmp_path: Path) -> None:
    # given
    cutting = Cutting(on_disk("ext4").path, on_disk("tmpfs").path, tmp_path / "library")

    # when: before every other call that changes a name, with what comes between
    try:
        found = [wrong for call in CALLS for wrong in cutting.at(call, step=2)]
    except Skipped as error:
        if not shutil.which("strace"):
            missing("strace")
        pytest.skip(str(error))

    # then
    assert not list(filter(None, found))
    assert len(found) > 3 * len(CALLS)


@pytest.mark.parametrize("name", ["ext4", "vfat", "exfat"])
def test_a_plan_whose_process_is_killed_again_and_again_comes_to_its_end(name: str) -> None:
    # when
    try:
        found = run_round(name, files=300, kills=12, seed=1, longest_s=0.3)
    except ProgramMissingError as error:
        missing(str(error))
    except CannotMountError as error:
        pytest.skip(f"no {name} can be mounted here: {error}")

    # then
    assert found.kills == 12
    assert found.undone
    assert not found.lost
    assert not found.faults


def test_what_reached_the_disk_before_the_power_went_is_enough() -> None:
    # when
    try:
        found = list(power_cuts("ext4", files=100, cuts=4, seed=1))
    except ProgramMissingError as error:
        missing(str(error))
    except CannotMountError as error:
        pytest.skip(f"no ext4 can be mounted here: {error}")

    # then
    assert found == [""] * 4
