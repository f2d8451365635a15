"""Kernels for this processor: which suit it, which are used, and what is said of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from twolane.cli.main import cli
from twolane.errors import ModelFileError, NotFoundError
from twolane.llm.catalogue.models import ModelEntry, ModelFile, digest_of
from twolane.llm.runtimes import llamacpp_child
from twolane.llm.runtimes.kernels.building import close_to_others, collect, compiler_switches
from twolane.llm.runtimes.kernels.checking import KernelCheck, check_kernels, fault_of, models_to_compare
from twolane.llm.runtimes.kernels.kept import LIBRARY, Agreement, KeptKernels, digests_of, package_version
from twolane.llm.runtimes.kernels.processor import found_instructions, switches, unused_instructions
from twolane.llm.runtimes.kernels.source import (
    SOURCES,
    BuildStep,
    SourcePackage,
    fetch_source,
    source_of,
    unpack,
)
from twolane.llm.runtimes.kernels.standing import standing
from twolane.llm.runtimes.llamacpp_server import ServerParameters

ROOT = Path(__file__).parents[3]
HASWELL = "sse4_2 avx avx2 fma f16c bmi2"
ICE_LAKE = f"{HASWELL} avx512f avx512cd avx512vl avx512dq avx512bw avx512vbmi avx512_vnni"
AGREED = Agreement("tiny", 0.01, 1.0, 1.5, 1.4, 1.6)


def kept_at(tmp_path: Path, *, instructions: tuple[str, ...] = ("AVX2", "AVX512_VNNI")) -> KeptKernels:
    """Return a folder that holds kernels which were built and agreed."""
    kept = KeptKernels(tmp_path, instructions)
    folder = kept.folder(kept.wanted())
    folder.mkdir(parents=True)
    (folder / LIBRARY).write_bytes(b"code")
    for path in (kept.root, folder, folder / LIBRARY):
        path.chmod(0o755)
    kept.keep(replace(kept.wanted(), digests=digests_of(folder), agreement=AGREED))
    return kept


@pytest.fixture
def on_x86(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")


@pytest.mark.usefixtures("on_x86")
@pytest.mark.parametrize(
    ("flags", "unused"),
    [(HASWELL, ()), (ICE_LAKE, ("AVX512", "AVX512_VNNI")), (f"{HASWELL} avx_vnni", ("AVX_VNNI",))],
)
def test_only_what_the_package_leaves_unused_makes_a_build_worth_it(
    tmp_path: Path, flags: str, unused: tuple[str, ...]
) -> None:
    # given
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nflags\t\t: {flags}\n\nprocessor\t: 1\n")

    # then
    assert unused_instructions(found_instructions(tmp_path / "cpuinfo")) == unused


@pytest.mark.usefixtures("on_x86")
def test_half_of_an_instruction_set_is_none(tmp_path: Path) -> None:
    # given
    (tmp_path / "cpuinfo").write_text(f"flags : {HASWELL} avx512f avx512_vnni\n")

    # when
    found = found_instructions(tmp_path / "cpuinfo")

    # then
    assert "AVX512" not in found


def test_an_arm_processor_is_asked_for_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    (tmp_path / "cpuinfo").write_text("Features : fp asimd asimdhp asimddp i8mm\n")

    # when
    found = found_instructions(tmp_path / "cpuinfo")

    # then
    assert found == ("DOTPROD", "FP16", "MATMUL_INT8")
    assert switches(found) == ["-DGGML_NATIVE=ON"]


def test_the_compiler_is_told_of_each_instruction_set_whether_it_may_use_it() -> None:
    # when
    told = switches(("AVX2", "AVX512_VNNI"))

    # then
    assert {"-DGGML_NATIVE=OFF", "-DGGML_AVX2=ON", "-DGGML_AVX512_VNNI=ON", "-DGGML_AVX512_BF16=OFF"} <= {
        *told
    }


def test_kernels_that_agreed_are_used(tmp_path: Path) -> None:
    # given
    kept = kept_at(tmp_path)

    # then
    assert kept.usable() == kept.folder(kept.wanted()) / LIBRARY


def test_kernels_that_were_never_checked_are_not_used(tmp_path: Path) -> None:
    # given
    kept = kept_at(tmp_path)
    kernels = kept.here()
    assert kernels

    # when
    kept.keep(replace(kernels, agreement=None))

    # then
    assert kept.usable() is None


def test_kernels_whose_file_has_changed_are_not_used(tmp_path: Path) -> None:
    # given
    kept = kept_at(tmp_path)

    # when
    (kept.folder(kept.wanted()) / LIBRARY).write_bytes(b"other code")

    # then
    assert kept.usable() is None


@pytest.mark.parametrize(
    "part", ["kernels", "kernels/NAME", f"kernels/NAME/{LIBRARY}", "kernels/NAME/kernels.json"]
)
def test_kernels_that_others_may_write_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    # given
    kept = kept_at(tmp_path)
    monkeypatch.setattr(
        "twolane.llm.runtimes.kernels.kept.found_instructions", lambda: ("AVX2", "AVX512_VNNI")
    )

    # when
    (tmp_path / part.replace("NAME", kept.wanted().name)).chmod(0o777)

    # then
    assert kept.usable() is None
    assert "others may write them" in standing(tmp_path).what


def test_what_is_built_is_open_to_reading_alone_whatever_new_files_are(tmp_path: Path) -> None:
    # given
    kept = KeptKernels(tmp_path, ("AVX2", "AVX512_VNNI"))
    build = kept.scratch() / "build"
    before = os.umask(0)
    try:
        build.mkdir(parents=True)
        for name in (LIBRARY, "libggml-base.so.0"):
            (build / name).write_bytes(b"code")

        # when
        close_to_others(kept.root, 0o755)
        collect(kept, kept.wanted(), kept.scratch())
    finally:
        os.umask(before)

    # then
    built = kept.here()
    assert built
    assert [name for name, _ in built.digests] == ["libggml-base.so.0", LIBRARY]
    assert kept.is_whole()
    assert not kept.others_may_write()


def test_only_gcc_is_told_what_only_gcc_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setattr("shutil.which", {"g++": "/usr/bin/g++", "c++": "/usr/bin/c++"}.get)
    assert compiler_switches()[0] == "-DCMAKE_CXX_COMPILER=/usr/bin/g++"
    assert "-fno-dse" in compiler_switches()[1]

    # when
    monkeypatch.setattr("shutil.which", {"clang++": "/usr/bin/clang++", "c++": "/usr/bin/c++"}.get)

    # then
    assert compiler_switches() == []


def test_a_check_that_does_not_end_leaves_no_earlier_one_standing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    kept = kept_at(tmp_path)
    monkeypatch.setattr(KernelCheck, "run", lambda _check: iter([BuildStep("loading")]))
    assert kept.usable()

    # when
    list(check_kernels(kept, "tiny", tmp_path))

    # then
    assert kept.usable() is None


def test_answers_are_compared_on_every_model_that_fits_twice_the_largest_last() -> None:
    # given
    small, middle, large = (
        ModelEntry(name, "chat", (ModelFile(name, size_bytes, ""),), purpose="")
        for name, size_bytes in (("small", 10), ("middle", 50), ("large", 90))
    )

    # then
    assert models_to_compare([large, small, middle], 200) == [small, middle, large]
    assert models_to_compare([large, small, middle], 100) == [small, middle]
    assert models_to_compare([large, small, middle], 1) == [small]
    assert models_to_compare([], 100) == []


def test_a_build_compares_the_models_of_both_lanes_and_names_the_one_that_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: kernels that are built, and two models of which the larger does not fit twice
    monkeypatch.setattr("twolane.llm.runtimes.kernels.kept.found_instructions", lambda: ("AVX512_VNNI",))
    kept_at(tmp_path, instructions=("AVX512_VNNI",))
    monkeypatch.setattr(KernelCheck, "run", lambda _check: iter([AGREED]))
    small, large = tmp_path / "small.gguf", tmp_path / "large.gguf"
    small.write_bytes(b"GGUF")
    with large.open("wb") as file:
        file.truncate(1 << 40)  # with nothing in it
    lanes = {
        "filing.model": small,
        "chat.model": large,
        "filing.runtime": "embedded",
        "chat.runtime": "embedded",
    }
    flags = [part for name, value in lanes.items() for part in ("--set", f"{name}={value}")]
    monkeypatch.setenv("TWOLANE_MODELS_DIR", str(tmp_path))

    # when
    ran = CliRunner().invoke(
        cli, ["--data-dir", str(tmp_path / "data"), *flags, "runtime", "build", "--json"]
    )

    # then
    assert ran.exception is None, (ran.exception, ran.output)
    told = json.loads(ran.stdout)
    assert told["compared"] == [str(small)]
    assert told["too_large"] == [str(large)]


def test_kernels_that_changed_have_no_model_loaded_twice(tmp_path: Path) -> None:
    # given
    model = tmp_path / "model.gguf"
    model.touch()
    own = ServerParameters("model", str(model), 512, 1, 1)

    # then
    assert own.digest() == replace(own, kernels="/kernels/it.so").digest()
    assert own.digest() != replace(own, threads=2).digest()


def test_kernels_of_another_processor_are_not_used_and_not_touched(tmp_path: Path) -> None:
    # given
    kept = kept_at(tmp_path)
    other = KeptKernels(tmp_path, ("AVX2",))

    # when
    other.reject("it crashed")

    # then
    assert other.usable() is None
    assert kept.usable()


def test_kernels_that_crashed_are_not_used_again_and_the_reason_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    kept = kept_at(tmp_path)
    monkeypatch.setattr(
        "twolane.llm.runtimes.kernels.kept.found_instructions", lambda: ("AVX2", "AVX512_VNNI")
    )
    assert standing(tmp_path).used

    # when
    kept.reject("a process crashed with them")

    # then
    assert kept.usable() is None
    assert "a process crashed with them" in standing(tmp_path).what
    assert "twolane runtime build" in standing(tmp_path).remedy


def test_a_record_that_is_damaged_is_no_record(tmp_path: Path) -> None:
    # given
    kept = kept_at(tmp_path)

    # when
    (kept.folder(kept.wanted()) / "kernels.json").write_text('{"version": 3')

    # then
    assert kept.here() is None


def test_removing_takes_all_of_them_away(tmp_path: Path) -> None:
    # given
    kept = kept_at(tmp_path)

    # then
    assert kept.remove() == [kept.wanted().name]
    assert kept.remove() == []
    assert kept.usable() is None


@pytest.mark.parametrize(
    ("agreement", "word"),
    [
        (replace(AGREED, largest_difference=0.4), "probability"),
        (replace(AGREED, largest_difference=float("nan")), "probability"),
        (replace(AGREED, same_words=0.1), "words"),
    ],
)
def test_kernels_that_answer_otherwise_are_at_fault(agreement: Agreement, word: str) -> None:
    assert word in fault_of(agreement)
    assert not fault_of(AGREED)


def test_the_installed_version_has_a_source_and_its_digest_is_the_locked_one() -> None:
    # when
    source = source_of(package_version())

    # then
    lock = (ROOT / "requirements.lock").read_text()
    after = lock.partition(f"xllamacpp=={source.version}")[2].partition("==")[0]
    assert source.sha256 in after


def test_a_version_without_a_known_source_is_told_which_has_one() -> None:
    with pytest.raises(NotFoundError) as caught:
        source_of("1.0")
    assert SOURCES[-1].version in caught.value.remedy


def archive_of(members: dict[str, bytes], path: Path) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))
    return path


def test_only_what_is_compiled_is_unpacked_and_nothing_outside_its_folder(tmp_path: Path) -> None:
    # given
    inside = "xllamacpp-1/thirdparty/llama.cpp/ggml"
    members = {f"{inside}/src/a.c": b"a", f"{inside}/../../../../out": b"b", "xllamacpp-1/setup.py": b"c"}
    archive = archive_of(members, tmp_path / "it.tar.gz")

    # when
    root = unpack(archive, tmp_path / "build")

    # then
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert (root / "src" / "a.c").read_bytes() == b"a"
    assert found == {"it.tar.gz", "build/source/src/a.c", "build/source/ggml.pc.in", "build/source/.whole"}


def test_a_source_that_is_not_the_right_one_is_not_taken(tmp_path: Path) -> None:
    # given
    brought = tmp_path / "brought.tar.gz"
    brought.write_bytes(b"something else")
    folder = tmp_path / "build"
    folder.mkdir()
    wrong = SourcePackage("1.0", 14, "0" * 64)

    # then
    with pytest.raises(ModelFileError):
        list(fetch_source(wrong, folder, brought))
    assert not list(folder.iterdir())
    right = replace(wrong, sha256=digest_of(brought))
    assert list(fetch_source(right, folder, brought))
    assert list(fetch_source(right, folder)) == []


def test_a_package_that_cannot_take_kernels_is_no_crash(tmp_path: Path) -> None:
    # given: one whose library is none that can be asked
    package = tmp_path / "xllamacpp"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "xllamacpp.py").touch()
    wanted = {"parent_pid": os.getpid(), "kernels": "it.so"}

    # when
    ran = subprocess.run(
        [sys.executable, "-P", str(Path(llamacpp_child.__file__))],
        input=json.dumps(wanted) + "\n",
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    # then
    assert ran.returncode == 3
    assert "xllamacpp.py" in ran.stderr
