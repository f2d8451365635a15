"""What can be seen of the Ollama servers of this machine: the limits that stand in their environment.

Only a process that listens in this process's own network counts as the server at a local address: with
containers there may be others with the same name and port, and the limits of those say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from twolane.config.addresses import OLLAMA_PORT
from twolane.hardware.machine.base import OllamaLimits

PROMPT_CACHE_MIB = 8192  # old prompts of each loaded model stay in memory: llama.cpp's own limit
_OWN_NETWORK = Path("/proc/self/ns/net")
_ANOTHER_USER = "it runs as another user"
_ANOTHER_NETWORK = "what runs here under its name is in another network, as in a container"


def read_ollama_limits() -> tuple[OllamaLimits, ...]:
    """Read the limits of every server that runs here; another user's are unread."""
    found = []
    for process in psutil.process_iter(["name"]):
        try:
            if str(process.info["name"] or "").lower() not in {"ollama", "ollama.exe"}:
                continue
            if "serve" in process.cmdline() and (limits := _limits_of_process(process)):
                found.append(limits)
        except (psutil.Error, OSError):  # it has ended, or hides even how it was started
            continue
    return tuple(found)


def _limits_of_process(process: psutil.Process) -> OllamaLimits | None:
    """Return a server's limits; None where it listens nowhere, and so is none."""
    try:
        environment = process.environ()
    except psutil.AccessDenied:
        return OllamaLimits(port=0, unread=_ANOTHER_USER)
    if not environment:  # macOS shows that of a protected program as empty
        return OllamaLimits(port=0, unread="the system hides it")
    if not _is_in_our_network(process):
        return OllamaLimits(port=0, unread=_ANOTHER_NETWORK)
    limits, ports = limits_of(environment), _ports_of(process)
    if ports is None or limits.port in ports:
        return limits
    return replace(limits, port=min(ports)) if ports else None


def _is_in_our_network(process: psutil.Process) -> bool:
    """Say whether a process and this one see the same ports; only Linux gives processes networks apart."""
    try:
        return Path(f"/proc/{process.pid}/ns/net").readlink() == _OWN_NETWORK.readlink()
    except OSError:
        return not _OWN_NETWORK.exists()


def _ports_of(process: psutil.Process) -> set[int] | None:
    """Return the ports that a process listens on; None where the system does not say."""
    try:
        connections = process.net_connections(kind="tcp")
    except (psutil.Error, OSError, NotImplementedError):
        return None
    return {each.laddr.port for each in connections if each.status == psutil.CONN_LISTEN}


def limits_of(environment: Mapping[str, str]) -> OllamaLimits:
    """Return the limits that a server's environment sets; what is not set is Ollama's own choice."""

    def number(name: str, unset: int) -> int | None:
        text = environment.get(name, "").strip() or str(unset)
        return int(text) if re.fullmatch(r"-?\d{1,9}", text) else None

    return OllamaLimits(
        number("OLLAMA_MAX_LOADED_MODELS", 0),
        number("OLLAMA_NUM_PARALLEL", 0),
        environment.get("OLLAMA_KV_CACHE_TYPE", "").strip().lower(),
        number("LLAMA_ARG_CACHE_RAM", PROMPT_CACHE_MIB),
        port_of(environment.get("OLLAMA_HOST", "").strip()),
    )


def port_of(address: str) -> int:
    """Return the port of an address, as Ollama reads one: scheme, host and port may be missing."""
    scheme, mark, _ = address.partition("://")
    try:
        port = urlsplit(address if mark else f"//{address}").port
    except ValueError:
        port = None
    usual = {"http": 80, "https": 443}.get(scheme, OLLAMA_PORT) if mark else OLLAMA_PORT
    return port or usual
