"""TLS of the server's own: a connection counts from its first moment, and not from the end of its handshake.

Why it is so: docs/why/serving.md#a-connection-may-not-keep-the-server-waiting.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, cast

from twolane.errors import SettingsError


class ConnectionCount(Protocol):
    """What counts connections, and ends those that are idle for the longest."""

    def opened(self, connection: Any) -> None:
        """Note a new connection."""

    def closed(self, connection: Any) -> None:
        """Note that a connection is no more."""


class Greeting(asyncio.Protocol):
    """A connection that is not encrypted yet; behind its handshake, which may last `most_s`, another follows.

    Until then it is kept as an idle one. `open_ones` are those that a server ends where it ends.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        kept: ConnectionCount,
        make: Callable[[], asyncio.Protocol],
        open_ones: set[Any],
        most_s: float,
    ) -> None:
        self._context = context
        self._kept = kept
        self._make = make
        self._open_ones = open_ones
        self._most_s = most_s
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._open_ones.add(self)
        self._kept.opened(self)
        self._task = asyncio.get_running_loop().create_task(self._greet())

    def check(self, _now: float) -> None:
        """Do nothing: the handshake has a time of its own."""

    def end(self) -> None:
        """Close it."""
        self.transport.abort()

    shutdown = end

    async def _greet(self) -> None:
        early = _Early()
        encrypted: asyncio.Transport | None = None
        try:
            if not self.transport.is_closing():
                encrypted = await asyncio.get_running_loop().start_tls(
                    self.transport,
                    early,
                    self._context,
                    server_side=True,
                    ssl_handshake_timeout=self._most_s,
                )
        except OSError:  # it speaks no TLS, has gone, or was too slow
            pass
        finally:
            self._open_ones.discard(self)
            self._kept.closed(self)
        if encrypted is not None and not early.is_lost:
            early.hand_over(encrypted, self._make())


class _Early(asyncio.Protocol):
    """Keeps what comes right behind a handshake, before there is anybody to take it."""

    def __init__(self) -> None:
        self._came: list[bytes] = []
        self._is_over = False
        self.is_lost = False

    def data_received(self, data: bytes) -> None:
        self._came.append(data)

    def eof_received(self) -> bool:
        self._is_over = True
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - whatever it was
        self.is_lost = True

    def hand_over(self, transport: asyncio.Transport, protocol: asyncio.Protocol) -> None:
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        for data in self._came:
            protocol.data_received(data)
        if self._is_over:
            protocol.eof_received()


def tls_context(certificate: str, key: str) -> ssl.SSLContext | None:
    """Return what encrypts by these files, None where none is named. Raises `SettingsError`."""
    if not certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(Path(certificate), Path(key))
    except OSError as error:
        raise SettingsError(
            f"server.tls_certificate and server.tls_key cannot be used: {error.strerror or error}",
            "name a certificate (PEM, the whole chain) and the key that belongs to it, without a password",
        ) from error
    return context
