"""`twolane tag`: words of the user's own for files, and `twolane tags`, which lists them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import Context, Json, added_file, output_for
from twolane.cli.output import counted


def tag(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="A file that has been added.")],
    tags: Annotated[list[str], typer.Argument(help="Words of your own.", autocompletion=completing.tags)],
    remove: Annotated[bool, typer.Option("--remove", help="Take them from the file.")] = False,
    json: Json = False,
) -> None:
    """Tag a file: `twolane files --tag` and questions find it by that."""
    from twolane.api.schemas.files import FileOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        record = added_file(app, path)
        change = app.facts.untag if remove else app.facts.tag
        tagged = change(record.file_id, tags)
        output.value(FileOut.model_validate(tagged))
        output.line(f"{path}: {', '.join(tagged.tags) or 'no tags'}")


def tags(ctx: typer.Context, json: Json = False) -> None:
    """List the tags, and how many files have each."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        counts = app.library.counts().tags
        for name, files in counts.items():
            output.value({"tag": name, "files": files})
        output.table(("tag", "files"), [(name, str(files)) for name, files in counts.items()])
        output.line(counted(len(counts), "tag"))
