"""The command line: parse, call, print.

Exit codes: 0 done · 1 an error · 2 wrong usage or settings · 3 a model or its server is not available ·
4 finished, but some files could not be done (quarantined) · 5 the files do not answer the question ·
130 interrupted.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from twolane.cli import (
    add,
    apply,
    ask,
    audit,
    backup,
    bundle,
    compare,
    conversations,
    correspondents,
    doctor,
    duplicates,
    exclude,
    fields,
    files,
    groups,
    hardware,
    history,
    importing,
    init,
    mail,
    mcp,
    migrate_store,
    models,
    opening,
    placements,
    plan,
    prove,
    reclassify,
    remove,
    restore,
    review,
    runtime,
    serve,
    sharing,
    status,
    tags,
    taxonomy,
    tokens,
    top,
    trust,
    undo,
    up,
    users,
    watch,
    worker,
)
from twolane.cli.context import Context, output_for
from twolane.cli.output import Output
from twolane.errors import ModelError, ServerError, SettingsError, TwolaneError
from twolane.system.terminal import write_every_letter
from twolane.trace import Trace, new_request_id, working_for
from twolane.version import described_version

log = logging.getLogger("twolane")

EXIT_ERROR, EXIT_SETTINGS, EXIT_MODEL, EXIT_INTERRUPTED = 1, 2, 3, 130

cli = typer.Typer(
    help="Files your documents with a small model and answers questions with a large one, offline.",
    epilog=(
        "Exit codes: 0 done, 1 an error, 2 wrong usage or settings, 3 a model or server is not available, "
        "4 done but some files failed, 5 the files do not answer the question, 130 interrupted."
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"twolane {described_version()}")
        raise typer.Exit


@cli.callback()
def options(
    ctx: typer.Context,
    settings: Annotated[Path | None, typer.Option(help="The settings file to read.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where the library is kept.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="One setting, such as chat.model=llama3.1:8b."),
    ] = None,
    log_format: Annotated[
        str | None, typer.Option(metavar="text|json", help="How the log is written to standard error.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what happens.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback acts before any command
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options given before the command's name."""
    ctx.with_resource(working_for(Trace(new_request_id())))
    flags: dict[str, Any] = {"data_dir": str(data_dir.absolute()) if data_dir else None}
    flags["telemetry.log_format"] = log_format
    flags["telemetry.log_level"] = "info" if verbose else None
    for pair in set_ or []:
        name, equals, value = pair.partition("=")
        if not equals:
            raise SettingsError("one --set is not NAME=VALUE", "write it like chat.model=llama3.1:8b")
        flags[name.strip()] = value
    ctx.obj = Context(settings, flags, _output())


cli.command("init")(init.init)
cli.command("up")(up.up)
cli.command("trust")(trust.trust)
cli.command("add")(add.add)
cli.add_typer(importing.cli, name="import")
cli.command("status")(status.status)
cli.command("files")(files.files)
cli.command("correct")(files.correct)
cli.command("remove")(remove.remove)
cli.command("trash")(remove.trash)
cli.command("exclude")(exclude.exclude)
cli.command("vacuum")(remove.vacuum)
cli.command("duplicates")(duplicates.duplicates)
cli.command("tag")(tags.tag)
cli.command("tags")(tags.tags)
cli.command("review")(review.review)
cli.add_typer(placements.cli, name="placements")
cli.command("reclassify")(reclassify.reclassify)
cli.command("plan")(plan.plan)
cli.add_typer(plan.cli, name="plans")
cli.command("apply")(apply.apply)
cli.command("undo")(undo.undo)
cli.command("history")(history.history)
cli.command("ask")(ask.ask)
cli.command("chat")(ask.chat)
cli.add_typer(conversations.cli, name="conversations")
cli.command("compare")(compare.compare)
cli.command("serve")(serve.serve)
cli.command("open")(opening.open_)
cli.command("watch")(watch.watch)
cli.command("worker")(worker.worker)
cli.command("mcp")(mcp.mcp)
cli.add_typer(models.cli, name="models")
cli.add_typer(runtime.cli, name="runtime")
cli.add_typer(taxonomy.cli, name="taxonomy")
cli.add_typer(correspondents.cli, name="correspondents")
cli.add_typer(fields.cli, name="fields")
cli.add_typer(users.cli, name="users")
cli.add_typer(groups.cli, name="groups")
cli.command("share")(sharing.share)
cli.command("unshare")(sharing.unshare)
cli.command("shares")(sharing.shares)
cli.add_typer(tokens.cli, name="tokens")
cli.command("audit")(audit.audit)
cli.add_typer(mail.cli, name="mail")
cli.command("top")(top.top)
cli.command("doctor")(doctor.doctor)
cli.command("hardware")(hardware.hardware)
cli.command("prove")(prove.prove)
cli.command("backup")(backup.backup)
cli.command("backups")(backup.backups)
cli.command("restore")(restore.restore)
cli.command("bundle")(bundle.bundle)
cli.command("migrate-store")(migrate_store.migrate_store)


def main() -> None:
    """Run the command line and exit with one of the documented codes."""
    write_every_letter()
    code = _run()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    # An abandoned thread, such as a batch of vectors at a second Ctrl-C, may still be in native code: there
    # the interpreter's ordinary exit would abort the program.
    if code == EXIT_INTERRUPTED or any(thread.daemon for thread in threading.enumerate()):
        _leave(code)
    sys.exit(code)


def _run() -> int:
    output = _output()
    try:
        return cli(standalone_mode=False) or 0
    except (typer.Abort, KeyboardInterrupt):
        output.line("stopped")
        return EXIT_INTERRUPTED
    except typer.TyperException as error:  # wrong usage, in the parser's own words
        message = getattr(error, "format_message", error.__str__)()
        output.error(
            SettingsError(message, "`twolane --help` and `twolane COMMAND --help` show what there is")
        )
        return EXIT_SETTINGS
    except TwolaneError as error:
        output.error(error)
        return _exit_code(error)
    except BrokenPipeError:  # the reader of standard output has closed it
        sys.stderr.close()
        return EXIT_ERROR
    except Exception as error:
        log.exception("unexpected error")
        what = f"unexpected {type(error).__name__}: {error}"
        output.error(
            TwolaneError(what, "please report it with the lines above; no file of yours was changed")
        )
        return EXIT_ERROR


def _output() -> Output:
    """Return where errors and notices go; here the command's own `--json` has not been parsed."""
    return output_for("--json" in sys.argv)


def _leave(code: int) -> NoReturn:
    """End the process at once; its children end too, and its jobs go to others when their leases run out."""
    logging.shutdown()
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


def _exit_code(error: TwolaneError) -> int:
    if isinstance(error, SettingsError):
        return EXIT_SETTINGS
    return EXIT_MODEL if isinstance(error, ModelError | ServerError) else EXIT_ERROR
