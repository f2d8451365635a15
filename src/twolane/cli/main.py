"""The command line: parse, call, print.

Exit codes: 0 done · 1 an error · 2 wrong usage or settings · 3 a model or its server is not available ·
4 finished, but some files could not be done (quarantined) · 5 the files do not answer the question ·
130 interrupted.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from twolane.cli import completing
from twolane.cli.commands import CommandGroup
from twolane.cli.context import (
    EXIT_ERROR,
    EXIT_INTERRUPTED,
    EXIT_MODEL,
    EXIT_SETTINGS,
    Context,
    output_for,
)
from twolane.cli.output import Output
from twolane.errors import ModelError, ServerError, SettingsError, TwolaneError
from twolane.system.disk import is_no_room
from twolane.system.terminal import open_what_is_closed, write_every_letter
from twolane.trace import Trace, new_request_id, working_for
from twolane.version import described_version

log = logging.getLogger("twolane")

cli = typer.Typer(
    cls=CommandGroup,
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
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="One setting, such as chat.model=llama3.1:8b.",
            autocompletion=completing.settings,
        ),
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


def main(*, interrupts: bool = False) -> None:
    """Run the command line and exit with one of the documented codes.

    With `interrupts` Ctrl-C is heard from here on, where the process was to end by it so far.
    """
    open_what_is_closed()
    write_every_letter()
    code = _flushed(_run(interrupts=interrupts))
    # An abandoned thread, such as a batch of vectors at a second Ctrl-C, may still be in native code: there
    # the interpreter's ordinary exit would abort the program.
    if code == EXIT_INTERRUPTED or any(thread.daemon for thread in threading.enumerate()):
        _leave(code)
    sys.exit(code)


def _run(*, interrupts: bool = False) -> int:
    output = _output()
    try:
        if interrupts:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return cli(standalone_mode=False, prog_name="twolane") or 0
    except (typer.Abort, KeyboardInterrupt):
        output.line("stopped")
        return EXIT_INTERRUPTED
    except typer.TyperException as error:  # wrong usage, in the parser's own words
        from twolane.cli.misused import wrong_usage

        output.error(wrong_usage(error))
        return EXIT_SETTINGS
    except TwolaneError as error:
        output.error(error)
        return _exit_code(error)
    except BrokenPipeError:  # the reader of standard output has closed it
        sys.stderr.close()
        return EXIT_ERROR
    except Exception as error:  # noqa: BLE001 - the command line's main: it logs, and says what to do
        return _failed(output, error)


def _failed(output: Output, error: Exception) -> int:
    """Tell of an error that no command has foreseen; a full disk is nobody's fault."""
    if isinstance(error, OSError) and is_no_room(error):
        output.error(_no_room(error))
        return EXIT_ERROR
    log.error("unexpected error", exc_info=error)
    what = f"unexpected {type(error).__name__}: {error}"
    output.error(TwolaneError(what, "please report it with the lines above; no file of yours was changed"))
    return EXIT_ERROR


def _no_room(error: OSError) -> TwolaneError:
    from twolane.documents import display_path

    place = display_path(Path(os.fsdecode(error.filename))) if error.filename else "what was to be written"
    return TwolaneError(f"there is no room for {place}: {error.strerror}", "free some space, then try again")


def _flushed(code: int) -> int:
    """Write what standard output still holds; return the code to exit with."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        pass
    except OSError as error:
        _output().error(_no_room(error))
        code = code or EXIT_ERROR
    else:
        return code
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - or it is flushed again
    return code


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
