"""What every command gets: how to read the settings, open the library and print."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twolane.cli import completing
from twolane.cli.output import JsonOutput, Output, PeopleOutput
from twolane.errors import UntrustedSettingsError

if TYPE_CHECKING:
    from twolane.app import App
    from twolane.config.settings import Settings
    from twolane.documents import FileRecord

Json = Annotated[bool, typer.Option("--json", help="Print JSON, one value a line.")]
InCategory = Annotated[
    str,
    typer.Option(
        "--category", help="Only this category, and those within it.", autocompletion=completing.categories
    ),
]
Wide = Annotated[bool, typer.Option("--wide", help="Names whole, however long; piped they always are.")]

EXIT_ERROR, EXIT_SETTINGS, EXIT_MODEL, EXIT_SOME_FAILED = 1, 2, 3, 4
EXIT_NOT_IN_FILES, EXIT_UNCLEAR, EXIT_INTERRUPTED = 5, 6, 130


@dataclass(frozen=True, slots=True)
class Context:
    """The options given before the command's name."""

    settings_file: Path | None
    flags: dict[str, Any]
    output: Output
    _noticed: set[str] = field(default_factory=set)

    def settings(self, **flags: Any) -> Settings:
        """Read the settings, with more flags if any, and set up the log. Raises `SettingsError`.

        Notices about the settings are printed to standard error, each once.
        """
        from twolane.config.loading import load_settings
        from twolane.telemetry.logs import configure

        all_flags = {**self.flags, **flags}
        try:
            settings = load_settings(file=self.settings_file, flags=all_flags)
        except UntrustedSettingsError as error:
            if not self._trusts(error):
                raise
            settings = load_settings(file=self.settings_file, flags=all_flags)
        configure(settings.telemetry.log_format, settings.telemetry.log_level)
        for notice in settings.notices:
            if notice not in self._noticed:
                self.output.notice(notice)
                self._noticed.add(notice)
        return settings

    def _trusts(self, error: UntrustedSettingsError) -> bool:
        """Ask at a terminal whether to trust the settings file that was found, and remember a yes."""
        from twolane.config.trust import SettingsFile, trust

        if self.output.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        self.output.notice(error.what)
        if not typer.confirm("Trust this file until it changes?", err=True):
            return False
        record = trust(SettingsFile(Path(error.file), error.digest))
        self.output.notice(f"{error.file} is trusted now (remembered in {record})")
        return True

    @contextmanager
    def app(self) -> Iterator[App]:
        """Open the library, and close it at the end of the block; what the command did is in its audit."""
        from twolane.app import open_app
        from twolane.cli.audited import audited

        with open_app(self.settings()) as app, audited(app.access.audit):
            yield app


def warn_of_fit(settings: Settings, output: Output, lanes: Collection[str] = ("filing", "chat")) -> None:
    """Raise `SettingsError` for models that surely do not fit, and warn of those that may not."""
    from twolane.app import describe_lane
    from twolane.lanes.fit import check_fit

    plan = check_fit(settings, lanes, describe_lane)
    for condition in plan.conditions if plan else ():
        output.line(f"memory and cores: this fits only if {condition}", "yellow")


def added_file(app: App, path: Path) -> FileRecord:
    """Return the library's file at a path that was given. Raises `NotFoundError`."""
    from twolane.cli.named import nothing_at
    from twolane.system.paths import path_of_named

    record = app.library.file_at(path_of_named(path))
    if record is None:
        raise nothing_at(app, path)
    return record


def output_for(json: bool) -> Output:
    """Return the output that a command's `--json` asks for."""
    return JsonOutput() if json else PeopleOutput()
