"""`twolane tokens`: keys that let scanners, phones and other programs do some things from elsewhere."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import Context, Json, output_for
from twolane.cli.named import known_token
from twolane.cli.output import counted, shown_moment
from twolane.errors import SettingsError
from twolane.principal import AccessToken, Right

if TYPE_CHECKING:
    from twolane.config.server_settings import ServerSettings

cli = typer.Typer(help="Keys that let scanners, phones and other programs do some things from elsewhere.")

_EXAMPLES = {
    Right.ADD: "api/v1/inbox -F file=@scan.pdf",
    Right.READ: "api/v1/files",
    Right.ASK: "v1/models",
    Right.METRICS: "metrics",
}

Named = Annotated[str, typer.Argument(metavar="NAME", help="Whom it is for, such as: scanner.")]
Known = Annotated[
    str, typer.Argument(metavar="NAME", help="A token's name.", autocompletion=completing.tokens)
]


@cli.callback(invoke_without_command=True)
def tokens(ctx: typer.Context) -> None:
    """Tokens; without a command they are listed."""
    if ctx.invoked_subcommand is None:
        list_(ctx)


@cli.command("make")
def make(
    ctx: typer.Context,
    name: Named,
    right: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RIGHT,...",
            help=f"What it lets its holder do: {', '.join(Right)}; add by default.",
            autocompletion=completing.rights,
        ),
    ] = None,
    for_: Annotated[
        str,
        typer.Option(
            "--for",
            metavar="USER",
            help="For whom it acts: it may no more, and sees no more.",
            autocompletion=completing.users,
        ),
    ] = "",
    ends: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="The last day it is good.")
    ] = None,
    json: Json = False,
) -> None:
    """Make a token, and print its secret: this once, since only its digest is kept."""
    from twolane.api.schemas.tokens import MadeTokenOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        user = app.access.users.get(for_).name if for_ else ""
        made = app.access.tokens.make(name, _named(right), ends.date() if ends else None, user)
        server = app.settings.server
    output.value(MadeTokenOut.of(made.token, made.secret))
    output.line(made.secret, "bold")
    output.line(f"This is shown once. {made.token.name} may {_rights(made.token)}, for example by:")
    asked = next((path for right, path in _EXAMPLES.items() if right in made.token.rights), "api/v1/session")
    output.line(f'curl -H "Authorization: Bearer TOKEN" {_address(server)}/{asked}')


@cli.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List tokens, when each was last used, and whether it is good."""
    from twolane.api.schemas.tokens import TokenOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        found = app.access.tokens.list()
    for one in found:
        output.value(TokenOut.model_validate(one))
    rows = [
        (
            one.name,
            one.user or "nobody",
            ", ".join(
                sorted(one.rights)
            ),  # by the words that --right takes: a table has no room for sentences
            shown_moment(one.made_at),
            _moment(one.used_at, "never"),
            _standing(one),
        )
        for one in found
    ]
    output.table(("name", "for", "may", "made", "last used", "good"), rows)
    output.line(counted(len(found), "token"))


@cli.command("revoke")
def revoke(ctx: typer.Context, name: Known, json: Json = False) -> None:
    """Revoke a token: it opens nothing from now on, at running servers too."""
    from twolane.api.schemas.tokens import TokenOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        revoked = app.access.tokens.revoke(known_token(app, name))
    output.value(TokenOut.model_validate(revoked))
    output.line(f"the token {revoked.name} opens nothing any more")


def _named(words: list[str] | None) -> list[Right]:
    """Return the rights that are named, one by one or with commas between them; add without any."""
    named = [word.strip() for part in words or ["add"] for word in part.split(",") if word.strip()]
    for word in named:
        if word not in set(Right):
            raise SettingsError(f"there is no right {word!r}", f"take some of: {', '.join(Right)}")
    return [Right(word) for word in named]


def _rights(token: AccessToken) -> str:
    return ", ".join(right.words for right in sorted(token.rights))


def _address(server: ServerSettings) -> str:
    """Return how other machines reach a server: by its name, and through the proxy where there is one."""
    scheme = "https" if server.proxies or server.tls_certificate else "http"
    port = "" if server.proxies else f":{server.port}"
    return f"{scheme}://{server.names[0] if server.names else 'HOST'}{port}"


def _moment(at: float, never: str) -> str:
    return shown_moment(at) if at else never


def _standing(token: AccessToken) -> str:
    if token.revoked_at:
        return f"revoked {shown_moment(token.revoked_at)}"
    if not token.ends_at:
        return "yes"
    last_day = shown_moment(token.ends_at - 1).split()[0]
    return f"until {last_day}" if token.ends_at > time.time() else f"ended {last_day}"
