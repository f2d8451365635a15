"""The scans of one file, read page by page: what was found out of one page helps to read the next."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from statistics import median
from typing import TYPE_CHECKING

from twolane.extract.base import Draft
from twolane.extract.hyphens import WholeWords, join_cut_words
from twolane.extract.readers.picture import packs, prepare
from twolane.extract.readers.picture.engine import Engine, Outlook, SeenWord
from twolane.extract.readers.picture.lines import text_of_words
from twolane.extract.readers.picture.surest import surest
from twolane.text.identify import language_code, likely_language

if TYPE_CHECKING:
    from PIL.Image import Image

AUTO = "auto"
# Dropping single words of low confidence costs more right words than wrong ones (F1 0.924 against 0.916).
_LEAST_CONFIDENCE = 45.0
# Below this a page may lie wrongly, or be in another script: upright pages of any language with Latin letters
# get 85 and more, even read for English; those on their head 34, other scripts up to 30.
_SURE_CONFIDENCE = 78.0
# Letters lower than this, as on a screen, are read better at twice the size: larger ones are not.
_SMALL_PX = 11
_DROP_OF_THE_RIGHT = 8.0
_FEW_LETTERS = 12  # of so few, none tells the script or the language
_SHORT_LETTERS = 40  # a label, a sign: no language for sure
_MOST_PACKS = 8  # tried for it
_LEAST_SCRIPT_CONFIDENCE = 0.2  # 0.3 to 80 for right ones


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one reading of a page gave, the page being turned so (clockwise), in these languages."""

    words: tuple[SeenWord, ...] = ()
    turn_degrees: int = 0
    languages: str = ""

    @property
    def letters(self) -> int:
        return sum(len(word.text) for word in self.words)

    @property
    def confidence(self) -> float:
        return sum(word.confidence * len(word.text) for word in self.words) / max(1, self.letters)

    @property
    def is_sure(self) -> bool:
        return self.confidence >= _SURE_CONFIDENCE

    @property
    def text(self) -> str:
        """The page's text; none where the confidence is low, as for what is made of a photo."""
        return text_of_words(self.words) if self.confidence >= _LEAST_CONFIDENCE else ""

    @property
    def height_px(self) -> float:
        return median(word.height for word in self.words) if self.words else 0.0

    def better(self, other: Attempt) -> Attempt:
        """Return the one that is surer of what it read, for as much of it."""
        return other if other._worth > self._worth else self

    @property
    def _worth(self) -> float:
        return max(0.0, self.confidence - 25) * math.sqrt(self.letters)


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """The text of a page that is a picture; `is_foreign` says that its script cannot be read here."""

    text: str = ""
    is_foreign: bool = False


