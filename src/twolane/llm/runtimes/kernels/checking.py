"""Compares kernels with the package's own before they are used: the same answers, and how much sooner."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from statistics import median

import psutil

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelAnswerError, ModelUnreachableError
from twolane.llm.base import ChatOptions, Choice, Delta
from twolane.llm.catalogue.models import ModelEntry
from twolane.llm.runtimes.kernels.kept import LIBRARY, Agreement, KeptKernels
from twolane.llm.runtimes.kernels.source import BuildStep
from twolane.llm.runtimes.llamacpp import LlamaCppLLM

# Kernels round differently, as two processors do: this much of a probability is no fault, and a text may go
# on otherwise once two words were as good as equal. Wrong kernels are wrong from the first word on.
MOST_DIFFERENCE = 0.1
LEAST_SAME_WORDS = 0.5
_WORDS = 12
_PAIRS = 5
_CLOCK_S = 0.01  # what the system counts processor time by

# (text, what may follow it): none of the words matters, only that both sides are asked the same.
_QUESTIONS = (
    (
        "Invoice no. 4711 of 3 May: please pay 240.00 within 30 days. This document is an",
        ("invoice", "letter"),
    ),
    ("The tenant shall vacate the flat by the end of June. This document is a", ("contract", "recipe")),
    (
        "Sehr geehrte Damen und Herren, hiermit kündige ich meinen Vertrag. This letter is in",
        ("German", "French"),
    ),
    ("The capital of France is", ("Paris", "London", "Rome")),
    ("Two plus two is", ("four", "five", "nine")),
    ("def add(a, b):\n    return a", ("+", "-")),
)
_FILLER = (
    "The committee met on Tuesday to discuss the budget for the coming year, the repair of the roof and the "
    "letters that residents had sent in since spring. After a long debate the treasurer presented the "
    "figures, and it was agreed to ask three firms for an offer before any decision would be made. "
)


class KernelCheck:
    """Asks one model twice: computed by the package's own kernels, and by others."""

    def __init__(self, library: Path, model: str, models_dir: Path, threads: int = 1) -> None:
        self._model = model
        self._models_dir = models_dir
        self._threads = threads
        self._library = library

    def run(self) -> Iterator[BuildStep | Agreement]:
        """Yield how far the comparison is, and at last what it found. Raises as a lane does."""
        with ExitStack() as stack:
            run_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="twolane-")))
            package, kernels = self._open(run_dir, ""), self._open(run_dir, str(self._library))
            for llm in (package, kernels):
                stack.callback(llm.close)
                yield BuildStep("loading the model twice")
                llm.load()
            total = len(_QUESTIONS) * 2 + _PAIRS
            differences, same = [], []
            for done, (text, labels) in enumerate(_QUESTIONS):
                yield BuildStep("comparing answers", done * 2, total)
                differences.append(_difference(package.choose(text, labels), kernels.choose(text, labels)))
                yield BuildStep("comparing answers", done * 2 + 1, total)
                same.append(_same_words(_text(package, text), _text(kernels, text)))
            gains = []
            for number in range(_PAIRS):
                yield BuildStep("timing", len(_QUESTIONS) * 2 + number, total)
                prompt = f"{number}. {_FILLER * 3}Next word:"
                gains.append(_seconds_of(package, prompt) / _seconds_of(kernels, prompt))
            yield Agreement(
                self._model,
                max(differences),
                sum(same) / len(same),
                median(gains),
                min(gains),
                max(gains),
            )

    def _open(self, run_dir: Path, kernels: str) -> LlamaCppLLM:
        settings = LaneSettings(model=self._model, runtime="embedded", context_tokens=512)
        return LlamaCppLLM(
            settings,
            lane="kernels" if kernels else "package",
            run_dir=run_dir,
            models_dir=self._models_dir,
            threads=self._threads,
            kernels=kernels,
        )


def check_kernels(kept: KeptKernels, model: str, models_dir: Path, threads: int = 1) -> Iterator[BuildStep]:
    """Compare the kernels of this processor with the package's own, and have them used where they agree.

    Raises `ModelAnswerError` where they do not; then, as after any other failure, they are not used.
    """
    kernels = kept.here()
    if kernels is None:
        return
    kept.keep(replace(kernels, agreement=None))  # should they crash now, no earlier agreement speaks for them
    for step in KernelCheck(kept.folder(kernels) / LIBRARY, model, models_dir, threads).run():
        if isinstance(step, BuildStep):
            yield step
        elif fault := fault_of(step):
            kept.keep(replace(kernels, agreement=step, fault=fault))
            raise ModelAnswerError(f"the kernels are not used: {fault}", "the package's own go on as before")
        else:
            kept.keep(replace(kernels, agreement=step, fault=""))


def models_to_compare(models: Sequence[ModelEntry], free_bytes: int | None = None) -> list[ModelEntry]:
    """Return the models that fit the free memory twice, the largest last; the smallest is always one."""
    free_bytes = psutil.virtual_memory().available if free_bytes is None else free_bytes
    by_size = sorted(models, key=lambda entry: entry.size_bytes)
    return by_size[:1] + [entry for entry in by_size[1:] if 2 * entry.size_bytes <= free_bytes]


def fault_of(agreement: Agreement) -> str:
    """Say in what kernels do not agree with the package's own, or "" where they do."""
    if not agreement.largest_difference <= MOST_DIFFERENCE:  # also where it is no number
        return f"a label's probability differs by {agreement.largest_difference:.2f}"
    if agreement.same_words < LEAST_SAME_WORDS:
        return f"only {agreement.same_words:.0%} of the words of a text are the same"
    return ""


def _difference(one: Choice, other: Choice) -> float:
    """Return by how much the probability of a label differs at most."""
    pairs = zip(one.logprobs, other.logprobs, strict=True)
    return max(abs(math.exp(mine) - math.exp(theirs)) for mine, theirs in pairs)


def _same_words(one: str, other: str) -> float:
    """Return the share of a text's words up to the first that differs."""
    mine, theirs = one.split(), other.split()
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(mine, theirs, strict=False)))
    return same / max(1, len(mine), len(theirs))


def _text(llm: LlamaCppLLM, prompt: str) -> str:
    parts = llm.chat(prompt, ChatOptions(max_tokens=_WORDS))
    return "".join(part.text for part in parts if isinstance(part, Delta))


def _seconds_of(llm: LlamaCppLLM, prompt: str) -> float:
    """Return the processor time of a prompt: other programs make it no longer, as they do the wait."""
    address = llm.address()
    if address is None:
        raise ModelUnreachableError("a process ended while its kernels were checked", "try again")
    before = _processor_time(address.pid)
    llm.choose(prompt, ("yes",))
    return max(_CLOCK_S, _processor_time(address.pid) - before)


def _processor_time(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system
