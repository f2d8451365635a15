"""A folder of a mailbox over IMAP, opened for reading alone: the one file that speaks to mail servers."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from twolane.config.settings import MailAccount
from twolane.errors import MailError, SettingsError
from twolane.installed import install_line

if TYPE_CHECKING:
    from imapclient import IMAPClient

CONNECT_TIMEOUT_S = 15.0
READ_TIMEOUT_S = 60.0
PIECE_BYTES = 4 << 20
HEADER_BYTES = 8192
# Of one answer: a piece with its frame, or the headers of as many mails as are asked for at once
MOST_ANSWER_BYTES = 16 << 20
HEADERS_AT_ONCE = 200
_WINDOW, _WIDEST_WINDOW = 20_000, 1_280_000  # numbers of mails that are searched at once: one line holds them
_LAST_UID = (1 << 32) - 1
_PORTS = {"imaps": 993, "imap": 143, "imap+insecure": 143}
_IDENTITY = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)]<0.8192>"


@dataclass(frozen=True, slots=True)
class MailHead:
    """A mail on its server: its number there, its size, and its first header lines as they came."""

    uid: int
    size_bytes: int
    header: bytes


class Mailbox:
    """An open folder. Every method raises `MailError`; nothing is marked as seen, moved or deleted."""

    def __init__(self, client: IMAPClient, account: MailAccount) -> None:
        self._client = client
        self._where = f"{host_of(account)}, folder {account.folder}"
        self._bound = _BoundedAnswers(client)
        status: Mapping[bytes, Any] = self._asked(
            partial(client.select_folder, account.folder, readonly=True)
        )
        self.validity = _number(status.get(b"UIDVALIDITY"))
        said = _number(status.get(b"UIDNEXT"))
        self._next = said if said <= _LAST_UID else 0

    def new(self, after: int, from_day: date | None) -> Iterator[Sequence[int]]:
        """Yield the numbers of the mails after one, in rising order, some thousand at once."""
        end = self._next or _LAST_UID + 1  # some servers do not say which number comes next
        low, width = after + 1, _WINDOW if self._next else end
        while low < end:
            criteria: list[Any] = ["UID", f"{low}:{low + width - 1}"]
            criteria += ["SINCE", from_day] if from_day else []
            found = self._asked(partial(self._client.search, criteria))
            # "n:*" and its like name the last mail also where that is older
            numbers = sorted({uid for uid in map(_number, found) if low <= uid < low + width})
            low += width
            width = _WINDOW if numbers else min(2 * width, _WIDEST_WINDOW)
            if numbers:
                yield numbers

    def heads(self, uids: Sequence[int]) -> list[MailHead]:
        """Return what is known of mails before they are fetched, of those that are still there."""
        heads = []
        for begin in range(0, len(uids), HEADERS_AT_ONCE):
            some = list(uids[begin : begin + HEADERS_AT_ONCE])
            found = self._asked(partial(self._client.fetch, some, ["RFC822.SIZE", _IDENTITY]))
            for uid in some:
                if (parts := found.get(uid)) is not None:
                    header = next((value for name, value in parts.items() if name.startswith(b"BODY[")), b"")
                    size = _number(parts.get(b"RFC822.SIZE"))
                    heads.append(MailHead(uid, size, bytes(header or b"")[:HEADER_BYTES]))
        return heads

    def content(self, uid: int) -> Iterator[bytes]:
        """Yield a mail as it came, piece by piece; nothing where it is no longer there."""
        offset = 0
        while True:
            found = self._asked(partial(self._client.fetch, [uid], [f"BODY.PEEK[]<{offset}.{PIECE_BYTES}>"]))
            parts = found.get(uid, {})
            piece = next((value for name, value in parts.items() if name.startswith(b"BODY[")), None) or b""
            if piece:
                yield piece
            if len(piece) < PIECE_BYTES:
                return
            offset += len(piece)

    def _asked(self, ask: Callable[[], Any]) -> Any:
        self._bound.begin()
        with _translated(self._where):
            return ask()


class _BoundedAnswers:
    """Ends a connection whose server announces more than an answer can be: nothing else bounds that."""

    def __init__(self, client: IMAPClient) -> None:
        imap = client._imap
        self._read, self._readline = imap.read, imap.readline
        self._left = MOST_ANSWER_BYTES
        imap.read, imap.readline = self.read, self.readline

    def begin(self) -> None:
        self._left = MOST_ANSWER_BYTES

    def read(self, size: int) -> bytes:
        self._count(size)
        return bytes(self._read(size))

    def readline(self) -> bytes:
        line = bytes(self._readline())
        self._count(len(line))
        return line

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise imaplib.IMAP4.abort(f"its answer is larger than {MOST_ANSWER_BYTES >> 20} MiB")


@contextmanager
def open_mailbox(account: MailAccount) -> Iterator[Mailbox]:
    """Connect, log in and open the folder for reading. Raises `MailError`.

    Raises `SettingsError` where what speaks IMAP is not installed, or `ca_file` cannot be read.
    """
    try:
        from imapclient import IMAPClient, SocketTimeout
    except ImportError:
        raise SettingsError("mail is not installed", f"run: {install_line('mail')}") from None
    parts, tls = urlsplit(account.url), _tls_of(account)
    where = host_of(account)
    with _translated(where):
        client = IMAPClient(
            parts.hostname,
            parts.port or _PORTS[parts.scheme],
            ssl=parts.scheme == "imaps",
            ssl_context=tls,
            timeout=SocketTimeout(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
        )
    try:
        with _translated(where):
            if parts.scheme == "imap":
                client.starttls(tls)
            _log_in(client, unquote(parts.username or ""), account.password.get_secret_value())
        yield Mailbox(client, account)
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            client.shutdown()


def _log_in(client: IMAPClient, user: str, password: str) -> None:
    # the command for it takes plain letters alone
    is_plain = (user + password).isascii() or not client.has_capability("AUTH=PLAIN")
    (client.login if is_plain else client.plain_login)(user, password)


def host_of(account: MailAccount) -> str:
    """Return the user and the server of an account, as people read it."""
    parts = urlsplit(account.url)
    return f"{unquote(parts.username or '')} at {parts.hostname}"


def _tls_of(account: MailAccount) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(account.ca_file) if account.ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"ca_file {account.ca_file} cannot be read: {error.strerror or error}", "name a file in PEM form"
        ) from error


@contextmanager
def _translated(where: str) -> Iterator[None]:
    """Turn what the library and the connection raise into errors of ours."""
    from imapclient.exceptions import CapabilityError, LoginError

    try:
        yield
    except LoginError as error:
        raise MailError(
            f"mail of {where}: the server refuses the user: {_short(error)}",
            "look at user and password of [[mail]]; many providers want a password made for apps",
        ) from error
    except CapabilityError as error:
        raise MailError(
            f"mail of {where}: the server offers no STARTTLS", "use imaps://, or ask whoever runs it"
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise MailError(
            f"mail of {where}: its certificate is not trusted: {error.verify_message}",
            "use the name that it is for; for one of your own set ca_file",
        ) from error
    except ssl.SSLError as error:
        raise MailError(
            f"mail of {where}: no TLS could be made: {error.reason or error}",
            "imaps:// (port 993) begins with TLS, imap:// (port 143) turns it on",
        ) from error
    except TimeoutError as error:
        raise MailError(f"mail of {where}: the server is silent", "it is asked again later") from error
    except OSError as error:
        raise MailError(
            f"mail of {where}: cannot be reached: {error.strerror or error}",
            "look at the address and the network; it is asked again later",
        ) from error
    # what is raised over an answer that breaks the protocol is any of these
    except (imaplib.IMAP4.error, ValueError, LookupError, TypeError, AssertionError, AttributeError) as error:
        raise MailError(
            f"mail of {where}: the server answers: {_short(error)}",
            "look at the name of the folder; it is asked again later",
        ) from error


def _short(error: Exception) -> str:
    text = error.args[0] if error.args else error
    text = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    text = text.removeprefix("b'").removesuffix("'")  # as the library passes on what it was told
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:300]


def _number(value: Any) -> int:
    """Return a number of the protocol, 0 for what is none."""
    return value if isinstance(value, int) and 0 <= value < 1 << 63 else 0
