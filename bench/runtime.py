"""What computes an embedded model: the package's kernels, those built here, and any parameter, in pairs.

Every variant is a process of its own, and all are asked the same in turns, by processor time: other programs
make that hardly longer. `python -m bench runtime --model FILE.gguf --variant "flash:flash_attn_type=1"` adds
one; a parameter is of xllamacpp's CommonParams, a number, a word, true or false. `--packages NAME...` looks
into packages of the index instead: how large each is, and whether it has code beyond AVX2.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil

from twolane.llm.runtimes.kernels.kept import KeptKernels

ROOT = Path(__file__).parents[1]
HEAD = "Choose the category of a document: invoice, contract, letter, report, recipe, ticket or other. "
WORDS = (ROOT / "docs" / "why" / "models.md").read_text(encoding="utf-8").split()


class Variant:
    """One process, and what it took."""

    def __init__(self, name: str, process: subprocess.Popen[str], url: str) -> None:
        self.name = name
        self.rates: dict[str, list[float]] = {"read": [], "written": [], "document": []}
        self._process = psutil.Process(process.pid)
        self._client = httpx.Client(base_url=url, timeout=600, trust_env=False)

    @property
    def memory_bytes(self) -> int:
        return int(self._process.memory_info().rss)

    def ask(self, prompt: str, tokens: int) -> tuple[dict[str, Any], float]:
        """Return the answer and the processor seconds that it took."""
        before = self._seconds()
        body = {"prompt": prompt, "n_predict": tokens, "temperature": 0, "cache_prompt": True}
        answer = self._client.post("/completion", json={**body, "ignore_eos": tokens > 1}).json()
        return answer["timings"], max(0.01, self._seconds() - before)

    def _seconds(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def started(name: str, wanted: dict[str, Any]) -> Iterator[Variant]:
    command = [sys.executable, str(ROOT / "bench" / "_llama.py"), json.dumps(wanted)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        if not url:
            sys.exit(f"{name} did not start")
        yield Variant(name, process, url)
        process.kill()


def measure(variant: Variant, number: int, text: str, tokens: int) -> None:
    """Ask what filing and answering ask: a document behind a head that is known, and a prompt that is new."""
    variant.ask(HEAD, 1)
    _, seconds = variant.ask(f"{HEAD}{number} {text[:400]}\nCategory:", 1)
    variant.rates["document"].append(1 / seconds)
    prompt = f"{number}. {text}"
    timings, seconds = variant.ask(prompt, 1)
    variant.rates["read"].append(timings["prompt_n"] / seconds)
    _, seconds = variant.ask(prompt, tokens)
    variant.rates["written"].append(tokens / seconds)


def show(variants: list[Variant]) -> None:
    print("| variant | what | a processor second | ratio, median (lowest to highest) | memory MiB |")
    print("| --- | --- | --- | --- | --- |")
    for variant in variants:
        for what, label in (("document", "documents filed"), ("read", "tokens read"), ("written", "written")):
            rates, first = variant.rates[what], variants[0].rates[what]
            ratios = [mine / other for mine, other in zip(rates, first, strict=True)]
            spread = f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
            memory = variant.memory_bytes >> 20
            print(f"| {variant.name} | {label} | {median(rates):.2f} | {spread} | {memory} |")


def value_of(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def parse(variant: str) -> tuple[str, dict[str, Any]]:
    name, _, pairs = variant.partition(":")
    return name, {k: value_of(v) for k, _, v in (pair.partition("=") for pair in pairs.split(",") if pair)}


def look_into(package: str) -> str:
    """Return a row about a package's wheel for this machine: nothing of it is installed or run."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*command, "--dest", folder, package], capture_output=True, check=False)
        wheels = list(Path(folder).glob("*.whl"))
        if not wheels:
            return f"| {package} | no wheel for this machine | | | |"
        with zipfile.ZipFile(wheels[0]) as archive:
            names = archive.namelist()
            facts = message_from_bytes(archive.read(next(n for n in names if n.endswith("/METADATA"))))
            libraries = [n for n in names if re.search(r"\.(so|dylib|dll)", n)]
            wide = {Path(n).name: wide_instructions(archive.read(n)) for n in libraries}
        beyond = "yes" if any(wide.values()) else "no" if libraries else "no library"
        size = f"{wheels[0].stat().st_size / 1e6:.0f}"
        return f"| {package} | {facts['Version']} | {licence_of(facts)} | {size} | {beyond} |"


def licence_of(facts: Message) -> str:
    named = facts["License-Expression"] or (facts["License"] or "").partition("\n")[0]
    classes = [line for line in facts.get_all("Classifier", ()) if line.startswith("License")]
    return named or ", ".join(line.rpartition(":")[2].strip() for line in classes) or "?"


def wide_instructions(library: bytes) -> int:
    """Count instructions with 512-bit registers, by the disassembler of this machine."""
    with tempfile.NamedTemporaryFile(suffix=".so") as file:
        file.write(library)
        file.flush()
        command = ["objdump", "-d", "--no-show-raw-insn", file.name]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout
            return sum("%zmm" in line for line in process.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(prog=sys.argv[0], description=__doc__)
    parser.add_argument("--packages", nargs="+", metavar="NAME")
    parser.add_argument("--model", type=Path, help="a GGUF file")
    parser.add_argument("--models-dir", type=Path, help="whose kernels are compared with the package's own")
    parser.add_argument("--variant", action="append", default=[], metavar="NAME:PARAMETER=VALUE,...")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--words", type=int, default=120, help="of a new prompt")
    parser.add_argument("--tokens", type=int, default=12, help="written of an answer")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    if chosen.packages:
        print("| package | version | licence | MB | beyond AVX2 |\n| --- | --- | --- | --- | --- |")
        for package in chosen.packages:
            print(look_into(package), flush=True)
        return
    base = {"model.path": str(chosen.model), "n_ctx": 2048, "threads": chosen.threads}
    wanted: list[tuple[str, dict[str, Any]]] = [("package", {})]
    kernels = KeptKernels(chosen.models_dir or chosen.model.parent).usable()
    if kernels:
        wanted.append(("built here", {"kernels": str(kernels)}))
    known = {"kernels": str(kernels)} if kernels else {}
    wanted += [(name, {**known, **extra}) for name, extra in map(parse, chosen.variant)]
    run(wanted, base, chosen)


def run(wanted: list[tuple[str, dict[str, Any]]], base: dict[str, Any], chosen: argparse.Namespace) -> None:
    with ExitStack() as stack:
        variants = [stack.enter_context(started(name, {**base, **extra})) for name, extra in wanted]
        chance = random.Random(1)
        for number in range(chosen.rounds):
            start = chance.randrange(len(WORDS) - chosen.words)
            text = " ".join(WORDS[start : start + chosen.words])
            for variant in variants:
                measure(variant, number, text, chosen.tokens)
        show(variants)


if __name__ == "__main__":
    main()
