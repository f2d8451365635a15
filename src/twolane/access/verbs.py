"""Who may come into a library and what each sees: its users, groups, shares, tokens and sign-ins."""

from __future__ import annotations

from collections.abc import Callable, Collection

from twolane.access.groups import Groups
from twolane.access.shares import Shares
from twolane.access.sign_ins import SignIns
from twolane.access.tokens import Tokens
from twolane.access.users import Users
from twolane.store.admitted import Admitting


class AccessVerbs:
    """The verbs of one library's access; `categories` are the ids of its categories."""

    def __init__(self, store: Admitting, categories: Callable[[], Collection[str]]) -> None:
        self.users = Users(store)
        self.groups = Groups(store)
        self.shares = Shares(store, categories)
        self.sign_ins = SignIns(store)
        self.tokens = Tokens(store)
