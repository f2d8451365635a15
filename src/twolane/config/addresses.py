"""The addresses that settings hold: how each kind is checked, and how it is shown without its password."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

OLLAMA_HOST, OLLAMA_PORT = "127.0.0.1", 11434
OLLAMA_URL = f"http://{OLLAMA_HOST}:{OLLAMA_PORT}"


def _join_urls(value: Any) -> Any:
    """Turn a list of addresses into the text that a variable or a flag would give."""
    if isinstance(value, list | tuple) and all(isinstance(url, str) for url in value):
        return ",".join(value)
    return value


def _check_http_urls(value: str) -> str:
    """Check each of the addresses that commas separate; the same one twice counts once."""
    urls = [url.strip() for url in value.split(",") if url.strip()]
    checked = [_check_http_url(url, alone=len(urls) == 1) for url in urls]
    return ",".join(dict.fromkeys(checked))


def _check_http_url(value: str, *, alone: bool) -> str:
    parts = urlsplit(value)
    try:
        bad = parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0
    except ValueError:  # a port that is no number, or out of range
        bad = True
    if bad:
        which = "" if alone else f"{printable_address(value) or 'one of them'!r} "
        raise ValueError(f"{which}is not an http:// or https:// address, such as http://127.0.0.1:11434")
    if "@" in parts.netloc:  # it would be sent nowhere, and shown wherever the address is
        raise ValueError("holds a user or a password, which model servers are not sent: set api_key")
    return _to_this_machine(value.rstrip("/"))


def _to_this_machine(url: str) -> str:
    """Return an address with this machine's name where it names every address of it, as servers listen."""
    parts = urlsplit(url)
    own = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(parts.hostname or "")  # noqa: S104 - no server
    if not own:
        return url
    return parts._replace(netloc=own + (f":{parts.port}" if parts.port else "")).geturl()


def is_any_or_loopback(host: str) -> bool:
    """Say whether a host is this machine by its very name, or every address of it."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def _check_store_url(value: str) -> str:
    if value == "" or value.startswith("sqlite:///"):
        return value
    parts = urlsplit(value)
    try:
        named = bool(parts.hostname and parts.path.strip("/")) and parts.port != 0
    except ValueError:  # a port that is no number, or out of range
        named = False
    if parts.scheme not in {"postgresql", "postgres"} or not named:
        raise ValueError(
            "is not a store address, such as sqlite:///library.db or "
            "postgresql://user:password@host:5432/twolane (write @ and / of a password as %40 and %2F)"
        )
    return value


def with_password(url: Any, password: Any) -> Any:
    """Return an address with the password that is given apart; one that has a password, or no host, as it is.

    Both are as they were given, unchecked yet: what is no text is left to the checks.
    """
    url, secret = (one.get_secret_value() if isinstance(one, SecretStr) else one for one in (url, password))
    if not isinstance(url, str) or not isinstance(secret, str):
        return url
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets of no address
        return url
    user, _, host = parts.netloc.rpartition("@")
    if not secret or not host or ":" in user:
        return url
    return parts._replace(netloc=f"{user}:{quote(secret, safe='')}@{host}").geturl()


def host_of(url: str) -> str:
    """Return the host and port of an address, without a name or password."""
    return urlsplit(url).netloc.rpartition("@")[2]


def without_password(text: str) -> str:
    """Return a text with the passwords of the addresses in it replaced by ***."""
    text = re.sub(r"(://[^\s:/@]*):[^\s]*@", r"\1:***@", text)
    # and where it is no right address: a host is followed by a port alone
    text = re.sub(r":(?!//)[^\s:@*]+@", ":***@", text)
    text = re.sub(r"(://[^\s:/@\[\]]+):(?!\d{1,5}(?!\w))[^\s/,*'\"]+", r"\1:***", text)
    return re.sub(r"([?&](?:password|token|key)=)[^&\s]*", r"\1***", text)


def masked(name: str, value: str) -> str:
    """Return a setting's value as it may be shown; where Ollama is is looked at when it is used only."""
    if name == "ollama_host" and value and not printable_address(value):
        return "***"
    return without_password(value)


def _check_wakeup_url(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if value.get_secret_value() != "local" and not (
        parts.scheme in {"redis", "rediss", "amqp", "amqps"} and parts.hostname
    ):
        raise ValueError("is neither local nor an address such as redis://host:6379/0 or amqp://host:5672/")
    return value


def _check_blobs_url(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    folder = parts.scheme == "file" and not parts.netloc and len(parts.path) > 1
    bucket = parts.scheme in {"s3", "s3+http"} and parts.hostname and parts.path.strip("/")
    if value.get_secret_value() and not folder and not bucket:
        raise ValueError("is neither file:///folder nor an address such as s3://KEY:SECRET@host/bucket")
    return value


def _check_mail_url(value: str) -> str:
    parts = urlsplit(value)
    try:
        named = parts.hostname and parts.username and not parts.path.strip("/") and parts.port != 0
    except ValueError:  # a port that is no number, or out of range
        named = False
    if parts.scheme not in {"imaps", "imap", "imap+insecure"} or not named:
        raise ValueError(
            "is not an address such as imaps://user@host:993, or imap://user@host for STARTTLS "
            "(write the @ of a user as %40)"
        )
    if parts.password is not None:  # it would be shown wherever the address is
        raise ValueError("holds a password: set it as password")
    if parts.scheme == "imap+insecure" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ValueError("would send a password and mails for all to read: without TLS only to this machine")
    return value.rstrip("/")


def _check_otlp_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("is not an http:// or https:// address, such as http://127.0.0.1:4318")
    return value


@dataclass(frozen=True, slots=True)
class AddressMark:
    """Marks a setting whose value is an address: what is no right one may hold a password anywhere in it."""


def printable_address(text: str) -> str:
    """Return a text that should be an address where it can hold no secret, and "" otherwise."""
    return text if _WITHOUT_SECRETS.fullmatch(text) else ""


# a scheme and a host, with a port and a path of plain words: no user, no password, no query
_WITHOUT_SECRETS = re.compile(r"(?:[a-z0-9+]+://)?[A-Za-z0-9.\[\]-]+(?::\d{1,5})?(?:/[A-Za-z0-9._-]*)*/?")


HttpUrls = Annotated[str, BeforeValidator(_join_urls), AfterValidator(_check_http_urls), AddressMark()]
MailUrl = Annotated[str, AfterValidator(_check_mail_url), AddressMark()]
OtlpUrl = Annotated[str, AfterValidator(_check_otlp_url), AddressMark()]
StoreUrl = Annotated[str, AfterValidator(_check_store_url), AddressMark()]
WakeupUrl = Annotated[SecretStr, AfterValidator(_check_wakeup_url), AddressMark()]
BlobsUrl = Annotated[SecretStr, AfterValidator(_check_blobs_url), AddressMark()]
