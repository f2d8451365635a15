"""`twolane users`: who may sign in, and what each is in the library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.audited import machine_user
from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import Output, counted, shown_moment
from twolane.cli.passwords import PasswordFile, new_password
from twolane.cli.remove import confirmed
from twolane.errors import SettingsError
from twolane.principal import Role

if TYPE_CHECKING:
    from twolane.store.admitted import Departure, User

cli = typer.Typer(help="Who may sign in, and what each is in the library: admin, member or reader.")

Named = Annotated[
    str,
    typer.Argument(metavar="NAME", help="The name that they sign in with.", autocompletion=completing.users),
]


@cli.callback(invoke_without_command=True)
def users(ctx: typer.Context) -> None:
    """Users; without a command they are listed."""
    if ctx.invoked_subcommand is None:
        list_(ctx)


@cli.command("add")
def add(
    ctx: typer.Context,
    name: Named,
    role: Annotated[
        Role | None, typer.Option(help="By default admin for the first user, and member for all others.")
    ] = None,
    full_name: Annotated[str, typer.Option(help="How they are called.")] = "",
    no_password: Annotated[
        bool, typer.Option("--no-password", help="The office's sign-in or a proxy lets them in.")
    ] = False,
    password_file: PasswordFile = None,
    json: Json = False,
) -> None:
    """Add a user. With the first one, everybody has to sign in from then on, at running servers too."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        is_first = not app.access.users.any()
        password = "" if no_password else new_password(password_file, name)
        added = app.access.users.add(name, role, password=password, full_name=full_name)
    _say(output, added, f"{added.name} may sign in, as {added.role}")
    if is_first:
        output.line("From now on everybody has to sign in; whoever was let in without a name is no more.")


@cli.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List users, what each is, and when each was here last."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        found = app.access.users.list()
    _show(output, found)


@cli.command("role")
def role(
    ctx: typer.Context,
    name: Named,
    role: Annotated[Role, typer.Argument(metavar="ROLE", help="admin, member or reader.")],
    json: Json = False,
) -> None:
    """Give a user another role: an admin manages, a member adds and corrects, a reader asks and reads."""
    context: Context = ctx.obj
    with context.app() as app:
        changed = app.access.users.set_role(name, role)
    _say(output_for(json), changed, f"{changed.name} is {changed.role} from now on")


@cli.command("password")
def password(ctx: typer.Context, name: Named, password_file: PasswordFile = None, json: Json = False) -> None:
    """Give a user a new password, and sign them out everywhere."""
    context: Context = ctx.obj
    with context.app() as app:
        whose = app.access.users.get(name).name
        changed = app.access.users.set_password(whose, new_password(password_file, whose))
    _say(output_for(json), changed, f"{changed.name} signs in with the new password from now on")


@cli.command("disable")
def disable(ctx: typer.Context, name: Named, json: Json = False) -> None:
    """Let a user in no more: sign-ins and tokens end at once, their files and decisions stay."""
    context: Context = ctx.obj
    with context.app() as app:
        changed = app.access.users.disable(name)
    _say(output_for(json), changed, f"{changed.name} may not sign in any more")


@cli.command("enable")
def enable(ctx: typer.Context, name: Named, json: Json = False) -> None:
    """Let a user in again who was disabled."""
    context: Context = ctx.obj
    with context.app() as app:
        changed = app.access.users.enable(name)
    _say(output_for(json), changed, f"{changed.name} may sign in again")


@cli.command("remove")
def remove(
    ctx: typer.Context,
    name: Named,
    files_to: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who owns their files then.", autocompletion=completing.users),
    ] = None,
    files_to_everybody: Annotated[
        bool, typer.Option("--files-to-everybody", help="Their files have no owner then.")
    ] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would end.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> int:
    """Remove a user for good. What they did stays under the name, which nobody else can get."""
    from twolane.api.schemas.access import DepartureOut

    if files_to and files_to_everybody:
        raise SettingsError("the files go to one or to everybody", "leave one of the two options out")
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        heir = "" if files_to_everybody else files_to
        left = app.access.users.leaving(name, heir)
        _show_left(output, left, heir)
        if not preview and not yes and not confirmed(f"Remove {left.user.name} for good?", output):
            output.line("nothing was changed")
            return 0
        if not preview:
            left = app.access.users.remove(name, heir, machine_user())
            output.line(f"{left.user.name} was removed")
    output.value(DepartureOut.of(left))
    return 0


@cli.command("sessions")
def sessions(ctx: typer.Context, name: Named, json: Json = False) -> None:
    """List what a user is signed in with."""
    from twolane.api.schemas.session import SignInOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        found = app.access.sign_ins.of(app.access.users.get(name).name)
    for one in found:
        output.value(SignInOut.model_validate(one))
    rows = [
        (one.method, one.sender, shown_moment(one.began_at), shown_moment(one.used_at), one.agent)
        for one in found
    ]
    output.table(("by", "from", "since", "last used", "with"), rows)
    output.line(counted(len(found), "sign-in"))


@cli.command("sign-out")
def sign_out(ctx: typer.Context, name: Named, json: Json = False) -> None:
    """Sign a user out everywhere, at once."""
    from twolane.api.schemas.session import EndedOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        ended = app.access.sign_ins.end_all(app.access.users.get(name).name)
    output.value(EndedOut(ended=ended))
    output.line(f"{counted(ended, 'sign-in')} of {name} ended")


def _say(output: Output, user: User, words: str) -> None:
    from twolane.api.schemas.access import UserOut

    output.value(UserOut.of(user))
    output.line(words)


def _show_left(output: Output, left: Departure, heir: str | None) -> None:
    whose = {None: "say whose they shall be: --files-to NAME, or --files-to-everybody", "": "everybody's"}
    rows = [
        ("files", left.files, whose.get(heir, f"{heir}'s") if left.files else ""),
        ("conversations", left.conversations, "deleted"),
        ("saved views", left.views, "deleted"),
        ("tokens", left.tokens, "revoked"),
        ("passkeys", left.passkeys, "deleted"),
        ("sign-ins", left.sign_ins, "end"),
        ("groups", left.groups, "without them"),
        ("shares", left.shares, "without them"),
    ]
    shown = [(what, str(count), becomes) for what, count, becomes in rows if count]
    if shown:
        output.table(("what they have", "number", "what becomes of it"), shown)


def _show(output: Output, found: Sequence[User]) -> None:
    from twolane.api.schemas.access import UserOut

    for user in found:
        output.value(UserOut.of(user))
    rows = [
        (
            user.name,
            user.full_name,
            user.role.value,
            shown_moment(user.seen_at) if user.seen_at else "never",
            f"no, since {shown_moment(user.disabled_at)}" if user.disabled_at else "yes",
        )
        for user in found
    ]
    output.table(("name", "called", "role", "last here", "may sign in"), rows)
    nobody = "no users: the library has one person, who may do all"
    output.line(counted(len(found), "user") if found else nobody)
