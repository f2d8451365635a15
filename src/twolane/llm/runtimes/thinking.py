"""Takes a model's thoughts out of its answers, in every form in which servers send them.

Asked not to, many models think all the same, and not every server knows its model's marks. See
docs/why/models.md#a-thought-is-no-answer
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from twolane.errors import ModelThoughtError
from twolane.llm.base import Delta, Finished, Stream

_log = logging.getLogger(__name__)

_NAME = r"(?:seed:)?(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection)"
# The marks around a thought, by whose templates have them: (opening, closing).
_FORMS = (
    (rf"<\|?{_NAME}\|?>", rf"<\|?/{_NAME}\|?>"),  # DeepSeek, Qwen, EXAONE, Seed and most others
    (rf"\[{_NAME}\]", rf"\[/{_NAME}\]"),  # Magistral
    (rf"◁{_NAME}▷", rf"◁/{_NAME}▷"),  # Kimi
    (rf"<\|begin_of_{_NAME}\|>", rf"<\|end_of_{_NAME}\|>"),  # OpenThinker, Sky-T1
    (rf"<\|START_{_NAME}\|>", rf"<\|END_{_NAME}\|>"),  # Command A
    (r"<\|inner_prefix\|>", r"<\|inner_suffix\|>"),  # Apertus
    # gpt-oss: channels with names, of which the final one is the answer; and the same without its marks
    (
        r"(?:<\|start\|>assistant)?<\|channel\|>(?!final)[^<]{0,40}<\|message\|>",
        r"<\|channel\|>final[^<]{0,40}<\|message\|>",
    ),
    (r"(?-i:analysis(?=[A-Z0-9]))", r"(?-i:assistantfinal)"),
    (r"<\|channel>thought\b", r"<channel\|>"),  # Gemma 4
    (r"<unused94>thought\b", r"<unused95>"),  # MedGemma
)
_OPENING = re.compile("|".join(f"({opening})" for opening, _ in _FORMS), re.IGNORECASE)
_ANY_CLOSING = re.compile("|".join(closing for _, closing in _FORMS), re.IGNORECASE)
# The marks that some put around the answer behind a thought.
_ANSWER_OPENS = re.compile(
    r"\s*(?:<answer>|<response>|<\|start_response\|>|<\|begin_of_solution\|>"
    r"|(?:<\|start\|>assistant)?<\|channel\|>final[^<]{0,40}<\|message\|>)",
    re.IGNORECASE,
)
_ANSWER_CLOSES = re.compile(
    r"\s*(?:</answer>|</response>|<\|end_response\|>|<\|end_of_solution\|>|<\|return\|>|<\|end\|>)",
    re.IGNORECASE,
)
# A closing mark whose opening one the template has written: alone on a line, or behind a sentence.
_CLOSES_ALONE = re.compile(
    rf"(?:\n|[.!?…。！？][\"'”»)]*)[ \t]*(?:{_ANY_CLOSING.pattern})[ \t]*(?=\n)", re.IGNORECASE
)
# What may still become a mark, at the beginning of an answer and at the end of what has come of it.
_PART = r"(?:<[^<>\s]{0,24}>?|\[/?[a-z]{0,12}\]?|◁/?[a-z]{0,12}▷?)"
_MAY_OPEN = re.compile(
    rf"|{_PART}"
    r"|<(?:\|start\||\|channel\|?|unused94)>[\w \n]{0,40}(?:<[^<>\s]{0,12}>?[\w ]{0,40}(?:<[^<>\s]{0,12})?)?"
    r"|" + "|".join("analysis"[:length] for length in range(1, 9)),
    re.IGNORECASE,
)
_MAY_CLOSE = re.compile(rf"{_PART}[ \t]*$", re.IGNORECASE)
_LONGEST_MARK = 80

NO_THINKING = {"enable_thinking": False, "thinking": False, "reasoning_effort": "low"}
"""What tells a chat template not to let its model think, or least: of Qwen and GLM, of DeepSeek, Granite and
Kimi, and of gpt-oss. A template passes over what it does not know."""
_ENDS_OPEN = re.compile(rf"(?:{'|'.join(opening for opening, _ in _FORMS)})\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thought:
    """A piece of what a server sends as a thought, in a field of its own."""

    text: str


def _closing_of(opening: re.Match[str]) -> re.Pattern[str]:
    """Return the pattern of the mark that closes what another has opened, under the same name."""
    name = re.search(_NAME, opening[0], re.IGNORECASE)
    closing = _FORMS[(opening.lastindex or 1) - 1][1]
    return re.compile(closing.replace(_NAME, re.escape(name[0])) if name else closing, re.IGNORECASE)


def ends_in_thought(prompt: str) -> bool:
    """Say whether a rendered prompt ends with the mark that opens a thought: some templates do so."""
    return bool(_ENDS_OPEN.search(prompt, max(0, len(prompt) - _LONGEST_MARK)))


class ThinkingModel:
    """What is known of a model that thinks although it was asked not to."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._thinks = False
        self._opens_unseen = False

    def answer(self, events: Iterable[Delta | Thought | Finished], *, opened: bool = False) -> Stream:
        """Pass an answer on without the model's thoughts.

        `opened` says that the prompt ends within a thought. Where a template has opened one unseen, it shows
        by its end alone: the piece behind it then restarts the answer, and later answers are held back until
        that end. Raises `ModelThoughtError` where there is no answer behind a thought.
        """
        reader = ThoughtReader(opened=opened, may_be_open=self._opens_unseen)
        for event in events:
            if isinstance(event, Finished):
                yield from reader.finish()
                self._learn(reader)
                if reader.thinks and not reader.has_answer:
                    raise self._lost(event)
                yield event
                return
            if isinstance(event, Thought):
                reader.thinks |= bool(event.text)
            else:
                yield from reader.feed(event.text)
            self._learn(reader)

    @property
    def detail(self) -> str:
        """Return what health says of it, or ""."""
        return "; it thinks although asked not to" if self._thinks else ""

    @property
    def remedy(self) -> str:
        return "choose a model that can do without: its answers begin later" if self._thinks else ""

    def _learn(self, reader: ThoughtReader) -> None:
        self._opens_unseen |= reader.opened_unseen
        if reader.thinks and not self._thinks:
            self._thinks = True
            _log.warning("%s thinks although asked not to: its answers begin later", self._model)

    def _lost(self, end: Finished) -> ModelThoughtError:
        if end.reason == "length":
            spent = f"its {end.completion_tokens} tokens" if end.completion_tokens else "its tokens"
            return ModelThoughtError(
                f"{self._model} thought until {spent} were spent, and wrote no answer",
                "allow it longer answers (chat.answer_tokens), or use a model that does not think",
            )
        return ModelThoughtError(
            f"{self._model} only thought, and wrote no answer",
            "ask in other words, or use a model that does not think",
        )


