"""Mails: what is new in the accounts' folders, and filing it with what is attached."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from twolane.config.settings import MailAccount, Settings
from twolane.errors import ConflictError, SettingsError, StoreError, TwolaneError
from twolane.mail.mailbox import Mailbox, MailHead, host_of, open_mailbox
from twolane.mail.parts import MailParts, PartedMail
from twolane.mail.rounds import MailRounds
from twolane.mail.standing import MailStanding, MailStandings, identity_of, key_of
from twolane.store.base import Registry

_SHOWN = 20
_COPY_BYTES = 1 << 20
_UNSAFE = re.compile(r'[\\/:*?"<>|]+')
_MOST_BYTES = 80


class Saving(Protocol):
    """What keeps a file in the library: its name, its content, the folder within the library's own."""

    def __call__(self, name: str, chunks: Iterable[bytes], *, within: str, soon: bool) -> object:
        """Keep and queue a file; what is there already is not kept a second time."""


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail that would be taken; `sent` is the day in its own words, or ""."""

    uid: int
    subject: str
    sender: str
    sent: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class NewMails:
    """What is new in an account: how many mails, their size and the first ones; or why nobody knows."""

    account: str
    folder: str
    mails: int = 0
    size_bytes: int = 0
    first: tuple[NewMail, ...] = ()
    error: str = ""
    remedy: str = ""


class Mails:
    """The mails of all accounts of the settings; safe to use from several threads and processes."""

    def __init__(self, settings: Settings, store: Registry, save: Saving) -> None:
        self.accounts = settings.mail
        self._limit_bytes = settings.server.upload_limit_bytes
        self._data_dir = settings.data_dir
        self._standings = MailStandings(store)
        self._save = save
        self._rounds = MailRounds(self.accounts, self.take)

    def standings(self) -> list[MailStanding]:
        """Return how each account stands; asks no server."""
        return [self._standings.of(account) for account in self.accounts]

    def check(self) -> Iterator[NewMails]:
        """Yield what each account has that is new, and take nothing."""
        self._check_any()
        for account in self.accounts:
            try:
                yield self._news(account)
            except TwolaneError as error:
                yield NewMails(host_of(account), account.folder, error=error.what, remedy=error.remedy)

    def fetch(self) -> Iterator[MailStanding]:
        """Take what is new of each account, and yield how it stands then, with its error where that fails."""
        self._check_any()
        for account in self.accounts:
            yield self.take(account)

    def take(self, account: MailAccount, go_on: Callable[[], bool] = lambda: True) -> MailStanding:
        """Take what is new of one account, and return how it stands then, with its error where that fails.

        `go_on` is asked after each mail.
        """
        began = self._standings.of(account)
        try:
            self._take(account, go_on)
            end = replace(self._standings.of(account), error="", remedy="")
        except ConflictError as error:  # another process takes them just now, and will say how they stand
            return replace(began, error=error.what, remedy=error.remedy)
        except TwolaneError as error:
            end = replace(self._standings.of(account), error=error.what, remedy=error.remedy)
        end = replace(end, looked_at=time.time())
        self._standings.keep(account, end)
        return end

    def start(self) -> None:
        """Take the mails of every account now, and then as often as its settings say."""
        self._rounds.start()

    def stop(self) -> None:
        """End that after the mails under way; safe to call twice."""
        self._rounds.stop()

    def _check_any(self) -> None:
        if not self.accounts:
            raise SettingsError(
                "no mailbox is set", "add [[mail]] with url and password to the settings: see docs/ways_in.md"
            )

    def _news(self, account: MailAccount) -> NewMails:
        scratch = tempfile.TemporaryDirectory
        with _on_disk(), open_mailbox(account) as mailbox, MailParts() as parts, scratch() as folder:
            standing, mails, size_bytes = self._standings.of(account), 0, 0
            first: list[NewMail] = []
            for uids in mailbox.new(_after(standing, mailbox), account.from_day):
                for head in mailbox.heads(uids):
                    if self._standings.knows(identity_of(head.header)):
                        continue
                    mails, size_bytes = mails + 1, size_bytes + head.size_bytes
                    if len(first) < _SHOWN:
                        first.append(_shown(head, parts, Path(folder)))
        return NewMails(host_of(account), account.folder, mails, size_bytes, tuple(first))

    def _take(self, account: MailAccount, go_on: Callable[[], bool]) -> None:
        with _on_disk(), self._alone(account), open_mailbox(account) as mailbox, MailParts() as parts:
            standing = self._standings.of(account)
            if standing.validity != mailbox.validity:
                standing = replace(standing, validity=mailbox.validity, uid=0)
            for uids in mailbox.new(standing.uid, account.from_day):
                for head in mailbox.heads(uids):
                    known = identity_of(head.header)
                    standing = replace(standing, uid=head.uid)
                    if not self._standings.knows(known):
                        is_kept = self._keep(account, mailbox, parts, head)
                        standing = replace(
                            standing, taken=standing.taken + is_kept, left=standing.left + (not is_kept)
                        )
                    self._standings.keep(account, standing, known)
                    if not go_on():
                        return

    def _keep(self, account: MailAccount, mailbox: Mailbox, parts: MailParts, head: MailHead) -> bool:
        """Keep one mail and what is attached to it; False where it is too large, or no longer there."""
        if head.size_bytes > self._limit_bytes:
            return False
        with self._scratch(account) as folder:
            mail, size_bytes = Path(folder, "mail"), 0
            with mail.open("wb") as file:
                for piece in mailbox.content(head.uid):
                    size_bytes += file.write(piece)
                    if size_bytes > self._limit_bytes:
                        return False
            if not size_bytes:
                return False
            parted = parts.of(mail)
            name, within = mail_name(parted), self._folder(account)
            for part in parted.parts:
                if part.file.stat().st_size <= self._limit_bytes:
                    self._file(part_name(name, part.name), part.file, within)
            self._file(f"{name}.eml", mail, within)
        return True

    def _file(self, name: str, file: Path, within: str) -> None:
        with suppress(ConflictError):  # a person has excluded this content
            self._save(name, _chunks(file), within=within, soon=False)

    def _folder(self, account: MailAccount) -> str:
        return f"mail/{safe(host_of(account))}/{safe(account.folder) or key_of(account)}"

    def _scratch(self, account: MailAccount) -> tempfile.TemporaryDirectory[str]:
        prefix = f".mail-{key_of(account)}-"
        for left in self._data_dir.glob(f"{prefix}*"):  # by a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        return tempfile.TemporaryDirectory(prefix=prefix, dir=self._data_dir, ignore_cleanup_errors=True)

    def _alone(self, account: MailAccount) -> AbstractContextManager[object]:
        """Return a held lock: of several processes of a machine, one takes an account's mails."""
        run_dir = self._data_dir / "run"
        run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(run_dir / f"mail-{key_of(account)}.lock", thread_local=False)
        try:
            return lock.acquire(timeout=0)
        except Timeout:
            raise ConflictError(
                f"another process takes the mails of {host_of(account)} just now", "wait for it"
            ) from None


