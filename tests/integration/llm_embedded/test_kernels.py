"""Kernels in a lane's real process: what happens where they crash, and where they are none of llama.cpp's."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from standins.models import small_chat_model

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelAnswerError, ModelError, ModelUnreachableError
from twolane.llm.runtimes.kernels import checking
from twolane.llm.runtimes.kernels.checking import check_kernels
from twolane.llm.runtimes.kernels.kept import LIBRARY, Agreement, KeptKernels, digests_of
from twolane.llm.runtimes.llamacpp import LlamaCppLLM

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler"),
]

CRASHES = "#include <stdlib.h>\nvoid *ggml_backend_init(void) { abort(); }\n"
UNSUITABLE = "int ggml_backend_score(void) { return 0; }\nvoid *ggml_backend_init(void) { return 0; }\n"
AGREED = Agreement("tiny", 0.0, 1.0, 1.5, 1.4, 1.6)


def kept_of(source: str, tmp_path: Path) -> KeptKernels:
    """Return kernels compiled of a few lines, beside the real small model, as if they had been checked."""
    models_dir = tmp_path / "models"
    models_dir.mkdir()
    folder, _ = small_chat_model()
    for path in folder.glob("*.gguf"):
        (models_dir / path.name).symlink_to(path)
    kept = KeptKernels(models_dir)
    library = kept.folder(kept.wanted()) / LIBRARY
    library.parent.mkdir(parents=True)
    (tmp_path / "it.c").write_text(source)
    for path in (kept.root, library.parent):
        path.chmod(0o755)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(tmp_path / "it.c")], check=True)
    library.chmod(0o644)
    kept.keep(replace(kept.wanted(), digests=digests_of(library.parent), agreement=AGREED))
    return kept


@contextmanager
def opened(tmp_path: Path, kernels: str | None = None) -> Iterator[LlamaCppLLM]:
    settings = LaneSettings(model=small_chat_model()[1], context_tokens=256)
    run_dir, models_dir = tmp_path / "run", tmp_path / "models"
    llm = LlamaCppLLM(
        settings, lane="filing", run_dir=run_dir, models_dir=models_dir, threads=1, kernels=kernels
    )
    with closing(llm):
        yield llm


@pytest.mark.parametrize(("source", "are_rejected"), [(CRASHES, True), (UNSUITABLE, False)])
def test_a_lane_goes_on_with_the_packages_own_where_others_fail(
    tmp_path: Path, source: str, are_rejected: bool
) -> None:
    # given
    kept = kept_of(source, tmp_path)
    assert kept.usable()

    # when
    with opened(tmp_path) as llm:
        choice = llm.choose("The capital of France is", ("Paris", "London"))

    # then
    assert choice.logprobs[0] > choice.logprobs[1]
    assert (
        bool((kept.here() or kept.wanted()).fault) is are_rejected
    )  # those that only do not load may elsewhere
    assert (kept.usable() is None) is are_rejected


def test_kernels_that_were_given_up_elsewhere_are_not_tried_again(tmp_path: Path) -> None:
    # given: another program that runs the model, with kernels that both found good
    kept = kept_of(CRASHES, tmp_path)
    with opened(tmp_path, "") as owner, opened(tmp_path) as borrower:
        owner.load()
        borrower.load()
        address = borrower.address()
        assert address
        assert address == owner.address()

        # when: they are given up there, and its process ends
        kept.reject("it crashed")
        os.kill(address.pid, signal.SIGKILL)
        borrower.load()

        # then
        assert (kept.here() or kept.wanted()).fault == "it crashed"


def test_kernels_that_someone_chose_are_not_replaced_in_silence(tmp_path: Path) -> None:
    # given
    kept = kept_of(UNSUITABLE, tmp_path)

    # then
    with opened(tmp_path, str(kept.usable())) as llm, pytest.raises(ModelUnreachableError):
        llm.load()


def test_kernels_that_fail_their_check_are_not_used(tmp_path: Path) -> None:
    # given
    kept = kept_of(CRASHES, tmp_path)
    kernels = kept.here()
    assert kernels
    kept.keep(replace(kernels, agreement=None))

    # when
    with pytest.raises(ModelError):
        list(check_kernels(kept, small_chat_model()[1], tmp_path / "models"))

    # then
    assert kept.usable() is None


def test_kernels_that_answer_otherwise_are_kept_out_and_the_reason_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    kept = kept_of(UNSUITABLE, tmp_path)
    found = replace(AGREED, largest_difference=0.7)
    monkeypatch.setattr(checking.KernelCheck, "run", lambda _check: iter([found]))

    # when
    with pytest.raises(ModelAnswerError) as caught:
        list(check_kernels(kept, "tiny", tmp_path / "models"))

    # then
    assert "0.70" in caught.value.what
    assert kept.usable() is None
    assert (kept.here() or kept.wanted()).agreement == found