class ThoughtReader:
    """Tells thoughts from the answer in a streamed text that may be cut anywhere.

    A mark counts at the very beginning alone: an answer may speak of such marks.
    """

    def __init__(self, *, opened: bool = False, may_be_open: bool = False) -> None:
        self.thinks = False
        self.has_answer = False
        self.opened_unseen = False
        self._text = ""  # what has come and was not passed on
        self._passed = ""
        self._looked = 0
        self._closing = _ANY_CLOSING if opened or may_be_open else None
        self._may_be_open = may_be_open and not opened
        self._is_behind_thought = self._is_wrapped = self._is_over = False
        self._in_answer = False

    def feed(self, piece: str) -> Iterator[Delta]:
        """Take the next piece of the text; yield what is answer for certain."""
        self._text += piece
        if not self._in_answer:
            self._in_answer = self._reaches_answer()
        if self._in_answer:
            yield from self._answer(final=False)

    def finish(self) -> Iterator[Delta]:
        """Yield the rest of the answer."""
        if self._closing and not self._may_be_open:
            self.thinks |= bool(self._text.strip())
        else:
            yield from self._answer(final=True)

    def _reaches_answer(self) -> bool:
        """Pass over thoughts; return whether the answer has begun behind them."""
        while True:
            if self._closing and not self._end_thought(self._closing):
                return False
            begun = self._text.lstrip()
            opening, wrapper = _OPENING.match(begun), _ANSWER_OPENS.match(begun)
            if opening:
                self._closing = _closing_of(opening)
                self._text = begun[opening.end() :]
            elif wrapper and (self._is_behind_thought or "<|" in wrapper[0]):
                self._text, self._is_wrapped = begun[wrapper.end() :], True
            else:
                if self._is_behind_thought or self._is_wrapped:
                    self._text = begun
                return not _MAY_OPEN.fullmatch(begun)

    def _end_thought(self, closing: re.Pattern[str]) -> bool:
        end = closing.search(self._text, self._looked)
        if not end:
            self._looked = max(0, len(self._text) - _LONGEST_MARK)
            return False
        self.thinks |= bool(self._text[: end.start()].strip())
        self._text, self._looked, self._closing = self._text[end.end() :], 0, None
        self._is_behind_thought, self._may_be_open = True, False
        return True

    def _answer(self, *, final: bool) -> Iterator[Delta]:
        if self._is_over:
            self._text = ""
        elif (self._is_wrapped or self._is_behind_thought) and (end := _ANSWER_CLOSES.search(self._text)):
            self._text, self._is_over = self._text[: end.start()], True
        elif not self._is_behind_thought and (alone := self._closing_alone(final=final)):
            yield from self._restart(alone, final=final)
            return
        held = None if final or self._is_over else _MAY_CLOSE.search(self._text)
        passed = self._text[: held.start()] if held else self._text
        yield from self._pass(passed)

    def _closing_alone(self, *, final: bool) -> int:
        """Return where the text goes on behind a closing mark that stands alone, 0 where there is none."""
        before = f"\n{self._passed}"[-_LONGEST_MARK:]
        text = before + self._text + ("\n" if final else "")
        alone = _CLOSES_ALONE.search(text)
        if not alone or alone.end() <= len(before) or _OPENING.search(self._passed + self._text):
            return 0
        return min(alone.end() - len(before), len(self._text))

    def _restart(self, end: int, *, final: bool) -> Iterator[Delta]:
        """Take back what was passed on: it was a thought. The answer begins behind it."""
        self.thinks = self.opened_unseen = self._is_behind_thought = True
        self._text = self._text[end:].lstrip()
        self._in_answer = self._reaches_answer()
        if self.has_answer:
            self.has_answer, self._passed = False, ""
            yield Delta("", restarts=True)
        if self._in_answer or (final and not self._closing):
            yield from self._answer(final=final)

    def _pass(self, text: str) -> Iterator[Delta]:
        self._text = self._text[len(text) :]
        if text:
            self._passed += text
            self.has_answer |= not text.isspace()
            yield Delta(text)
