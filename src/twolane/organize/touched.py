"""The folders that a plan makes or changes, with their times, so that its undo leaves them as they were."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from twolane.errors import FileReplacedError, MoveError
from twolane.organize.disk.places import OpenFolders
from twolane.organize.disk.refusals import refusing
from twolane.store.organized import PlanFolder


class TouchedFolders:
    """The folders of one plan; what is to be written down is given to whoever writes the journal.

    See docs/why/organize.md#times-of-folders.
    """

    def __init__(self, folders: OpenFolders, known: Iterable[PlanFolder]) -> None:
        self._folders = folders
        self._known = {folder.path: folder for folder in known}

    def about_to_touch(self, paths: Iterable[Path], *, back: bool = False) -> list[PlanFolder]:
        """Return what is to be recorded before something is moved out of or into folders.

        Those that are not there yet are to be made; on the way `back` they are made again as they were
        before the plan. One that others have changed since the plan last left it keeps its times.
        """
        news: dict[Path, PlanFolder] = {}
        for path in dict.fromkeys(paths):
            with suppress(OSError, FileReplacedError, MoveError):  # then the moves there meet it too
                missing = self._folders.missing(path)
                for new in () if back else missing:
                    news[new] = PlanFolder(new, made=True)
                outer = missing[0].parent if missing else path
                if outer not in news:
                    news[outer] = self._touched(outer)
        self._known |= news
        return list(news.values())

    def make(self, path: Path) -> list[PlanFolder]:
        """Make a folder with those it lies in; return what is to be recorded. Raises `OSError`."""
        return [
            PlanFolder(folder)  # somebody else was faster: it is not ours to remove
            for folder in self._folders.missing(path)
            if not self._folders.make(folder)
        ]

    def left(self, paths: Iterable[Path]) -> list[PlanFolder]:
        """Return what is to be recorded once folders were touched."""
        news = {}
        for path in dict.fromkeys(paths):
            known = self._known.get(path)
            if known is not None and not known.made and known.modified_ns:
                with suppress(OSError, FileReplacedError, MoveError):
                    news[path] = replace(known, left_ns=self._folders.status(path).st_mtime_ns)
        self._known |= news
        return list(news.values())

    def sync(self, paths: Collection[Path]) -> None:
        """Wait until what was moved is on the disk. Raises `MoveError`."""
        if paths:
            with refusing(min(paths)):
                self._folders.sync(*sorted(paths))

    def before_cleaning(self) -> list[PlanFolder]:
        """Return what is to be recorded before `clean`, which a second one goes by if this one is cut off."""
        news = [self._touched(path) for path, known in self._known.items() if not known.made]
        self._known |= {folder.path: folder for folder in news}
        return news

    def clean(self, *, times: bool) -> list[Path]:
        """Remove the folders that the plan has made and that are empty, and give others their times again.

        Returns which need not be known any more.
        """
        inner_first = sorted(self._known.values(), key=lambda folder: len(folder.path.parts), reverse=True)
        gone = [folder.path for folder in inner_first if folder.made and self._is_gone(folder.path)]
        self._sync({path.parent for path in gone})
        if not times:
            return gone
        changed = [folder for folder in inner_first if not folder.made]
        for folder in changed:
            if folder.modified_ns:
                with suppress(OSError, FileReplacedError, MoveError):
                    self._folders.set_times(folder.path, folder.accessed_ns, folder.modified_ns)
        self._sync({folder.path for folder in changed})
        return [*gone, *(folder.path for folder in changed)]

    def _sync(self, folders: Iterable[Path]) -> None:
        """Have what was done to folders reach the disk before the journal forgets them."""
        for folder in folders:
            with suppress(OSError, FileReplacedError, MoveError):  # it went with what lay in it
                self._folders.sync(folder)

    def _is_gone(self, path: Path) -> bool:
        self._folders.close()  # a folder that is open cannot be removed everywhere
        with suppress(OSError, FileReplacedError, MoveError):
            return self._folders.remove(path) or not path.exists()
        return False

    def _touched(self, path: Path) -> PlanFolder:
        known = self._known.get(path)
        if known is not None and (known.made or not known.modified_ns):
            return known
        try:
            status = self._folders.status(path)
        except (OSError, FileReplacedError, MoveError):
            return known or PlanFolder(path)
        if known is None:
            return PlanFolder(path, accessed_ns=status.st_atime_ns, modified_ns=status.st_mtime_ns)
        if known.left_ns and known.left_ns != status.st_mtime_ns:
            return PlanFolder(path)
        return replace(known, left_ns=0)
