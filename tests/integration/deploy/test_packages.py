"""What is built and installed: the sdist, the wheel, and twolane out of it with only what it needs."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from tests.support import plain_venv

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
MOST_SDIST_BYTES, MOST_WHEEL_BYTES = 3_000_000, 3_000_000


def build(kind: str, source: Path, to: Path) -> Path:
    """Build with the back end that pip would fetch. Raises `CalledProcessError`."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(to)],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (built,) = to.iterdir()
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel that is built of the sdist alone, as an installation from it does."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    return build("wheel", source, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def plain(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of a plain installation."""
    return plain_venv.make(tmp_path_factory.mktemp("plain"), wheel, PROJECT["dependencies"])


def test_an_sdist_holds_the_program_and_what_it_says_of_itself(sdist: Path) -> None:
    # when
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    # then
    tops = {name.partition("/")[0] for name in names}
    own = {"src", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "requirements.lock"}
    assert tops - {".gitignore", "PKG-INFO"} == own
    assert {name for name in names if name.startswith("src/")} - {"src/hatch_build.py"} == {
        name for name in names if name.startswith("src/twolane/")
    }
    assert sdist.stat().st_size < MOST_SDIST_BYTES


def test_a_wheel_of_the_sdist_holds_all_that_lies_in_the_package(wheel: Path) -> None:
    # given
    asked = ["git", "-C", str(ROOT), "ls-files", "src/twolane"]
    listed = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split("\n")
    if not any(listed):
        pytest.skip("this is no checkout")

    # when
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if name.startswith("twolane/")}

    # then
    assert {path.removeprefix("src/") for path in listed if path} <= names
    assert {"twolane/commit.txt", "twolane/requirements.lock"} <= names
    assert wheel.stat().st_size < MOST_WHEEL_BYTES


def test_a_plain_installation_knows_its_commit(plain: Path, tmp_path: Path) -> None:
    # when
    said = plain_venv.run(plain, "--version", cwd=tmp_path).stdout

    # then
    with_commit = said.strip().removeprefix(f"twolane {PROJECT['version']} (")
    assert with_commit != said.strip()


def test_a_plain_installation_files_and_answers_without_any_extra(plain: Path, tmp_path: Path) -> None:
    # given
    for module in ("xllamacpp", "onnxruntime", "tokenizers", "gguf", "babel", "pip", "matplotlib", "redis"):
        look = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is not None)"
        assert subprocess.run([str(plain), "-c", look], check=False).returncode == 0, module
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a.txt").write_text("Invoice no. 17\nfrom Halden Ltd\ntotal due: 40 EUR by 3 March 2025\n")
    off = [
        *("--data-dir", str(tmp_path / "library"), "--set", "filing.use_model=false"),
        *("--set", "chat.use_model=false", "--set", "embedding.runtime=off"),
    ]

    # when
    added = plain_venv.run(plain, *off, "add", str(papers), "--json", cwd=tmp_path)
    asked = plain_venv.run(plain, *off, "ask", "What is the total due of invoice 17?", cwd=tmp_path)

    # then
    assert added.returncode == 0, added.stderr
    assert "invoice" in added.stdout
    assert "40 EUR" in asked.stdout, asked.stderr


def test_a_plain_installation_says_how_models_of_its_own_are_had(plain: Path, tmp_path: Path) -> None:
    # when
    pulled = plain_venv.run(plain, "models", "pull", "qwen2.5-coder:0.5b", "--json", cwd=tmp_path)
    bundled = plain_venv.run(plain, "bundle", "b", "--no-models", cwd=tmp_path)

    # then
    for said in (pulled, bundled):
        assert said.returncode == 3, said.stderr
        assert "pip install 'twolane[embedded]'" in said.stdout + said.stderr
    assert json.loads((pulled.stderr or pulled.stdout).splitlines()[-1])
