"""A bundle is made, stopped and gone on with, and installed on a machine that has no network."""

from __future__ import annotations

import ensurepip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from twolane.bundle.lock import default_lock, read_lock
from twolane.bundle.make import BundlePlan, BundleStep, MadeBundle, make_bundle
from twolane.bundle.target import PLATFORMS, PYTHONS, Target, target_of
from twolane.bundle.wheels import missing_wheels, sha256_of, source_of
from twolane.errors import ConflictError, NotFoundError, SettingsError

PIP = next((Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"))


def plan_for(folder: Path, lock: Path) -> BundlePlan:
    return BundlePlan(folder, target_of(), lock, (), folder.parent)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeBundle:
    """Make a bundle of a lock file that pins pip alone, whose wheel came before it was stopped."""
    folder = tmp_path_factory.mktemp("made") / "bundle"
    (folder / "wheels").mkdir(parents=True)
    shutil.copy(PIP, folder / "wheels")
    lock = folder.parent / "small.lock"
    lock.write_text(f"pip=={PIP.name.split('-')[1]} \\\n    --hash=sha256:{sha256_of(PIP)}\n")
    steps: list[BundleStep] = []
    bundle = make_bundle(plan_for(folder, lock), steps.append)
    assert [(step.done, step.total) for step in steps] == [(1, 2), (2, 2)]
    return bundle


def install(bundle: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    alone = ["unshare", "--net"] if shutil.which("unshare") and _may_unshare() else []
    command = [*alone, sys.executable, "-I", str(bundle / "install.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def _may_unshare() -> bool:
    return subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode == 0


def test_it_is_installed_without_a_network(made: MadeBundle, tmp_path: Path) -> None:
    # when
    done = install(made.folder, str(tmp_path / "app"))

    # then
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "app" / "bin" / "twolane").is_file()
    assert "files are what SHA256SUMS says" in done.stdout


def test_a_damaged_file_is_named_and_nothing_is_installed(made: MadeBundle, tmp_path: Path) -> None:
    # given
    copy = tmp_path / "copy"
    shutil.copytree(made.folder, copy)
    with (copy / "wheels" / PIP.name).open("ab") as stream:
        stream.write(b"x")

    # when
    done = install(copy, str(tmp_path / "app"))

    # then
    assert done.returncode == 1
    assert f"wheels/{PIP.name} is damaged" in done.stderr
    assert not (tmp_path / "app").exists()


def test_a_folder_of_somebody_else_is_left_alone(made: MadeBundle, tmp_path: Path) -> None:
    # given
    (tmp_path / "letter.txt").write_text("mine")

    # when
    done = install(made.folder, str(tmp_path))

    # then
    assert done.returncode == 1
    assert "holds something else" in done.stderr
    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_a_bundle_goes_into_no_folder_with_other_files_and_into_none_for_another_machine(
    made: MadeBundle, tmp_path: Path
) -> None:
    # given
    (tmp_path / "letter.txt").write_text("mine")
    other = BundlePlan(made.folder, Target("windows-x86_64", "3.12"), default_lock(), (), tmp_path)

    # then
    with pytest.raises(ConflictError):
        make_bundle(plan_for(tmp_path, default_lock()), lambda step: None)
    with pytest.raises(ConflictError):
        make_bundle(other, lambda step: None)


def test_a_damaged_wheel_is_fetched_again_and_a_whole_one_is_not(tmp_path: Path) -> None:
    # given
    lock = tmp_path / "a.lock"
    lock.write_text(f"pip==1 --hash=sha256:{sha256_of(PIP)}\n")
    shutil.copy(PIP, tmp_path)
    (tmp_path / "broken-1-py3-none-any.whl").write_text("half")

    # then
    assert missing_wheels(read_lock(lock, target_of()), tmp_path) == []
    assert not (tmp_path / "broken-1-py3-none-any.whl").exists()


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_what_a_lock_pins_is_chosen_for_the_machine_that_the_bundle_is_for(
    platform: str, python: str
) -> None:
    # when
    pins = read_lock(default_lock(), target_of(platform, python))
    names = [pin.name for pin in pins]

    # then
    assert ("colorama" in names) == (platform == "windows-x86_64")
    assert {"numpy", "xllamacpp", "onnxruntime", "pip"} <= set(names)
    assert len(names) == len(set(names)), "one version of each"
    assert all(pin.sha256s for pin in pins)


def test_an_unknown_machine_is_told_what_there_is() -> None:
    with pytest.raises(SettingsError) as raised:
        target_of("amiga-68k")
    assert "linux-aarch64" in raised.value.remedy


def test_its_own_wheel_is_made_of_what_it_was_installed_from(tmp_path: Path) -> None:
    # given
    (tmp_path / "pyproject.toml").touch()
    wheel = tmp_path / "twolane-1-py3-none-any.whl"
    wheel.touch()
    git = {"url": "https://git.example.org/twolane", "vcs_info": {"vcs": "git", "commit_id": "1f0c2a"}}
    folder = {"url": tmp_path.as_uri(), "dir_info": {}}
    file = {"url": wheel.as_uri(), "archive_info": {}}

    # when
    sources = [source_of(json.dumps(told)) for told in (git, folder, file)]

    # then
    assert sources == ["git+https://git.example.org/twolane@1f0c2a", str(tmp_path), str(wheel)]


@pytest.mark.parametrize("told", [{}, {"url": "file:///gone", "dir_info": {}}], ids=["by-name", "gone"])
def test_its_own_wheel_is_never_taken_by_name(told: dict[str, object]) -> None:
    with pytest.raises(NotFoundError) as raised:
        source_of(json.dumps(told))
    assert "from the source" in raised.value.remedy
