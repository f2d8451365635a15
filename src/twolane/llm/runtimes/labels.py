"""How labels are scored from a model's probabilities for its next token, the same way for every runtime."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from twolane.errors import ModelAnswerError
from twolane.llm.base import Choice, Filled, Message, Prompt, Schema

MAX_REQUESTS = 6
# A group with a smaller share of the labels' probability is divided evenly, without another request.
_WORTH_ASKING = 0.05
# The tokens that are not listed share the rest of the probability. A guess; only the floor depends on it.
_UNLISTED_TOKENS = 1000
_SMALLEST = 1e-12
# What a label that was only named counts as. A guess: what the model is worth is learned from its answers.
_NAMED = 0.8
_NAME_TOKENS = 64


@dataclass(frozen=True, slots=True)
class NextTokens:
    """The most likely next tokens after a prompt, as (text, natural logarithm of the probability)."""

    tokens: tuple[tuple[str, float], ...]
    prompt_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class _Group:
    """Labels that begin with the same token: `rests` holds what is left of each after `written`."""

    rests: dict[int, str]
    written: str
    mass: float


@dataclass(slots=True)
class _ChoiceStep:
    """How one distribution is divided: among single labels, and among groups of labels that begin alike."""

    floor: float
    single: dict[int, float] = field(default_factory=dict)
    groups: list[_Group] = field(default_factory=list)


def score_labels(
    next_tokens: Callable[[Prompt], NextTokens],
    prompt: Prompt,
    labels: Sequence[str],
    max_requests: int = MAX_REQUESTS,
) -> Choice:
    """Score every label as the continuation of a prompt, from the distributions of single next tokens.

    All spellings of a label's beginning count for it ("ent", " Ent", " entertainment"). Where several
    labels begin with the same token, the prompt is extended by the words that they share and asked again,
    the largest group first, in at most `max_requests` requests; what is left is shared out evenly. A label
    that is not listed gets a floor: the smallest listed probability, or a thousandth of what is not
    listed, whichever is less. Raises `ModelAnswerError` where no probabilities come back.
    """
    if not labels:
        return Choice((), ())
    first = _ask(next_tokens, prompt)
    masses = [0.0] * len(labels)
    step = _read(first, {i: label.strip() for i, label in enumerate(labels)})
    floor = step.floor
    waiting = _settle(step, masses, 1.0)
    held = sum(masses) + sum(group.mass for group in waiting)
    asked = 1
    while waiting:
        waiting.sort(key=lambda group: -group.mass)
        group = waiting.pop(0)
        if asked >= max_requests or group.mass < _WORTH_ASKING * held:
            for index in group.rests:
                masses[index] += group.mass / len(group.rests)
            continue
        asked += 1
        after = _ask(next_tokens, extend(prompt, group.written))
        for deeper in _settle(_read(after, group.rests), masses, group.mass):
            waiting.append(_Group(deeper.rests, group.written + deeper.written, deeper.mass))
    logprobs = tuple(min(0.0, math.log(max(mass, floor))) for mass in masses)
    return Choice(tuple(labels), logprobs, first.prompt_tokens, first.cached_tokens)


def name_label(
    fill: Callable[[Prompt, Schema, int], Filled], prompt: Prompt, labels: Sequence[str]
) -> Choice:
    """Have a model name the best label, where its server gives no probabilities.

    The named one counts as `_NAMED`, the others share the rest: how good the model is at naming shows in how
    it does on other documents, as with probabilities. Raises `ModelFormatError` where it names none of them.
    """
    if not labels:
        return Choice((), ())
    # Servers hold an answer to a schema in a chat, and few of them go on from the assistant's own words.
    turns = (Message("user", prompt),) if isinstance(prompt, str) else prompt
    asked = turns[:-1] if turns[-1:] and turns[-1].role == "assistant" else turns
    answer = fill(asked, {"type": "string", "enum": list(dict.fromkeys(labels))}, _NAME_TOKENS)
    rest = (1.0 - _NAMED) / max(1, len(labels) - 1)
    logprobs = tuple(math.log(_NAMED if label == answer.value else rest) for label in labels)
    return Choice(tuple(labels), logprobs, answer.prompt_tokens)


def extend(prompt: Prompt, text: str) -> Prompt:
    """Return the prompt as if the model had written `text`; in a chat this opens the assistant's turn."""
    if isinstance(prompt, str):
        return prompt + text
    if prompt and prompt[-1].role == "assistant":
        return (*prompt[:-1], Message("assistant", prompt[-1].content + text))
    return (*prompt, Message("assistant", text.lstrip()))


