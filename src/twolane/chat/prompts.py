"""The prompts of questions: as many sources as fit the model's context, after the former prompt or anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from twolane.answers import Source, Turn
from twolane.chat import conversation, prompt
from twolane.chat.conversation import AskedPrompt
from twolane.config.lane_settings import ChatSettings
from twolane.documents import FoundPassage
from twolane.llm.base import Counting, Message

_HISTORY_TOKENS = 250
_MARGIN_TOKENS = 64  # what a chat template adds around the messages
_LEAST_BUDGET_TOKENS = 40
# With less room than that for what was found, a former prompt is left behind.
_LEAST_FOLLOW_UP_TOKENS = 300


class Prompts:
    """Makes the prompts of one model; safe to use from several threads."""

    def __init__(self, model: Counting, settings: ChatSettings) -> None:
        self._count_tokens = model.count_tokens
        self._settings = settings

    def head(self) -> tuple[Message, ...]:
        """Return a prompt that begins as every prompt does, and asks nothing."""
        return prompt.render((), "")

    def of(
        self,
        question: str,
        history: Sequence[Turn],
        passages: Sequence[FoundPassage],
        before: AskedPrompt | None = None,
    ) -> Iterator[AskedPrompt]:
        """Yield the prompt of a question, then shorter ones, for a model that finds a prompt too long.

        Tokens may be counted by an estimate: a shorter one has half the sources, down to a short passage.
        The former prompt stays as it is, so that the model's server need not compute it again.
        """
        if before is not None:
            room = self._room((*before.messages, _asking((), question)))
            if room >= _LEAST_FOLLOW_UP_TOKENS:
                yield self._going_on(before, question, passages, room)
        turns = conversation.recent(question, history, self._count_tokens, _HISTORY_TOKENS)
        budget = max(_LEAST_BUDGET_TOKENS, self._room(prompt.render((), question, turns)))
        while True:
            sources = self._fitting(question, passages, budget)
            yield AskedPrompt(prompt.render(sources, question, turns), sources)
            if budget < _LEAST_BUDGET_TOKENS:
                return
            budget //= 2

    def _going_on(
        self, before: AskedPrompt, question: str, passages: Sequence[FoundPassage], room_tokens: int
    ) -> AskedPrompt:
        held = {source.passage.passage_id for source in before.sources}
        fresh = [passage for passage in passages if passage.passage_id not in held]
        sources = self._fitting(question, fresh, room_tokens, len(before.sources))
        return AskedPrompt((*before.messages, _asking(sources, question)), (*before.sources, *sources))

    def _room(self, messages: Sequence[Message]) -> int:
        """Return how many tokens of passages may be added to a prompt."""
        settings = self._settings
        fixed = sum(self._count_tokens(message.content) for message in messages)
        room = settings.context_tokens - settings.answer_tokens - fixed - _MARGIN_TOKENS
        return min(settings.passage_tokens, room)

    def _fitting(
        self, question: str, passages: Sequence[FoundPassage], budget_tokens: int, held: int = 0
    ) -> tuple[Source, ...]:
        """Number the passages, as many as fit, after those held; the first is cut where even it does not."""
        sources: list[Source] = []
        for passage in passages:
            if not prompt.shown(passage.text):  # nothing is left without marks of templates
                continue
            source = Source(held + len(sources) + 1, passage)
            tokens = self._count_tokens(prompt.render_source(source, question, len(sources)))
            if tokens > budget_tokens and not sources:
                source = replace(source, passage=_shortened(passage, budget_tokens / tokens))
                tokens = budget_tokens
            if tokens <= budget_tokens:
                sources.append(source)
                budget_tokens -= tokens
        return tuple(sources)


def _asking(sources: Sequence[Source], question: str) -> Message:
    return Message("user", prompt.asked(sources, question))


def _shortened(passage: FoundPassage, share: float) -> FoundPassage:
    text = passage.text[: max(1, int(len(passage.text) * share * 0.9))]
    return replace(passage, text=text, end=passage.start + len(text))
