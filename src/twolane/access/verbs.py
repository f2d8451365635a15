"""Who may come into a library and what each sees: its users, groups, shares, tokens and sign-ins."""

from __future__ import annotations

from collections.abc import Callable, Collection

from twolane.access.audit import Audit
from twolane.access.groups import Groups
from twolane.access.office import OfficeSignIn
from twolane.access.owners import OwnedFiles, Owners
from twolane.access.passkeys import Passkeys
from twolane.access.saved_views import SavedViews
from twolane.access.shares import Shares
from twolane.access.sign_ins import SignIns
from twolane.access.tokens import Tokens
from twolane.access.usage import Quotas
from twolane.access.users import Users
from twolane.config.server_settings import ServerSettings
from twolane.principal import Principal


class AccessVerbs:
    """The verbs of one library's access; `categories` are the ids of its categories.

    What everybody did is written until it is closed.
    """

    def __init__(
        self, store: OwnedFiles, categories: Callable[[], Collection[str]], settings: ServerSettings
    ) -> None:
        self.users = Users(store)
        self.groups = Groups(store)
        self.shares = Shares(store, categories)
        self.owners = Owners(store)
        self.sign_ins = SignIns(store)
        self.passkeys = Passkeys(store, self.users)
        self.office = OfficeSignIn(settings, self.users)
        self.tokens = Tokens(store)
        self.views = SavedViews(store)
        self.audit = Audit(store, settings.audit_days)
        self.quotas = Quotas(store, settings)
        self.close = self.audit.close
        self._owns = settings.uploads == "own"

    def owner_of_new(self, who: Principal) -> str:
        """Return whose a file is that somebody adds; "" for everybody."""
        return who.user or "" if self._owns else ""
