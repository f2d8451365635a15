"""Quotas: how much a user may ask and add in a day, counted for all servers together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from twolane.config.server_settings import ServerSettings
from twolane.errors import QuotaError
from twolane.principal import Principal
from twolane.store.admitted import Admitting, Quota


@dataclass
class CountedUpload:
    """An upload that counts for a quota where it is kept."""

    is_kept: bool = False


class Quotas:
    """What users have used of a day; a day is one of UTC, so that it begins at all servers at once.

    Who manages the library has no quota, nor has its one person where it has no users.
    """

    def __init__(self, store: Admitting, settings: ServerSettings) -> None:
        self._rows = store.usage
        self._quota = Quota(settings.quota_upload_bytes_per_day, settings.quota_questions_per_day)

    def ask(self, who: Principal) -> None:
        """Count a question. Raises `QuotaError` where no more may be asked today."""
        if self._quota.questions and not who.manages:
            used = self._rows.add(who.owner, self._quota, questions=1)
            if not used.is_within:
                raise _used_up(f"{used.questions} questions were asked today, which is all that may be")

    @contextmanager
    def counted(self, who: Principal, size_bytes: int) -> Iterator[CountedUpload]:
        """Count an upload that is taken in within the block, unless it turns out that it is not kept.

        Raises `QuotaError` where so much may not be added today any more.
        """
        counted = CountedUpload()
        if not self._quota.uploaded_bytes or who.manages:
            yield counted
            return
        used = self._rows.add(who.owner, self._quota, uploaded_bytes=size_bytes)
        if not used.is_within:
            left = max(0, self._quota.uploaded_bytes - used.uploaded_bytes)
            raise _used_up(f"{size_bytes} bytes are more than the {left} that may be added today")
        try:
            yield counted
        finally:
            if not counted.is_kept:
                self._rows.add(who.owner, self._quota, uploaded_bytes=-size_bytes)


def _used_up(what: str) -> QuotaError:
    now = datetime.now(UTC)
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
    wait_s = (midnight - now).total_seconds()
    remedy = f"try again in {int(wait_s / 3600) + 1} hours, or ask who manages this library for more"
    return QuotaError(what, remedy, wait_s)
