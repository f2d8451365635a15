"""Opens the wake-ups that an address names."""

from __future__ import annotations

from twolane.jobs.wakeups.base import Wakeups
from twolane.jobs.wakeups.local import LocalWakeups


def open_wakeups(url: str, *, name: str) -> Wakeups:
    """Return the wake-ups at an address, unconnected; `name` keeps libraries that share a server apart.

    Raises `SettingsError` where its client is not installed or the address is none.
    """
    if url.startswith(("redis://", "rediss://")):
        from twolane.jobs.wakeups.redis import RedisWakeups

        return RedisWakeups(url, name=name)
    if url.startswith(("amqp://", "amqps://")):
        from twolane.jobs.wakeups.rabbitmq import RabbitWakeups

        return RabbitWakeups(url, name=name)
    return LocalWakeups()
