"""`twolane models add`: a model file of your own choice, looked into and verified before it is taken."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli.context import Context, Json, output_for
from twolane.cli.fetching import follow
from twolane.cli.output import Output, size
from twolane.cli.remove import confirmed
from twolane.errors import ModelFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twolane.lanes.model_file import ModelFileFacts
    from twolane.llm.base import PullProgress


def add(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(help="A GGUF file, or the https address of one.")],
    name: Annotated[str, typer.Option(help="What it is called from now on; else as its file is.")] = "",
    sha256: Annotated[str, typer.Option(help="The digest that it must have.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Take it with the digest that it has, unasked.")] = False,
    json: Json = False,
) -> None:
    """Add a model file to those that twolane runs itself, from a hub's address or from a file.

    It goes on where it stopped. What the file says of itself is read before it is taken. Its digest is shown,
    or held against --sha256, and remembered: `models verify` compares it.
    """
    from twolane.llm.catalogue import adding
    from twolane.llm.catalogue.models import ModelEntry

    context: Context = ctx.obj
    output = output_for(json)
    models_dir = context.settings().models_dir
    name, url = name or adding.name_for(source), ""
    adding.check_name(name)
    if "://" in source:
        source = url = adding.checked_url(source, verified=bool(sha256))
    else:
        source = str(Path(source).expanduser().absolute())
    waiting = adding.waiting_path(source, models_dir)
    follow(name, adding.gather(source, models_dir), output)
    found = _digest(name, adding.digest(waiting), output)
    facts = _checked(source, waiting, found, sha256)
    _show(name, facts, found, output)
    if not (sha256 or yes) and not confirmed(f"Take it as {name}?", output):
        output.line("not taken; what came is kept for the next try")
        return
    known = ModelEntry(
        name,
        "chat",
        (),
        licence=facts.licence or "not said",
        purpose=f"added by you: {facts.title or facts.architecture}",
        prompt_form=facts.prompt_form,
        context_tokens=facts.context_tokens,
    )
    taken = adding.take(adding.FetchedFile(waiting, found, url), known, models_dir)
    output.value({"name": name, "sha256": found, "file": models_dir / taken.files[0].name, "facts": facts})
    output.line(f'{name}: taken; `chat.model` or `filing.model` = "{name}" uses it')


def _checked(source: str, waiting: Path, found: str, sha256: str) -> ModelFileFacts:
    """Look into what has come; it is deleted where it is not what was wanted. Raises `ModelFileError`."""
    from twolane.lanes.model_file import look_into

    try:
        if sha256 and found != sha256.lower().removeprefix("sha256:"):
            raise ModelFileError(f"its digest is {found}", "compare it with what its maker says")
        return look_into(waiting)
    except ModelFileError as error:
        waiting.unlink()
        raise ModelFileError(f"{source} is not taken: {error.what}", error.remedy) from error


def _digest(name: str, steps: Iterator[PullProgress | str], output: Output) -> str:
    found = ""

    def progress() -> Iterator[PullProgress]:
        nonlocal found
        for step in steps:
            if isinstance(step, str):
                found = step
            else:
                yield step

    follow(name, progress(), output)
    return found


def _show(name: str, facts: ModelFileFacts, digest: str, output: Output) -> None:
    template = "yes" if facts.has_chat_template else "no: it is asked by plain text, and cannot chat well"
    rows = [
        ("says it is", f"{facts.title or '-'} ({facts.architecture})"),
        ("size", size(facts.size_bytes)),
        ("quantisation", facts.quantisation),
        ("longest context", f"{facts.context_tokens:,} tokens" if facts.context_tokens else "not said"),
        ("chat template", template),
        ("licence", facts.licence or "not said"),
    ]
    output.table((name, ""), rows)
    output.line(f"SHA-256: {digest}")  # outside the table, which would fold it
