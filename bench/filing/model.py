"""Filing with the small model: beside what the machine can read, and beside one JSON call a document."""

from __future__ import annotations

import re
import secrets
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.filing.ingest import RULES_AND_VECTORS
from bench.filing.texts import KINDS
from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.hardware.plan.profiles import usable_cores
from twolane.lanes.resolve import missing_models
from twolane.llm.opening import open_model
from twolane.measure.compare.bench import ask
from twolane.measure.compare.filler import text_of

_CEILING_TOKENS = 512
_ANSWER_TOKENS = 40
_MODEL_ALONE = {"embedding.runtime": "off"}
_SCHEMA = {
    "type": "object",
    "properties": {"category": {"enum": list(KINDS)}},
    "required": ["category"],
    "additionalProperties": False,
}
Flags = dict[str, str]


@dataclass(frozen=True, slots=True)
class Filed:
    """Files filed in one process, its start and the loading of the model left out."""

    way: str
    files: int
    seconds: float
    prompt_tokens: float = 0.0
    cached_tokens: float = 0.0

    @property
    def a_minute(self) -> float:
        return 60 * self.files / self.seconds

    @property
    def read_a_second(self) -> float:
        """Tokens of prompts that the model read and had not cached."""
        return (self.prompt_tokens - self.cached_tokens) / self.seconds


@dataclass(frozen=True, slots=True)
class Measured:
    """All ways of filing; `ceiling` is what the machine reads with all its cores, tokens a second."""

    models: dict[str, str]
    ceiling: float
    filed: tuple[Filed, ...]
    by_json: Filed


def missing(taxonomy: Path) -> list[str]:
    """Name the models that would have to be fetched first."""
    return missing_models(load_settings(flags=_flags(Path(), taxonomy)))


def measure(
    texts: Sequence[Path], taxonomy: Path, *, few: int, by_json: int, repeats: int, scratch: Path
) -> Measured:
    """File texts by rules and vectors, `few` of them with the model, and `by_json` with one call each."""
    ways: list[tuple[str, Flags, Sequence[Path]]] = [
        ("rules and vectors", RULES_AND_VECTORS, texts),
        ("rules and small model", _MODEL_ALONE, texts[:few]),
        ("rules, vectors and small model", {}, texts[:few]),
    ]
    filed: dict[str, list[Filed]] = {}
    for turn in range(repeats):
        for way, flags, paths in ways[:: -1 if turn % 2 else 1]:
            home = scratch / f"{way.replace(' ', '-')}-{turn}"
            filed.setdefault(way, []).append(_file(way, flags | _flags(home, taxonomy), paths))
    flags = _flags(scratch / "json", taxonomy)
    with open_app(load_settings(flags=flags)) as app:
        models = {str(name): lane.model for name, lane in app.lanes.items()}
        ceiling = _ceiling(app)
        called = _by_json(app, texts[:by_json])
    return Measured(models, ceiling, tuple(map(_median, filed.values())), called)


def table(found: Measured) -> Iterator[str]:
    """Yield the lines of a table of ways."""
    yield "| way | files | files a minute | against one JSON call | tokens read a second, of the ceiling |"
    yield "|" + " --- |" * 5
    for one in (*found.filed, found.by_json):
        share = (
            f"{one.read_a_second:.0f}, {one.read_a_second / found.ceiling:.2f}" if one.prompt_tokens else ""
        )
        times = one.a_minute / found.by_json.a_minute
        yield f"| {one.way} | {one.files} | {one.a_minute:.1f} | {times:.1f}x | {share} |"
    yield ""
    a_file = [one for one in found.filed if one.prompt_tokens]
    tokens = "; ".join(
        f"{one.way}: {one.cached_tokens / one.files:.0f} cached and "
        f"{(one.prompt_tokens - one.cached_tokens) / one.files:.0f} read a file"
        for one in a_file
    )
    yield (
        f"Filing model {found.models['filing']}, chat model {found.models['chat']}. The ceiling is the "
        f"filing model reading prompts of {_CEILING_TOKENS} tokens with {usable_cores()} threads: "
        f"{found.ceiling:.0f} tokens a second. {tokens}."
    )


def _flags(home: Path, taxonomy: Path) -> Flags:
    return {"data_dir": str(home), "filing.taxonomy": str(taxonomy)}


def _file(way: str, flags: Flags, paths: Sequence[Path]) -> Filed:
    """File in a process that has filed one before, so that models are loaded and the categories read."""
    with open_app(load_settings(flags=flags)) as app:
        app.workers.start()
        app.classify_text("The first text only loads the models.")
        before = _tokens(app)
        began_s = time.monotonic()
        app.library.add(paths)
        while app.library.pending().files:
            app.workers.wait(0.05)
        seconds = time.monotonic() - began_s
        after = _tokens(app)
    return Filed(way, len(paths), seconds, *(after[kind] - before[kind] for kind in ("prompt", "cached")))


def _tokens(app: App) -> dict[str, float]:
    text = app.instruments().render().decode()
    kinds = re.findall(
        r'^twolane_model_tokens_total\{lane="filing",type="(\w+)"\} (\S+)$', text, re.MULTILINE
    )
    return {"prompt": 0.0, "cached": 0.0} | {kind: float(number) for kind, number in kinds}


def _ceiling(app: App) -> float:
    """Return how many tokens a second the filing model reads on all cores, nothing of them cached."""
    lane = app.lanes["filing"].model_copy(update={"threads": usable_cores()})
    with closing(open_model(app.settings, lane)) as model:
        ask(model, "warm", 1)
        rates = []
        for seed in range(5):
            text = " ".join(text_of(model.count_tokens, _CEILING_TOKENS, seed))
            reply = ask(model, f"{secrets.token_hex(4)}. {text}", 1)
            rates.append((reply.prompt_tokens or model.count_tokens(text)) / reply.first_token_s)
    return statistics.median(rates)


def _by_json(app: App, paths: Sequence[Path]) -> Filed:
    """Ask the chat model about each document, once, for a JSON object with the category."""
    kinds = ", ".join(KINDS)
    head = f"Say which one of these categories a document belongs to: {kinds}. Answer with JSON."
    with closing(open_model(app.settings, app.lanes["chat"])) as model:
        model.fill(f"{head}\n\nDocument: a cup final", _SCHEMA, _ANSWER_TOKENS)
        began_s = time.monotonic()
        for path in paths:
            model.fill(f"{head}\n\nDocument: {path.read_text('utf-8')}", _SCHEMA, _ANSWER_TOKENS)
        seconds = time.monotonic() - began_s
    return Filed("one JSON call a document, chat model", len(paths), seconds)


def _median(runs: Sequence[Filed]) -> Filed:
    return sorted(runs, key=lambda one: one.seconds)[len(runs) // 2]
