"""The office's own sign-in (OpenID Connect): it says who somebody is, by a code for this server alone."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from twolane.access.users import Users
from twolane.errors import AccessError, ConflictError, ServerError, SettingsError
from twolane.installed import install_line, lacks
from twolane.principal import Role
from twolane.store.admitted import User

if TYPE_CHECKING:
    from twolane.config.server_settings import ServerSettings

_TIMEOUT_S = 10.0
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]


@dataclass(frozen=True, slots=True)
class Errand:
    """What a browser carries while it is at the office's sign-in: only with it is the answer taken."""

    state: str
    nonce: str
    verifier: str

    @property
    def text(self) -> str:
        """It as a cookie keeps it."""
        return ".".join((self.state, self.nonce, self.verifier))

    @classmethod
    def parsed(cls, text: str) -> Errand | None:
        """Return what a cookie has kept, None for anything else."""
        parts = text.split(".")
        return cls(*parts) if len(parts) == 3 and all(parts) else None


class OfficeSignIn:
    """The sign-in that the settings name; it and nobody else is asked. Safe to use from several threads."""

    def __init__(self, settings: ServerSettings, users: Users) -> None:
        self._settings = settings
        self._users = users

    @property
    def name(self) -> str:
        """What it is called; "" where there is none, or the library for it is not installed."""
        is_there = bool(self._settings.oidc_issuer) and not lacks("authlib")
        return self._settings.oidc_name if is_there else ""

    def begin(self, back: str) -> tuple[str, Errand]:
        """Return where a browser has to go, and what it has to carry; `back` is where it comes back to."""
        known = self._discovered()
        errand = Errand(*(secrets.token_urlsafe(32) for _ in range(3)))
        with self._client(back) as client:
            url, _ = client.create_authorization_url(
                known["authorization_endpoint"],
                state=errand.state,
                nonce=errand.nonce,
                code_verifier=errand.verifier,
            )
        return str(url), errand

    def user_of(self, answer: str, errand: Errand, back: str) -> User:
        """Return the user whom the office's sign-in has let in; who is new here is added.

        `answer` is the address that the browser came back by. Raises `AccessError` where it let nobody in.
        """
        from authlib.common.errors import AuthlibBaseError

        known = self._discovered()
        try:
            with self._client(back) as client:
                token = client.fetch_token(
                    self._own(known["token_endpoint"]),
                    authorization_response=answer,
                    state=errand.state,
                    code_verifier=errand.verifier,
                )
        except (AuthlibBaseError, httpx.HTTPError, ValueError, KeyError) as error:
            raise _refused(type(error).__name__) from None
        return self._user(self._claims(str(token.get("id_token", "")), known, errand.nonce))

    def _client(self, back: str) -> Any:
        if lacks("authlib"):
            raise SettingsError(
                "the office's sign-in is not installed here", f"run on the server: {install_line('sign_in')}"
            )
        from authlib.integrations.httpx_client import OAuth2Client

        return OAuth2Client(
            self._settings.oidc_client_id,
            self._settings.oidc_client_secret.get_secret_value(),
            redirect_uri=back,
            scope="openid profile email",
            code_challenge_method="S256",
            trust_env=False,
            timeout=_TIMEOUT_S,
        )

    def _discovered(self) -> Mapping[str, Any]:
        issuer = self._settings.oidc_issuer
        known = self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if str(known.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
            raise ServerError("the office's sign-in calls itself otherwise", "correct server.oidc_issuer")
        return known

    def _get(self, url: str) -> Mapping[str, Any]:
        try:
            with httpx.Client(trust_env=False, timeout=_TIMEOUT_S) as client:
                found = client.get(self._own(url)).raise_for_status().json()
        except (httpx.HTTPError, ValueError):
            raise ServerError("the office's sign-in cannot be reached", "try again later") from None
        return found if isinstance(found, dict) else {}

    def _own(self, url: str) -> str:
        """Return an address of the issuer. Raises `ServerError` for any other: nobody else was named."""
        if urlsplit(url)[:2] != urlsplit(self._settings.oidc_issuer)[:2]:
            raise ServerError(
                "the office's sign-in leads to another server, which nobody has named",
                "take one whose addresses are its own",
            )
        return url

    def _claims(self, id_token: str, known: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        from joserfc import jwk, jwt
        from joserfc.errors import JoseError

        wanted: dict[str, Any] = {
            "iss": {"essential": True, "value": known["issuer"]},
            "aud": {"essential": True, "value": self._settings.oidc_client_id},
            "exp": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
            "sub": {"essential": True},
        }
        try:
            keys = jwk.KeySet.import_key_set(self._get(known["jwks_uri"]))  # type: ignore[arg-type]
            claims = jwt.decode(id_token, keys, algorithms=_ALGORITHMS).claims
            jwt.JWTClaimsRegistry(leeway=60, **wanted).validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _refused(type(error).__name__) from None
        return claims

    def _user(self, claims: Mapping[str, Any]) -> User:
        subject = f"{self._settings.oidc_issuer} {claims['sub']}"
        found = self._users.by_subject(subject)
        if found is None:
            name = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
            name = re.sub(r"[^\w.-]+", "-", name.partition("@")[0]).strip("-._")[:60]
            try:
                found = self._users.add(
                    name, self._role(claims), full_name=str(claims.get("name", ""))[:200], subject=subject
                )
            except (ConflictError, SettingsError) as error:  # whose name is taken is not that user
                raise _refused(error.what) from None
        if found.disabled_at:
            raise _refused("the user is disabled")
        return found

    def _role(self, claims: Mapping[str, Any]) -> Role:
        said = claims.get(self._settings.oidc_role_claim) if self._settings.oidc_role_claim else None
        named = said if isinstance(said, list) else [said]
        return next((role for role in Role if role.value in named), Role.READER)


def _refused(why: str) -> AccessError:
    return AccessError(f"the office's sign-in let nobody in: {why}", "try again, or sign in by a password")
