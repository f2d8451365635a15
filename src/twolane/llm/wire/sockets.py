"""Connections to model servers, which are cut where nobody awaits any more what is read from them."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from twolane import cancel

FAULTS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
"""What a request to a server may end in, but for its answer."""

_KEPT = 8
_KEPT_S = 5.0


def open_pool(url: str) -> httpcore.ConnectionPool:
    """Open a pool of connections to one server."""
    # Reading the certificate authorities takes longer than a request to a server on this machine.
    context = httpx.create_ssl_context(trust_env=False) if url.startswith("https:") else None
    return httpcore.ConnectionPool(
        ssl_context=context,
        max_connections=None,
        max_keepalive_connections=_KEPT,
        keepalive_expiry=_KEPT_S,
        network_backend=_Network(),
    )


def cut(stream: httpcore.NetworkStream) -> None:
    """Unblock whoever reads from a connection, which closing it would not do."""
    if connection := stream.get_extra_info("socket"):
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


class _Network(httpcore.NetworkBackend):
    """Opens connections as usual, and has them cut where the work of their reader is cancelled."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        cancel.current().check()
        return _Cuttable(self._inner.connect_tcp(host, port, timeout, local_address, socket_options))


class _Cuttable(httpcore.NetworkStream):
    """A connection whose reads and writes end where their thread's work is cancelled."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with cancel.current().calling(self._cut):
            return self._inner.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with cancel.current().calling(self._cut):
            self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        with cancel.current().calling(self._cut):
            return _Cuttable(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def _cut(self) -> None:
        cut(self._inner)
