"""The settings of the server: where it listens, who comes in and how, and how much is taken."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from twolane.config.addresses import OtlpUrl
from twolane.config.frozen import Frozen
from twolane.config.guard import Guarded, Harmless
from twolane.config.tables import Words


def _check_networks(value: tuple[str, ...]) -> tuple[str, ...]:
    for one in value:
        try:
            ipaddress.ip_network(one)
        except ValueError:
            raise ValueError(
                f"{one!r} is no address or network, such as 127.0.0.1 or 172.30.0.0/24"
            ) from None
    return value


Networks = Annotated[Words, AfterValidator(_check_networks)]


class ServerSettings(Frozen):
    """The API and the page."""

    host: Guarded[str] = Field("127.0.0.1", description="the address to listen on")
    port: Harmless[int] = Field(8642, ge=0, le=65_535, description="the port; 0 takes a free one")
    names: Guarded[Words] = Field((), description="more host names under which it may be addressed")
    login: Guarded[bool] = Field(
        True,
        description="false: whoever reaches the port is let in, and may do everything (--no-login), while "
        "there are no users",
    )
    proxies: Guarded[Networks] = Field(
        (),
        description="addresses or networks of the proxies in front of it, whose X-Forwarded-For and "
        "X-Forwarded-Proto are believed",
    )
    user_header: Guarded[str] = Field(
        "",
        pattern=r"^[A-Za-z0-9-]*$",
        description="the header by which those proxies say whom they have let in, such as Remote-User",
    )
    tls_certificate: Guarded[str] = Field(
        "", description="a file with the certificate of its name, for TLS without a proxy (PEM, whole chain)"
    )
    oidc_issuer: Guarded[OtlpUrl] = Field(
        "",
        description="the office's own sign-in (OpenID Connect), such as https://id.example.org/realms/office",
    )
    oidc_client_id: Guarded[str] = Field("", description="what that sign-in calls this program")
    oidc_client_secret: Guarded[SecretStr] = Field(
        SecretStr(""), description="the secret that goes with that; its address back is /signin/office/back"
    )
    oidc_name: Harmless[str] = Field(
        "the office", max_length=100, description="what that sign-in is called on the page"
    )
    oidc_role_claim: Guarded[str] = Field(
        "",
        description="the claim that says a new user's role: admin, member or reader, or a list with one; "
        "without one they are readers",
    )
    tls_key: Guarded[str] = Field("", description="the file with that certificate's key")
    upload_limit_bytes: Harmless[int] = Field(268_435_456, ge=1, description="largest upload")
    quota_questions_per_day: Harmless[int] = Field(
        0, ge=0, description="so many questions a user or token may ask a day (UTC); 0 is without limit"
    )
    quota_upload_bytes_per_day: Harmless[int] = Field(
        0, ge=0, description="so much a user or token may add a day (UTC); 0 is without limit"
    )
    uploads: Guarded[Literal["own", "shared"]] = Field(
        "own", description="whose the files are that users add: their own, or everybody's"
    )
    audit_days: Harmless[int] = Field(
        365, ge=1, le=36_500, description="so long it is kept who did what, where there are users"
    )
    audit_questions: Guarded[bool] = Field(
        False, description="true: the audit has the words of questions and searches, too"
    )
    mcp: Guarded[Literal["all", "read", "off"]] = Field(
        "all", description="which tools agents find at /mcp: all, those that only read, or none"
    )
    grace_s: Harmless[float] = Field(
        25.0,
        ge=0,
        le=86_400,
        description="answers under way may end within this after SIGTERM; Ctrl-C cuts them off",
    )