class Scans:
    """Reads the scans of one file with one engine, in the languages that they show themselves to be in."""

    def __init__(self, engine: Engine, draft: Draft) -> None:
        self._engine, self._draft = engine, draft
        installed = engine.languages
        wanted = draft.limits.ocr_languages.replace(",", "+").split("+")
        chosen = "+".join(name for name in wanted if name in installed)
        self._may_choose = bool(installed) and not chosen
        latin = packs.packs_of_script("Latin", installed)
        self._languages = chosen or (latin or sorted(installed) or [""])[0]
        self._latin = latin[:_MOST_PACKS]
        self._known = WholeWords()

    def read(self, picture: Image) -> ScannedPage:
        """Return what a page gives that is a picture: no text where it has none, or the time was over."""
        page = prepare.dark_on_white(prepare.grey(picture))
        if prepare.is_blank(page):
            return ScannedPage()
        page = prepare.straightened(page)
        best = self._attempt(page, Attempt(languages=self._languages))
        script = ""
        if not best.is_sure and prepare.shows_text(page, 1):
            best = self._word_by_word(page, best)
        if not best.is_sure:
            best, script = self._look_closer(page, best)
        if self._may_choose:
            best = self._in_its_language(page, best)
        if best.words and best.height_px < _SMALL_PX and best.confidence < 90:
            best = best.better(self._attempt(prepare.scaled(page, 2.0), best))
        return ScannedPage(join_cut_words(best.text, self._known), is_foreign=self._remember(best, script))

    def _attempt(self, page: Image, so: Attempt) -> Attempt:
        """Return what the page gives, turned and read as another attempt was."""
        if self._draft.time_left_s() <= 0:
            return Attempt()
        turned = page.rotate(-so.turn_degrees, expand=True) if so.turn_degrees else page
        words = self._engine.words(turned, so.languages, self._draft.time_left_s())
        return Attempt(words, so.turn_degrees, so.languages)

    def _look_closer(self, page: Image, best: Attempt) -> tuple[Attempt, str]:
        """Return the best of further attempts, turned or in another script, and the likely script."""
        look = self._engine.outlook(page, self._draft.time_left_s())
        for so in self._further(page, look):
            if (so.turn_degrees, so.languages) == (best.turn_degrees, best.languages):
                continue
            best = best.better(self._attempt(page, so))
            if best.is_sure:
                break
        if look is None or look.script_confidence < _LEAST_SCRIPT_CONFIDENCE or not prepare.shows_text(page):
            return best, ""
        return best, look.script

    def _further(self, page: Image, look: Outlook | None) -> Iterator[Attempt]:
        if look is not None:
            names = packs.packs_of_script(look.script, self._engine.languages) if self._may_choose else []
            yield Attempt((), look.turn_degrees, self._with_latin(names[0]) if names else self._languages)
            if not names or packs.is_latin(look.script):
                return
        first = 90 if prepare.lines_stand(page) else 0
        for turn in (first, first + 180):
            yield Attempt((), turn, self._languages)
        if self._may_choose:
            for name in packs.scripts_beside_latin(self._engine.languages):
                yield Attempt((), look.turn_degrees if look else first, self._with_latin(name))

    def _with_latin(self, name: str) -> str:
        """Return a pack with one for the Latin words that stand among any others, such as addresses."""
        latin = packs.packs_of_script("Latin", self._engine.languages)
        return f"{name}+{latin[0]}" if latin and name not in latin else name

    def _in_its_language(self, page: Image, best: Attempt) -> Attempt:
        """Return a page read once more where there is a pack for the language that it is found to be in."""
        if not best.text:
            return best
        if self._is_short(best):
            return self._word_by_word(page, best)
        if best.letters < _FEW_LETTERS:
            return best
        surely = language_code(best.text)
        name = packs.pack_of_language(surely or likely_language(best.text), self._engine.languages)
        if not name or name in best.languages.split("+"):
            return best
        again = self._attempt(page, Attempt((), best.turn_degrees, name))
        # A wrong language reads its own letters into a page, and is as sure of them.
        drop = _DROP_OF_THE_RIGHT if surely else 0.5
        as_sure = again.confidence >= best.confidence - drop and again.letters > 0.8 * best.letters
        return again if as_sure else best

    def _word_by_word(self, page: Image, best: Attempt) -> Attempt:
        """Return a short text with each word as the pack of Latin letters read it that is surest of it."""
        if not self._is_short(best):
            return best
        done = best.languages.split("+")
        names = [name for name in self._latin if name not in done]
        others = [self._attempt(page, Attempt((), best.turn_degrees, name)) for name in names]
        first = reduce(Attempt.better, others, best)
        rest = [one.words for one in (best, *others) if one is not first]
        # As read with all of them, which it is not again.
        return replace(first, words=surest(first.words, rest), languages="+".join((*done, *names)))

    def _is_short(self, best: Attempt) -> bool:
        return self._may_choose and 0 < best.letters < _SHORT_LETTERS and packs.are_latin(best.languages)

    def _remember(self, best: Attempt, script: str) -> bool:
        """Keep the languages for the next page; say whether this one is in a script that is not read here."""
        if not self._may_choose:
            return False
        if best.is_sure and not self._is_short(best):
            self._languages = best.languages
            self._say_language(best)
        if best.text or not script or packs.packs_of_script(script, self._engine.languages):
            return False
        install = packs.install_for_script(script)
        self._draft.note(f"its scans in {script} letters were not read: {install}")
        return True

    def _say_language(self, best: Attempt) -> None:
        code = language_code(best.text)
        if not code or packs.pack_of_language(code, self._engine.languages):
            return
        if install := packs.install_for_language(code):
            self._draft.note(
                f"scans were read with tesseract's {best.languages}; for their language {install}"
            )
