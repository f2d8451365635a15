"""What an installation says of itself: its version and commit, and the line that installs what it lacks."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from twolane import __version__, installed
from twolane.cli.main import cli
from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelMissingError
from twolane.installed import check_embedded, install_line
from twolane.llm.runtimes.kernels.kept import package_version
from twolane.llm.runtimes.llamacpp import LlamaCppLLM
from twolane.llm.runtimes.onnx import OnnxEmbedder
from twolane.version import commit, described_version


@pytest.mark.parametrize(
    ("prefix", "line"),
    [
        ("/home/a/papers/.venv", "pip install 'twolane[mail]'"),
        ("/home/a/.local/share/pipx/venvs/twolane", "pipx runpip twolane install 'twolane[mail]'"),
        ("/home/a/.local/share/uv/tools/twolane", "uv tool install 'twolane[mail]'"),
        ("/home/a/.cache/uv/archive-v0/x1Tz", "uvx 'twolane[mail]'"),
    ],
)
def test_the_line_that_installs_a_part_is_of_what_installed_twolane(prefix: str, line: str) -> None:
    assert install_line("mail", Path(prefix)) == line


def test_a_checkout_names_the_commit_that_it_is_at() -> None:
    # given
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        pytest.skip("this is no checkout")
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True)

    # then
    assert head.stdout.startswith(commit().removesuffix("-dirty"))
    assert described_version() == f"{__version__} ({commit()})"


def test_no_git_is_asked_when_the_package_is_imported() -> None:
    # given
    code = "import twolane.cli.main, twolane.version as v; print(v.commit.cache_info().misses)"

    # when
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    # then
    assert ran.stdout == "0\n", ran.stderr


@pytest.mark.parametrize("command", [("hardware",), ("runtime",), ("runtime", "show"), ("doctor",)])
def test_a_plain_installation_says_that_nothing_computes_models_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    # given
    version, find = metadata.version, importlib.util.find_spec

    def no_version(name: str) -> str:
        if name == installed.RUNS_HERE:
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", no_version)
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *more: None if name == installed.RUNS_HERE else find(name, *more),
    )
    monkeypatch.setenv("TWOLANE_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("HOME", str(tmp_path))

    # when
    ran = CliRunner().invoke(cli, ["--data-dir", str(tmp_path / "data"), *command])

    # then
    assert isinstance(ran.exception, SystemExit | None), ran.exception
    assert "kernels: xllamacpp is not installed" in ran.output
    assert "'twolane[embedded]'" in ran.output


def test_a_plain_installation_cannot_build_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "lacks", lambda module: True)
    with pytest.raises(ModelMissingError):
        package_version()


def test_what_the_embedded_runtimes_lack_is_said_with_the_line_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: a plain installation
    monkeypatch.setattr(installed, "lacks", lambda module: True)
    lane = LlamaCppLLM(
        LaneSettings(model="qwen2.5-coder:0.5b"),
        lane="filing",
        run_dir=tmp_path,
        models_dir=tmp_path,
        threads=1,
    )
    embedder = OnnxEmbedder("multilingual-e5-small", models_dir=tmp_path)

    # when
    told = [lane.health(), embedder.health()]
    with pytest.raises(ModelMissingError) as raised:
        lane.load()

    # then
    for health in told:
        assert not health.ready
        assert "not installed" in health.detail
        assert "'twolane[embedded]'" in health.remedy
    assert raised.value.remedy == told[0].remedy
    with pytest.raises(ModelMissingError):
        check_embedded("xllamacpp")
