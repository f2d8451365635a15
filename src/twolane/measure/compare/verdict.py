"""Whether a model suits a lane: the bars, and the figures that reach or miss them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from twolane.measure.compare.result import Fit, ModelResult, Verdict
from twolane.measure.report.samples import Summary, number

# Under 0.6 a person would have to move every second or third file; 3 s a file is what still keeps up with a
# folder that fills while one watches.
FILING_ACCURACY = 0.6
FILING_SECONDS = 3.0
# People read about 5 tokens a second; a question's sources are 1,200 tokens and their frame.
CHAT_RIGHT = 0.7
CHAT_REFUSED = 0.5
CHAT_INSTRUCTIONS = 0.5
CHAT_GENERATED_PER_S = 5.0
CHAT_FIRST_TOKEN_S = 10.0
CHAT_CONTEXT_TOKENS = 1500


@dataclass(frozen=True, slots=True)
class _Threshold:
    """A figure and what it must reach; `most` turns the comparison round. No figure misses the bar."""

    what: str
    figure: Summary | None
    least: float
    unit: str = ""
    most: bool = False

    @property
    def reached(self) -> bool:
        return self.figure is not None and self._reaches(self.figure.median)

    @property
    def possible(self) -> bool:
        """Whether the figure's spread reaches the bar."""
        if self.figure is None:
            return False
        return self._reaches(self.figure.low if self.most else self.figure.high)

    def _reaches(self, value: float) -> bool:
        return value <= self.least if self.most else value >= self.least

    def sentence(self) -> str:
        if self.figure is None:
            return f"{self.what}: not measured"
        limit = "at most" if self.most else "at least"
        unit = f" {self.unit}" if self.unit else ""
        mark = "" if self.reached else "misses: "
        return f"{mark}{self.what} {self.figure.text(2)}{unit}, {limit} {number(self.least)}{unit} wanted"


def verdicts(result: ModelResult, *, quick: bool = False) -> tuple[Verdict, ...]:
    """Judge a model for both lanes; a quick look has too few values to judge by, and says so."""
    few = ("a quick look: too few values to judge by",) if quick else ()
    filing, chat = list(_filing_bars(result)), list(_chat_bars(result))
    return (
        Verdict("filing", _fit(filing), few + _sentences(filing)),
        Verdict("chat", _fit(chat), few + _sentences(chat) + _thinking(result)),
    )


def conclusions(results: Sequence[ModelResult]) -> tuple[str, ...]:
    """Say in a sentence a lane which of the models to take, or that none suits it."""
    return (_take(results, "filing", _best_filer), _take(results, "chat", _best_talker))


def _take(
    results: Sequence[ModelResult], lane: Literal["filing", "chat"], best: Callable[[list[ModelResult]], str]
) -> str:
    for fit, words in (("fit", ""), ("perhaps", ", though the figures leave it open whether it fits")):
        suited = [
            result
            for result in results
            if any(verdict.lane == lane and verdict.fit == fit for verdict in result.verdicts)
        ]
        if suited:
            return f"For {lane}: {best(suited)}{words}."
    return f"For {lane}: none of them fits."


def _best_filer(suited: list[ModelResult]) -> str:
    """Return the fastest of those that are not clearly less often right than the best."""
    found = [(result.model, result.filing) for result in suited if result.filing]
    best = max((filing for _, filing in found), key=lambda filing: filing.accuracy.median)
    even = [(m, filing) for m, filing in found if filing.accuracy.high >= best.accuracy.median]
    model, filing = min(even, key=lambda pair: pair[1].seconds.median)
    return f"{model}, accuracy {filing.accuracy.text(2)}, {filing.seconds.text(2)} s a file"


def _best_talker(suited: list[ModelResult]) -> str:
    found = [(result.model, result.answers) for result in suited if result.answers]
    model, answers = max(found, key=lambda pair: pair[1].right.median + pair[1].refused.median)
    right, refused = answers.right.text(2), answers.refused.text(2)
    return f"{model}, right answers {right}, refuses what the sources do not say {refused}"


def _fit(bars: list[_Threshold]) -> Fit:
    if all(bar.reached for bar in bars):
        return "fit"
    return "perhaps" if all(bar.possible for bar in bars) else "not"


def _sentences(bars: list[_Threshold]) -> tuple[str, ...]:
    missed = tuple(bar.sentence() for bar in bars if not bar.reached)
    return missed + tuple(bar.sentence() for bar in bars if bar.reached)


def _thinking(result: ModelResult) -> tuple[str, ...]:
    thinks = result.instructions and result.instructions.thinks
    return ("it thinks aloud before it answers, though it was asked not to",) if thinks else ()


def _filing_bars(result: ModelResult) -> Iterable[_Threshold]:
    filing = result.filing
    yield _Threshold("accuracy", filing.accuracy if filing else None, FILING_ACCURACY)
    yield _Threshold("a file takes", filing.seconds if filing else None, FILING_SECONDS, "s", most=True)


def _chat_bars(result: ModelResult) -> Iterable[_Threshold]:
    answers, instructions = result.answers, result.instructions
    yield _Threshold("right answers", answers.right if answers else None, CHAT_RIGHT)
    yield _Threshold(
        "refuses what the sources do not say", answers.refused if answers else None, CHAT_REFUSED
    )
    yield _Threshold(
        "follows instructions", instructions.followed if instructions else None, CHAT_INSTRUCTIONS
    )
    rates = [speed.generated_per_s for speed in result.speeds if speed.generated_per_s]
    slowest = min(rates, key=lambda rate: rate.median, default=None)
    yield _Threshold("writes", slowest, CHAT_GENERATED_PER_S, "tokens/s")
    first = answers.first_token_s if answers else None
    yield _Threshold("first word after", first, CHAT_FIRST_TOKEN_S, "s", most=True)
    yield _Threshold("usable context", _usable(result), CHAT_CONTEXT_TOKENS, "tokens")


def _usable(result: ModelResult) -> Summary | None:
    """Return the context found usable; where no text was too long, it may be all of it."""
    if not result.recalls:
        return None
    usable = float(result.usable_context_tokens)
    tried = max(recall.prompt_tokens for recall in result.recalls)
    most = float(result.context_tokens) if usable >= tried else usable
    return Summary(usable, usable, most, len(result.recalls))