def _ask(next_tokens: Callable[[Prompt], NextTokens], prompt: Prompt) -> NextTokens:
    answer = next_tokens(prompt)
    if not answer.tokens:
        raise ModelAnswerError(
            "The model server gave no probabilities for its next token",
            "use a server that returns log probabilities, or another runtime for this lane",
        )
    return answer


def _settle(step: _ChoiceStep, masses: list[float], share: float) -> list[_Group]:
    """Add a step's probabilities, times `share`, to the labels; return the groups still undecided."""
    for index, mass in step.single.items():
        masses[index] += share * mass
    return [_Group(group.rests, group.written, share * group.mass) for group in step.groups]


def _read(answer: NextTokens, rests: dict[int, str]) -> _ChoiceStep:
    """Divide one distribution among labels by what is left of each; a label with nothing left is complete."""
    probabilities = [math.exp(min(0.0, logprob)) for _, logprob in answer.tokens]
    listed = min(1.0, math.fsum(probabilities))
    smallest = min(probabilities)
    floor = max(_SMALLEST, min(smallest, (1.0 - listed) / _UNLISTED_TOKENS))
    step = _ChoiceStep(floor)
    found: dict[tuple[int, ...], list[tuple[float, str]]] = {}
    folded = {i: rest.casefold() for i, rest in rests.items()}
    for (text, _), probability in zip(answer.tokens, probabilities, strict=True):
        token = text.strip().casefold()
        if token and (hit := tuple(i for i, rest in folded.items() if rest.startswith(token))):
            found.setdefault(hit, []).append((probability, text))
    for hit, spellings in found.items():
        mass = math.fsum(probability for probability, _ in spellings)
        if len({folded[i] for i in hit}) == 1:
            for i in hit:  # one label, or the same one named twice
                step.single[i] = step.single.get(i, 0.0) + mass
        else:
            step.groups.append(_group({i: rests[i] for i in hit}, max(spellings)[1], mass))
    _complete(step, rests, {i for hit in found for i in hit})
    return step


def _complete(step: _ChoiceStep, rests: dict[int, str], seen: set[int]) -> None:
    """Give labels whose tokens are not listed the floor, and complete ones what no other label takes."""
    taken = math.fsum(step.single.values()) + math.fsum(group.mass for group in step.groups)
    done = [i for i, rest in rests.items() if not rest]
    if len(done) == len(rests):
        step.single = dict.fromkeys(done, 1.0)
        return
    missing = [i for i in rests if i not in seen and i not in done]
    if done:
        rest = max(step.floor, 1.0 - taken - step.floor * len(missing))
        step.single.update(dict.fromkeys(done, rest))
    step.single.update(dict.fromkeys(missing, step.floor))


def _group(rests: dict[int, str], token: str, mass: float) -> _Group:
    """Group labels by the beginning that they share: whole words where there are any, else the token."""
    words = [rest.split() for rest in rests.values()]
    shared = 0
    while all(len(w) > shared for w in words) and len({w[shared].casefold() for w in words}) == 1:
        shared += 1
    if not shared:
        length = len(token.strip().casefold())
        return _Group({i: _without(rest, length) for i, rest in rests.items()}, token.rstrip(), mass)
    lead = token[: len(token) - len(token.lstrip())]
    left = {i: " ".join(rest.split()[shared:]) for i, rest in rests.items()}
    return _Group(left, lead + " ".join(words[0][:shared]), mass)


def _without(text: str, length: int) -> str:
    """Return text without its first `length` characters, counted after case folding."""
    for position, character in enumerate(text):
        if length <= 0:
            return text[position:].lstrip()
        length -= len(character.casefold())
    return ""
