"""How an open file reaches a child: by its descriptor, over a socket of its own.

What was opened and hashed is then what is parsed, whatever lies at its path by now. Where descriptors cannot
be sent (Windows) a child opens the path itself: nothing on the way to an open file can be renamed there.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

CAN_SEND = hasattr(socket, "send_fds")


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends of the socket: the parent's, and the child's."""

    ours: socket.socket
    theirs: socket.socket


def pair() -> Ends | None:
    """Return both ends, or None where descriptors cannot be sent."""
    return Ends(*socket.socketpair()) if CAN_SEND else None


def send(ours: socket.socket, descriptor: int) -> None:
    """Send one open file. Raises `OSError` where the child is gone."""
    socket.send_fds(ours, [b"f"], [descriptor])


def receive(theirs: socket.socket) -> int:
    """Return the descriptor of the next file. Raises `OSError` where there is none."""
    descriptors = socket.recv_fds(theirs, 1, 1)[1]
    if len(descriptors) != 1:
        raise ConnectionError("no file came")
    return descriptors[0]
