"""Users: who may come in, by which password, and what each is in the library."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING

from twolane.access.named import known_user
from twolane.access.passwords import hashed, is_password, is_weak
from twolane.access.tries import WrongTries, network_of
from twolane.errors import ConflictError, PasswordError, SettingsError, SignInTriesError
from twolane.principal import Principal, Role
from twolane.store.admitted import Admitting, Departure, User, UserChange

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = re.compile(r"[^\W_][\w.-]{0,62}[^\W_]|[^\W_]")
_MOST_FROM_ADDRESS = 50  # of all names together: a whole office may have one
_SLOWED_S = 3.0


class Users:
    """The users of one library; safe to use from several threads.

    Without any, the library has one person, who may do everything.
    """

    def __init__(self, store: Admitting) -> None:
        self._store = store
        self._rows = store.users
        self._wrong = WrongTries()
        self._wrong_from = WrongTries(most=_MOST_FROM_ADDRESS)
        self._wrong_for = WrongTries()

    def any(self) -> bool:
        """Say whether there are users."""
        return self._rows.any()

    def list(self) -> list[User]:
        """List all by name, disabled ones too."""
        return self._rows.all()

    def get(self, name: str) -> User:
        """Return a user. Raises `NotFoundError`."""
        return known_user(self._store, name)

    def add(
        self,
        name: str,
        role: Role | None = None,
        *,
        password: str = "",
        full_name: str = "",
        subject: str = "",
    ) -> User:
        """Add a user; the first is an admin, and all who came in without a name have to sign in from then on.

        Without a password another way in is needed: the office's sign-in, or a proxy's header. Raises
        `SettingsError` for what is no name, and `ConflictError` where it is taken.
        """
        if not _NAME.fullmatch(name):
            raise SettingsError(
                f"{name!r} is no name of a user", "take letters, digits, and . _ - between them: ada.lovelace"
            )
        is_first = not self._rows.any()
        if is_first and role not in {None, Role.ADMIN}:
            raise ConflictError(
                "the first user of a library manages it", "make an admin first, then the others"
            )
        kept = hashed(password) if password else ""
        chosen = role or (Role.ADMIN if is_first else Role.MEMBER)
        added = self._rows.add(User(name, chosen, full_name.strip(), kept, subject))
        if is_first:
            self._store.sign_ins.end_all("")
        return added

    def set_role(self, name: str, role: Role) -> User:
        """Give a user another role, at once. Raises `ConflictError` for the last admin."""
        return self._rows.change(self.get(name).name, UserChange(role=role))

    def set_password(self, name: str, password: str, *, but: str = "") -> User:
        """Give a user a password, and end all sign-ins but one of the id `but`. Raises `SettingsError`."""
        user = self.get(name)
        changed = self._rows.change(user.name, UserChange(password=hashed(password)))
        self._store.sign_ins.end_all(user.name, but=but)
        return changed

    def set_full_name(self, name: str, full_name: str) -> User:
        """Set how a user is called. Raises `NotFoundError`."""
        return self._rows.change(self.get(name).name, UserChange(full_name=full_name.strip()))

    def set_settings(self, name: str, settings: Mapping[str, str]) -> User:
        """Keep what a user has set of the page. Raises `NotFoundError`."""
        return self._rows.change(self.get(name).name, UserChange(settings=settings))

    def note_seen(self, name: str) -> None:
        """Note that a user was here just now."""
        self._rows.note_seen(name)

    def disable(self, name: str) -> User:
        """Let a user come in no more: sign-ins and tokens end at once, files and decisions stay."""
        return self._rows.disable(self.get(name).name)

    def enable(self, name: str) -> User:
        """Let a user come in again; tokens are good again, sign-ins are not."""
        return self._rows.enable(self.get(name).name)

    def leaving(self, name: str, files_to: str | None = None) -> Departure:
        """Return what a user would leave who is removed, as `remove` does. Raises `NotFoundError`."""
        self._heir(files_to)
        return self._rows.leaving(self.get(name).name)

    def remove(self, name: str, files_to: str | None = None, by: str = "") -> Departure:
        """Remove a user for good: all that lets them in ends at once, and conversations are deleted.

        Files go to another user, or are everybody's with ""; what was done stays under the name, which nobody
        else ever gets. Raises `NotFoundError`, and `ConflictError` where there are files and nobody is named
        for them, or where nobody would manage the library.
        """
        return self._rows.remove(self.get(name).name, self._heir(files_to), by)

    def _heir(self, files_to: str | None) -> str | None:
        return self.get(files_to).name if files_to else files_to

    def by_password(self, name: str, password: str, sender: str = "") -> User:
        """Return the user whose name and password these are; `sender` is the address that they came from.

        Raises `PasswordError` where they are none, and `SignInTriesError` where too many wrong ones have come
        lately for this name from this address, or from this address, and this user is signed in nowhere
        there. An unknown name takes as long as a wrong password.
        """
        whose, where = _key(name), network_of(sender)
        tried = f"{whose} from {where}"
        self._try(self._wrong, tried)  # counted before it is looked at, or many at once would all be
        is_counted = self._wrong_from.note(where)
        if not is_counted and not self._is_known_at(name, sender):
            raise _too_many(self._wrong_from.wait_s(where))
        self._wrong_for.note(whose)
        user = self._checked(name, password)
        self._wrong.forget(tried)
        self._wrong_for.take_back(whose)
        if is_counted:
            self._wrong_from.take_back(where)
        return user

    def check_own(self, name: str, password: str, sign_in_id: str = "") -> None:
        """Check the password of a user who is signed in already: what strangers try is not counted here.

        Raises as `by_password` does.
        """
        tried = f"{_key(name)} as {sign_in_id}"
        self._try(self._wrong, tried)
        self._checked(name, password)
        self._wrong.forget(tried)

    def slowed_s(self, name: str, sender: str) -> float:
        """Return how long a password waits to be looked at, where many wrong ones came for its name."""
        is_slow = self._wrong_for.wait_s(_key(name)) > 0 and not self._is_known_at(name, sender)
        return _SLOWED_S if is_slow else 0.0

    def _is_known_at(self, name: str, sender: str) -> bool:
        """Say whether a user is signed in from an address already."""
        user, where = self._rows.by_name(name), network_of(sender)
        signed_in = self._store.sign_ins.of(user.name) if user else []
        return any(network_of(one.sender) == where for one in signed_in)

    def _checked(self, name: str, password: str) -> User:
        user = self._rows.by_name(name)
        known = user is not None and bool(user.password)
        right = is_password(user.password if user and known else _nobodys(), password)
        if user is None or not known or not right or user.disabled_at:
            raise PasswordError("name or password is wrong", "try again, or ask who manages this library")
        if is_weak(user.password):
            self._rows.change(user.name, UserChange(password=hashed(password)))
        return user

    def by_subject(self, subject: str) -> User | None:
        """Return the user whom an office's sign-in calls so."""
        return self._rows.by_subject(subject)

    def principal(self, name: str, sign_in_id: str = "") -> Principal | None:
        """Return what a user may do and see by now; None for whom there is not, or who is disabled."""
        user = self._rows.by_name(name)
        if user is None or user.disabled_at:
            return None
        access = None if user.role is Role.ADMIN else self._store.shares.access_of(user.name)
        return Principal(user.name, rights=user.role.rights, access=access, sign_in_id=sign_in_id)

    def _try(self, tries: WrongTries, key: str) -> None:
        if not tries.note(key):
            raise _too_many(tries.wait_s(key))


def _key(name: str) -> str:
    return name.casefold()[:100]


def _too_many(wait_s: float) -> SignInTriesError:
    whole_s = math.ceil(wait_s)
    return SignInTriesError(
        "too many wrong passwords were tried", f"wait {whole_s} s, then try again", whole_s
    )


@cache
def _nobodys() -> str:
    """Return a kept password that is compared with where there is none, so that it takes the same time."""
    return hashed("a password that nobody has set")
