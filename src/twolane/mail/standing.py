"""How far an account's mails are taken: remembered in the library, beside which mails it knows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from twolane.config.settings import MailAccount
from twolane.mail.mailbox import host_of
from twolane.store.base import Registry

_PREFIX = "mail/"
_KNOWN_PREFIX = "mail-known/"


@dataclass(frozen=True, slots=True)
class MailStanding:
    """How one account stands: `taken` mails in all, the last look, and why that failed, if it did.

    Mails up to `uid` are done, as the server numbered them under `validity`. `left` were too large or gone.
    """

    account: str
    folder: str
    validity: int = 0
    uid: int = 0
    taken: int = 0
    left: int = 0
    looked_at: float = 0.0
    error: str = ""
    remedy: str = ""


class MailStandings:
    """The standings of one library's accounts."""

    def __init__(self, store: Registry) -> None:
        self._store = store

    def of(self, account: MailAccount) -> MailStanding:
        """Return how an account stands; one that was never looked at has taken nothing."""
        fresh = MailStanding(host_of(account), account.folder)
        text = self._store.recall(_PREFIX + key_of(account))
        return replace(fresh, **json.loads(text)) if text else fresh

    def keep(self, account: MailAccount, standing: MailStanding, known: str = "") -> None:
        """Remember a standing, and that a mail is known."""
        with self._store.writing() as write:
            write.remember(_PREFIX + key_of(account), json.dumps(_own(standing)))
            if known:
                write.remember(_KNOWN_PREFIX + known, "1")

    def knows(self, identity: str) -> bool:
        """Say whether a mail has been taken, by whatever account."""
        return bool(identity and self._store.recall(_KNOWN_PREFIX + identity))


def identity_of(header: bytes) -> str:
    """Return by which key a mail is known again: its id, date, sender and subject; "" where it has no id."""
    if b"message-id:" not in header.lower():
        return ""
    return hashlib.sha256(b" ".join(header.split())).hexdigest()[:32]


def key_of(account: MailAccount) -> str:
    """Return the key of an account: its address and folder, without its password."""
    return hashlib.sha256(f"{account.url}\n{account.folder}".encode()).hexdigest()[:16]


def _own(standing: MailStanding) -> dict[str, object]:
    return {name: value for name, value in asdict(standing).items() if name not in {"account", "folder"}}
