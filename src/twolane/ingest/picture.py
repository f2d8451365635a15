"""The step that draws a small picture of a document, for lists, when no file waits to be filed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from twolane.config.settings import Settings
from twolane.errors import ExtractError, JobError
from twolane.extract import Extractor
from twolane.files.contents import Contents
from twolane.files.kept_pictures import KeptPictures, PictureKey
from twolane.pictures import SMALL_WIDTH_PX, small_picture
from twolane.store.scanned import Files
from twolane.work import Job

_log = logging.getLogger(__name__)


class PicturedFrom(Files, Protocol):
    """What the step needs of the store."""


class PictureStep:
    """Draws small pictures; what it cannot draw keeps up no file: it is tried again when it is looked at."""

    def __init__(
        self,
        settings: Settings,
        store: PicturedFrom,
        contents: Contents,
        extractor: Callable[[], Extractor],
    ) -> None:
        self._store = store
        self._contents = contents
        self._extractor = extractor
        self._kept = KeptPictures(settings.data_dir, settings.extract.pictures_limit_bytes)

    def __call__(self, jobs: Sequence[Job]) -> None:
        """Draw the documents of a batch of jobs."""
        for job in jobs:
            try:
                self._draw(job)
            except (ExtractError, JobError, OSError) as error:
                _log.info("no small picture was drawn: %s", error)

    def _draw(self, job: Job) -> None:
        key = PictureKey(job.key, 1, SMALL_WIDTH_PX, is_small=True)
        if self._kept.get(key) is not None:
            return
        path = self._store.scanned(job.file_id).path
        with self._contents.open(path) as content:
            if content.document() == job.key:
                self._kept.keep(key, small_picture(self._extractor(), path, content.file(), soon=False))
