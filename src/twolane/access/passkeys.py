"""Passkeys: keys of people's devices, which sign what the server has made up for them alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twolane.access.challenges import Challenges
from twolane.access.users import Users
from twolane.errors import NotFoundError, PasswordError, SettingsError
from twolane.installed import install_line, lacks
from twolane.store.admitted import Admitting, Passkey, User

_MOST_NAME_CHARS = 100
_SIGNING_IN = "signing in"


@dataclass(frozen=True, slots=True)
class Site:
    """Where a browser is: keys are of a name, and sign for an origin. A name is no address."""

    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a device is to sign: the options that a browser gives it, and the id that comes back with it."""

    challenge_id: str
    options: Mapping[str, Any]


class Passkeys:
    """The passkeys of one library; safe to use from several threads. A challenge is good once.

    Any server of the library takes what was signed for another one of them.
    """

    def __init__(self, store: Admitting, users: Users) -> None:
        self._rows = store.passkeys
        self._users = users
        self._challenges = Challenges(self._rows.key)

    @property
    def are_here(self) -> bool:
        """Say whether the library that checks them is installed."""
        return not lacks("webauthn")

    def of(self, user: str) -> list[Passkey]:
        """List a user's passkeys, the oldest first."""
        return self._rows.of(user)

    def drop(self, user: str, credential_id: str) -> None:
        """Forget a user's passkey. Raises `NotFoundError`."""
        self._rows.drop(user, credential_id)

    def begin_adding(self, name: str, site: Site) -> Challenge:
        """Return what a device is to sign to become a user's. Raises `SettingsError` without the library."""
        self._check()
        import webauthn
        from webauthn.helpers import structs

        user = self._users.get(name)
        known = [
            structs.PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(one.credential_id))
            for one in self._rows.of(user.name)
        ]
        made = self._challenges.make(_adding(user.name))
        options = webauthn.generate_registration_options(
            challenge=made.challenge,
            rp_id=site.name,
            rp_name="twolane",
            user_name=user.name,
            user_display_name=user.full_name or user.name,
            user_id=hashlib.sha256(user.name.encode()).digest(),
            exclude_credentials=known,
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
        )
        return Challenge(made.challenge_id, json.loads(webauthn.options_to_json(options)))

    def add(
        self, name: str, challenge_id: str, credential: Mapping[str, Any], title: str, site: Site
    ) -> Passkey:
        """Keep a device's key that has signed its challenge. Raises `PasswordError` where it has not."""
        self._check()
        import webauthn
        from webauthn.helpers import exceptions

        user = self._users.get(name)
        signed = self._challenges.known(challenge_id, _adding(user.name))
        if signed is None:
            raise _too_late()
        try:
            made = webauthn.verify_registration_response(
                credential=dict(credential),
                expected_challenge=signed.challenge,
                expected_rp_id=site.name,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except (exceptions.WebAuthnException, ValueError, KeyError, TypeError):
            raise _wrong() from None
        shown = "".join(char for char in title if char.isprintable()).strip()[:_MOST_NAME_CHARS] or "passkey"
        key = Passkey(
            _text(made.credential_id), user.name, shown, made.credential_public_key, made.sign_count
        )
        return self._rows.add(key)

    def begin_sign_in(self, site: Site) -> Challenge:
        """Return what any device with a key for this site is to sign. Raises `SettingsError`."""
        self._check()
        import webauthn
        from webauthn.helpers import structs

        required = structs.UserVerificationRequirement.REQUIRED
        made = self._challenges.make(_SIGNING_IN)
        options = webauthn.generate_authentication_options(
            challenge=made.challenge, rp_id=site.name, user_verification=required
        )
        return Challenge(made.challenge_id, json.loads(webauthn.options_to_json(options)))

    def user_of(self, challenge_id: str, credential: Mapping[str, Any], site: Site) -> User:
        """Return the user whose device has signed its challenge. Raises `PasswordError` where none has."""
        self._check()
        import webauthn
        from webauthn.helpers import exceptions

        made = self._challenges.known(challenge_id, _SIGNING_IN)
        if made is None:
            raise _too_late()
        key = self._rows.by_id(str(credential.get("id", "")))
        if key is None:
            raise _wrong()
        try:
            signed = webauthn.verify_authentication_response(
                credential=dict(credential),
                expected_challenge=made.challenge,
                expected_rp_id=site.name,
                expected_origin=site.origin,
                credential_public_key=key.public_key,
                credential_current_sign_count=key.sign_count,
                require_user_verification=True,
            )
        except (exceptions.WebAuthnException, ValueError, KeyError, TypeError):
            raise _wrong() from None
        try:
            user = self._users.get(key.user)
        except NotFoundError:
            raise _wrong() from None
        if user.disabled_at:
            raise _wrong()
        if not self._rows.use(key.credential_id, signed.new_sign_count, made.made_at):
            raise _too_late()
        return user

    def _check(self) -> None:
        if not self.are_here:
            raise SettingsError(
                "passkeys are not installed here", f"run on the server: {install_line('sign_in')}"
            )


def _text(raw: bytes) -> str:
    import webauthn

    return webauthn.helpers.bytes_to_base64url(raw)


def _adding(user: str) -> str:
    return f"adding for {user}"


def _wrong() -> PasswordError:
    return PasswordError("this passkey is not known here", "take another one, or sign in by a password")


def _too_late() -> PasswordError:
    return PasswordError("that took too long", "try again")
