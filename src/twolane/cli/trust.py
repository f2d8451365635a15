"""`twolane trust`: a settings file of the user's own may name addresses, folders and files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twolane.cli.context import Json, output_for
from twolane.config.loading import SETTINGS_FILE, examine
from twolane.config.trust import SettingsFile, distrust
from twolane.config.trust import trust as remember


def trust(
    file: Annotated[Path, typer.Argument(help="The settings file.")] = Path(SETTINGS_FILE),
    forget: Annotated[bool, typer.Option("--forget", help="Trust it no longer.")] = False,
    json: Json = False,
) -> None:
    """Trust a settings file until it changes: found in the working folder, it may then set everything.

    Without trust it may not name addresses, hosts, folders or files: it could come with an archive.
    """
    output = output_for(json)
    if forget:
        was_trusted = distrust(SettingsFile(file, ""))
        output.line(f"{file.absolute()} is not trusted" + (" any more" if was_trusted else ""))
        output.value({"file": file.absolute(), "trusted": False})
        return
    read = examine(file)
    record = remember(read)
    output.line(f"{read.path} is trusted until it changes (remembered in {record})")
    output.line(f"it sets {', '.join(read.guarded) or 'nothing that needs trust'}")
    output.value({"file": read.path, "trusted": True, "sha256": read.digest, "guarded": read.guarded})
