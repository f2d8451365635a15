"""Opens the queue that an address names."""

from __future__ import annotations

from twolane.jobs.base import Queue
from twolane.jobs.wakeups.local import LocalQueue


def open_queue(url: str, *, name: str) -> Queue:
    """Return the queue at an address, unconnected; `name` keeps libraries that share a server apart.

    Raises `SettingsError` where its client is not installed or the address is none.
    """
    if url.startswith(("redis://", "rediss://")):
        from twolane.jobs.wakeups.redis import RedisQueue

        return RedisQueue(url, name=name)
    if url.startswith(("amqp://", "amqps://")):
        from twolane.jobs.wakeups.rabbitmq import RabbitQueue

        return RabbitQueue(url, name=name)
    return LocalQueue()
