"""Where Ollama is: `OLLAMA_HOST`, read as everything of Ollama's reads it, with a word for what is odd."""

from __future__ import annotations

import ipaddress
import re

from twolane.config.addresses import OLLAMA_HOST, OLLAMA_PORT, OLLAMA_URL, printable_address
from twolane.config.lane_settings import EmbeddingSettings
from twolane.config.settings import Settings
from twolane.errors import SettingsError

_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?")
_MOST_PORT = 65_535


def where_ollama_is(host: str) -> str:
    """Return the address that an `OLLAMA_HOST` stands for; the usual one where it is empty.

    Scheme, host, port and path may each be missing. What a server takes as "every address of this machine"
    is this machine for a client. Raises `SettingsError` for what is no address, where Ollama itself would
    guess another port or fail later.
    """
    # Ollama takes off blanks and then quotes, which some service files leave on.
    text = host.strip().strip("\"'").strip()
    if not text:
        return OLLAMA_URL
    scheme, mark, rest = text.partition("://")
    if not mark:
        scheme, rest = "http", text
    scheme = scheme.lower()
    if scheme not in _PORTS:
        raise _odd(host, f"{scheme!r} is neither http nor https")
    if "@" in rest:
        raise _odd(host, "it holds a user or a password, which model servers are not sent")
    place, _, path = rest.partition("/")
    name, port = _split(host, place)
    url = f"{scheme}://{_as_client(host, name)}:{port or (_PORTS[scheme] if mark else OLLAMA_PORT)}"
    if re.search(r"[\s,?#]|^/", path):
        raise _odd(host, "an address of one server is needed, such as 127.0.0.1:11434")
    return without_route(f"{url}/{path}")


def without_route(url: str) -> str:
    """Return an Ollama's address without `/v1` or `/api`: both are its routes, and only this one is asked."""
    url = url.rstrip("/")
    return url.removesuffix("/v1").removesuffix("/api").rstrip("/")


def resolve_embedding(settings: Settings) -> EmbeddingSettings:
    """Fill in where the embedder's Ollama is. Raises `SettingsError`."""
    embedding = settings.embedding
    if embedding.runtime != "ollama":
        return embedding
    return embedding.model_copy(update={"url": ollama_urls(embedding.url, settings.ollama_host)})


def ollama_urls(url: str, ollama_host: str) -> str:
    """Return the addresses of a model at Ollama: those of `url`, or else the one of `ollama_host`."""
    return ",".join(map(without_route, url.split(","))) if url else where_ollama_is(ollama_host)


def _split(host: str, place: str) -> tuple[str, int]:
    """Return a host and a port, 0 where there is none; an IPv6 address may stand without brackets."""
    try:
        return str(ipaddress.IPv6Address(place)), 0
    except ValueError:
        pass
    found = re.fullmatch(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::(\d*))?", place)
    if not found:
        raise _odd(host, f"{place!r} is no host and port")
    port = int(found[2] or 0) if len(found[2] or "") <= len(str(_MOST_PORT)) else _MOST_PORT + 1
    if port > _MOST_PORT:
        raise _odd(host, f"there is no port {found[2]}")
    return found[1], port


def _as_client(host: str, name: str) -> str:
    """Return a host as a client names it, an IPv6 address in brackets."""
    try:
        address = ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        if name and not _NAME.fullmatch(name):
            raise _odd(host, f"{name!r} is no name of a host") from None
        return name or OLLAMA_HOST
    if address.version == 6:
        return "[::1]" if address.is_unspecified else f"[{address}]"
    return OLLAMA_HOST if address.is_unspecified else str(address)


def _odd(host: str, why: str) -> SettingsError:
    if not printable_address(host.strip("\"' ")):
        host, why = "not shown", "it is no address of a server, or holds a user or a password"
    return SettingsError(
        f"OLLAMA_HOST (setting ollama_host) is {host!r}: {why}",
        "set it to the address of one server, such as 127.0.0.1:11434 or https://models.example, or unset it",
    )