@contextmanager
def _on_disk() -> Iterator[None]:
    """Turn what a disk answers into an error of ours: what takes mails would end by any other."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"mails cannot be kept: {error.strerror or error}",
            "free some space, and check that the library's folder can be written; it is asked again later",
        ) from error


def _after(standing: MailStanding, mailbox: Mailbox) -> int:
    return standing.uid if standing.validity == mailbox.validity else 0


def _shown(head: MailHead, parts: MailParts, folder: Path) -> NewMail:
    file = folder / "head"
    file.write_bytes(head.header)
    told = parts.of(file)
    return NewMail(
        head.uid, told.subject, told.sender, told.sent.isoformat() if told.sent else "", head.size_bytes
    )


def mail_name(parted: PartedMail) -> str:
    """Return what a mail's files are called: the day that it was sent, and its subject."""
    day = parted.sent.isoformat() if parted.sent else ""
    return f"{day} {safe(parted.subject)}".strip() or "mail"


def part_name(mail: str, name: str) -> str:
    """Return what something attached is called: as its mail, and by its own name, whose end says its kind."""
    own = safe(name[-_MOST_BYTES:], from_end=True)
    return f"{mail} - {own}" if own else mail


def safe(text: str, *, from_end: bool = False) -> str:
    """Return a text as a part of a name on a disk: its beginning, or its end, where it is long."""
    plain = _UNSAFE.sub("_", text).encode()
    cut = plain[-_MOST_BYTES:] if from_end else plain[:_MOST_BYTES]
    return cut.decode("utf-8", "ignore").strip(" .")


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(_COPY_BYTES):
            yield chunk
