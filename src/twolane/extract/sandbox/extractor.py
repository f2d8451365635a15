"""The parent's pool of child processes that read files: no file is parsed in the parent itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, TypeVar

from twolane.config.settings import ExtractSettings
from twolane.documents import Reading, ReadStatus, display_path
from twolane.errors import (
    ExtractCrashError,
    ExtractError,
    ExtractSlowError,
    ExtractStalledError,
    ExtractTimeoutError,
    NotFoundError,
)
from twolane.extract.base import Limits
from twolane.extract.pictured import PageBox, PagePicture, WantedMarks, WantedPicture
from twolane.extract.readers.picture import ocr
from twolane.extract.sandbox.children import Children
from twolane.extract.sandbox.counts import ReaderCounts, reader_counts
from twolane.extract.sandbox.patience import Patience
from twolane.extract.sandbox.protocol import boxes_from_json, picture_from_json, reading_from_json
from twolane.extract.sandbox.start import ForkServer

_NICE = 5  # gets a quarter of a contended core; a lower priority would starve beside long work
_SLOW_NICE = 15  # a tenth of what a quick one gets; at the lowest a scan would never end on a busy machine
_LATER = "it is read later by itself"
_DRAWERS = 2
_DRAWING_CPU_S = 20.0  # for one page: somebody waits for it

T = TypeVar("T")


class Extractor:
    """Reads files in child processes, quick and slow ones; safe to use from many threads.

    Children start when they are first needed, live for some hundred files, and are replaced when a file
    breaks them. Close it, or use it as a context manager. They run at a low priority.
    """

    def __init__(self, settings: ExtractSettings, counts: ReaderCounts | None = None) -> None:
        self._settings = settings
        counts = counts or reader_counts(settings)
        limits = Limits(
            settings.cpu_limit_s,
            settings.memory_limit_bytes,
            settings.file_limit_bytes,
            settings.text_limit_chars,
            settings.ocr,
            settings.ocr_languages,
            settings.ocr_pages,
            settings.ocr_page_cpu_limit_s,
        )
        self._forks = ForkServer(_NICE)
        self._quick = Children(self._forks, limits, counts.quick, nice=_NICE, patience=Patience())
        self._slow = Children(self._forks, limits, counts.slow, nice=_SLOW_NICE)
        drawing = replace(limits, cpu_s=min(limits.cpu_s, _DRAWING_CPU_S), ocr="off")
        # of their own: whoever looks at a page waits for no file that is read, nor for small pictures
        self._drawn = Children(self._forks, drawing, _DRAWERS, nice=0, doing="drawing")
        self._small = Children(self._forks, drawing, 1, nice=_SLOW_NICE, doing="drawing")

    def __enter__(self) -> Extractor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ocr_engine(self) -> str:
        """Return what reads scans here: "tesseract", "rapidocr", or the empty string for nothing."""
        return ocr.available(self._settings.ocr)

    def read(self, path: Path, file: BinaryIO | None = None, *, quickly: bool = False) -> Reading:
        """Return what a file holds; waits for a free child.

        With `quickly` it raises ExtractSlowError after a moment, so that nobody waits for a slow file.
        `file`, where given, is the file already open: it is read, whatever lies at the path by now.
        A damaged, encrypted, empty, unsupported or too large file is a reading with that status and a note.
        Raises NotFoundError when the file is gone, ExtractTimeoutError and ExtractCrashError when a limit
        ended the child, ExtractError when the file cannot be opened.
        """
        if not quickly:
            return self._result(path, self._slow.ask(path, file))
        try:
            answer = self._quick.ask(path, file)
        except (ExtractStalledError, ExtractTimeoutError) as error:
            raise ExtractSlowError(error.what, _LATER) from error
        if answer.get("error") == "later":
            raise ExtractSlowError(f"{display_path(path)} takes more than a moment to read", _LATER)
        return self._result(path, answer)

    def draw(
        self, path: Path, file: BinaryIO, wanted: WantedPicture, *, soon: bool = True
    ) -> PagePicture | None:
        """Return the picture of a page of an open file, or None where it has none, as a text.

        With `soon` somebody waits for it. Raises ExtractError as `read` does.
        """
        answer = (self._drawn if soon else self._small).ask(path, file, {"picture": asdict(wanted)})
        return self._drawing(path, answer, picture_from_json)

    def marks(self, path: Path, file: BinaryIO, wanted: WantedMarks) -> tuple[PageBox, ...]:
        """Return where words stand on a page of an open file; nothing where that is not known."""
        answer = self._drawn.ask(path, file, {"marks": asdict(wanted)})
        return self._drawing(path, answer, boxes_from_json)

    def _drawing(self, path: Path, answer: dict[str, Any], parsed: Callable[[dict[str, Any]], T]) -> T:
        if error := answer.get("error"):
            reason = str(answer.get("reason", error))[:200]
            raise ExtractError(f"{display_path(path)} cannot be shown: {reason}", "open the original")
        try:
            return parsed(answer)
        except (ArithmeticError, KeyError, TypeError, ValueError) as problem:
            raise ExtractCrashError(f"{display_path(path)}: the drawing process sent nonsense") from problem

    def _result(self, path: Path, answer: dict[str, Any]) -> Reading:
        shown, error = display_path(path), answer.get("error")
        if error == "gone":
            raise NotFoundError(f"{shown} is gone")
        if error == "memory":
            limit = self._settings.memory_limit_bytes >> 20
            note = f"it needs more memory than the limit of {limit:,} MiB (extract.memory_limit_bytes)"
            return Reading(ReadStatus.TOO_LARGE, note=note, seen=0.0)
        if error is not None:
            reason = str(answer.get("reason", ""))[:200]
            raise ExtractError(
                f"{shown} cannot be opened: {reason}", "check its permissions, then add it again"
            )
        try:
            return reading_from_json(answer["reading"])
        except (ArithmeticError, KeyError, TypeError, ValueError) as problem:
            raise ExtractCrashError(f"{shown}: the reading process sent nonsense") from problem

    def close(self) -> None:
        """End the children, after the files that they are reading now."""
        self._quick.close()
        self._slow.close()
        self._drawn.close()
        self._small.close()
        self._forks.close()
