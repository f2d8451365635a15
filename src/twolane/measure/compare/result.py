"""What is known of a compared model: one value a measurement, each with how often it was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from twolane.measure.report.samples import Summary

Fit = Literal["fit", "perhaps", "not"]


@dataclass(frozen=True, slots=True)
class LoadTime:
    """Seconds until the model was in memory; `seconds` is None where its server does not let go of it."""

    seconds: Summary | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ModelMemory:
    """The most memory that the model held; `source` says who measured it, or why it is not known."""

    resident_bytes: int | None
    source: str

    @property
    def gigabytes(self) -> float | None:
        return self.resident_bytes / 1e9 if self.resident_bytes else None


@dataclass(frozen=True, slots=True)
class ModelSpeed:
    """Tokens a second at one length of prompt; `generated_per_s` is None where the model said too little."""

    prompt_tokens: int
    prompt_per_s: Summary
    generated_per_s: Summary | None
    first_token_s: Summary


@dataclass(frozen=True, slots=True)
class Recall:
    """How many of the facts hidden in a text of so many tokens were found again, and where those lay that
    were not (0 is the text's beginning, 1 its end)."""

    prompt_tokens: int
    found: Summary
    missed_depths: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Filing:
    """How the model files by itself, without rules and without similarity, on one labelled set.

    `raw_accuracy` is that of its first word, `accuracy` that after its liking for some labels was taken out;
    `calibration_error` is how far its confidence is from being right so often (ECE, 10 bins);
    `most_frequent` is the accuracy of always naming the most frequent category.
    """

    origin: str
    is_own: bool
    note: str
    accuracy: Summary
    raw_accuracy: Summary
    calibration_error: float
    confidence: float
    most_frequent: float
    seconds: Summary


@dataclass(frozen=True, slots=True)
class Answers:
    """How the model answers from sources that it is shown, the right one always among them.

    `right`, `cited` and `refused_wrongly` are shares of the questions that the sources answer, `refused` of
    those that they do not.
    """

    right: Summary
    cited: Summary
    refused_wrongly: Summary
    refused: Summary
    first_token_s: Summary | None


@dataclass(frozen=True, slots=True)
class Instructions:
    """How many instructions on the form of an answer were followed, and which were not."""

    followed: Summary
    failed: tuple[str, ...]
    thinks: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a model suits a lane; each reason is a sentence with its figures.

    "perhaps" means that a bar is missed by less than the figure's spread.
    """

    lane: Literal["filing", "chat"]
    fit: Fit
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelResult:
    """All that was measured of one model; `error` says why the rest is missing."""

    model: str
    runtime: str
    digest: str
    threads: int
    context_tokens: int
    load: LoadTime | None = None
    memory: ModelMemory | None = None
    speeds: tuple[ModelSpeed, ...] = ()
    recalls: tuple[Recall, ...] = ()
    usable_context_tokens: int = 0
    filing: Filing | None = None
    answers: Answers | None = None
    instructions: Instructions | None = None
    verdicts: tuple[Verdict, ...] = ()
    failures: int = 0
    error: str = ""

    @property
    def slowest_writing(self) -> Summary | None:
        """The rate of writing after the prompt that slows it down most, in tokens a second."""
        rates = [speed.generated_per_s for speed in self.speeds if speed.generated_per_s]
        return min(rates, key=lambda rate: rate.median, default=None)

    @property
    def usable_context(self) -> Summary | None:
        """The context found usable; where no text was too long, it may be all of it."""
        if not self.recalls:
            return None
        usable = float(self.usable_context_tokens)
        tried = max(recall.prompt_tokens for recall in self.recalls)
        most = float(self.context_tokens) if usable >= tried else usable
        return Summary(usable, usable, most, len(self.recalls))


def figure_at(result: ModelResult, path: str) -> Any:
    """Return what stands at a place such as "recalls.0.found" of a result; None where nothing does."""
    found: Any = result
    for part in path.split("."):
        if isinstance(found, tuple):
            found = found[int(part)] if int(part) < len(found) else None
        elif found is not None:
            found = getattr(found, part)
    return found


def sample_at(result: ModelResult, path: str) -> Summary | None:
    """Return the figure at a place to be drawn; a number is a figure without a spread."""
    found = figure_at(result, path)
    return Summary(found, found, found, 1) if isinstance(found, float) else found
