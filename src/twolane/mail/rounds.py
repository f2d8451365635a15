"""Looks into each account again and again, in a thread of its own: a silent server delays no other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from twolane.config.settings import MailAccount
from twolane.errors import TwolaneError
from twolane.mail.mailbox import host_of
from twolane.mail.standing import MailStanding

_log = logging.getLogger(__name__)

LONGEST_PAUSE_S = 3600.0
_END_S = 5.0


class MailRounds:
    """The rounds of one process; `take` takes an account's mails, as long as it is told to go on."""

    def __init__(
        self, accounts: Sequence[MailAccount], take: Callable[[MailAccount, Callable[[], bool]], MailStanding]
    ) -> None:
        self._accounts = accounts
        self._take = take
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Look into every account now, and then as often as its settings say."""
        for account in self._accounts:
            # a thread that waits for a server keeps no process from ending
            thread = threading.Thread(
                target=self._go_round, args=(account,), name=f"mail of {host_of(account)}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End the rounds after the mails under way; safe to call twice."""
        self._ending.set()
        for thread in self._threads:
            thread.join(_END_S)
        self._threads.clear()

    def _go_round(self, account: MailAccount) -> None:
        pause_s = account.every_s
        while not self._ending.is_set():
            error = self._look(account)
            if error:
                _log.warning("mail not taken", extra={"fields": {"why": error}})
            # a server that fails is left alone for longer and longer
            longest_s = max(account.every_s, LONGEST_PAUSE_S)
            pause_s = min(2 * pause_s, longest_s) if error else account.every_s
            self._ending.wait(pause_s)

    def _look(self, account: MailAccount) -> str:
        try:
            return self._take(account, lambda: not self._ending.is_set()).error
        except TwolaneError as error:  # the library itself does not answer
            return error.what
