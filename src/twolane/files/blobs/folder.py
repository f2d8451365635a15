"""Blobs in a folder that every machine mounts."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import stat
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from twolane.documents import display_path
from twolane.errors import BlobsError, NotFoundError
from twolane.files.blobs.base import Entry
from twolane.system.disk import make_private, put_in_place

_UNFINISHED = ".part"
_FORGOTTEN_S = 86_400.0  # an unfinished file this old no longer has a writer


class FolderBlobs:
    """Obeys `twolane.files.blobs.base.Blobs`; large folders are split by the first letters of the names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self) -> None:
        with self._translating(""):
            # private documents; the mode of a folder that exists already is its owner's choice
            make_private(self._folder)

    def put(self, name: str, file: BinaryIO) -> None:
        file.seek(0)
        with self._writing(name) as unfinished, unfinished.open("xb") as copy:
            shutil.copyfileobj(file, copy, 1 << 20)

    def write(self, name: str, text: str) -> None:
        with self._writing(name) as unfinished:
            unfinished.write_text(text, encoding="utf-8")

    def get(self, name: str, to: Path) -> None:
        with self._translating(name):
            shutil.copyfile(self._path(name), to)

    def read(self, name: str) -> str:
        with self._translating(name):
            return self._path(name).read_text(encoding="utf-8")

    def has(self, name: str) -> bool:
        return self._path(name).is_file()

    def entries(self, folder: str) -> Iterator[Entry]:
        now = time.time()
        with self._translating(folder):
            for part in sorted((self._folder / folder).glob("*/")):
                for found in part.iterdir():
                    with contextlib.suppress(FileNotFoundError):  # just deleted by another process
                        age_s = now - found.stat().st_mtime
                        if found.suffix != _UNFINISHED:
                            yield Entry(f"{folder}/{found.name}", age_s)
                        elif abs(age_s) > _FORGOTTEN_S:
                            found.unlink()

    def delete(self, names: Sequence[str]) -> None:
        for name in names:
            with self._translating(name):
                self._path(name).unlink(missing_ok=True)

    def close(self) -> None:
        """Do nothing: nothing is kept open."""

    def _path(self, name: str) -> Path:
        folder, _, last = name.rpartition("/")
        return self._folder / folder / last[:2] / last

    def _make(self, folder: Path) -> None:
        """Create a folder with the area's own mode, so that its group may write there too if it may."""
        if folder == self._folder:
            folder.mkdir(parents=True, exist_ok=True)
        elif not folder.is_dir():
            self._make(folder.parent)
            folder.mkdir(exist_ok=True)
            with contextlib.suppress(OSError):  # another user's folder, or a disk without modes
                folder.chmod(stat.S_IMODE(self._folder.stat().st_mode))

    @contextlib.contextmanager
    def _writing(self, name: str) -> Iterator[Path]:
        """Yield a path beside the blob's, and move it there in one step."""
        path = self._path(name)
        unfinished = path.with_name(f"{path.name}-{secrets.token_hex(4)}{_UNFINISHED}")
        with self._translating(name):
            self._make(path.parent)
            try:
                yield unfinished
                put_in_place(unfinished, path)
            finally:
                unfinished.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _translating(self, name: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            if not self._folder.is_dir():
                raise BlobsError(
                    f"the blob area {display_path(self._folder)} is not there", "mount it, or set blobs_url"
                ) from None
            raise NotFoundError(f"there is no blob {name}", "add the file again") from None
        except OSError as error:
            raise BlobsError(
                f"the blob area {display_path(self._folder)} cannot be used: {error.strerror or error}",
                "check its disk and its permissions",
            ) from error
