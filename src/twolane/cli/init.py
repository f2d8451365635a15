"""`twolane init`: a settings file and a taxonomy that explain each entry, and the models that they name."""

from __future__ import annotations

import json as jsons
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import EXIT_MODEL, Context, Json, output_for
from twolane.cli.output import Output
from twolane.cli.readying import make_ready
from twolane.config.loading import (
    SETTINGS_FILE,
    TAXONOMY_FILE,
    examine,
    load_settings,
    settings_without_file,
)
from twolane.config.reference import describe_setting, example_of, setting_names, table_keys
from twolane.config.settings import Settings
from twolane.config.trust import trust
from twolane.errors import ModelMissingError, SettingsError
from twolane.hardware.plan.profiles import LaneChoice, Profile
from twolane.hardware.plan.profiles import profile as find_profile
from twolane.installed import EMBEDS_HERE, RUNS_HERE, check_embedded, lacks

# The model of Ollama's that knows about as many languages as our own embedder.
_SERVED_EMBEDDER = "bge-m3"


def init(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where the files go.")] = Path(),
    profile: Annotated[
        str | None,
        typer.Option(
            help="A hardware profile, A to E; else the one that suits this machine.",
            autocompletion=completing.profiles,
        ),
    ] = None,
    force: Annotated[bool, typer.Option(help="Overwrite files that are there.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Fetch the models that are lacking, unasked.")] = False,
    json: Json = False,
) -> int:
    """Write twolane.toml and taxonomy.toml for this machine, and offer to fetch what models are lacking."""
    context: Context = ctx.obj
    output = output_for(json)
    path = write_settings(folder, profile, context, output, force=force)
    settings = load_settings(file=path, flags=context.flags)
    if not make_ready(settings, output, yes=yes, later="`twolane models pull`, then `twolane up FOLDER`"):
        return EXIT_MODEL if yes else 0
    output.line("next: `twolane up FOLDER` takes your documents in, and shows the page")
    return 0


def write_settings(
    folder: Path, profile: str | None, context: Context, output: Output, *, force: bool = False
) -> Path:
    """Write both files for the profile that suits this machine, or is given, and return that of settings.

    Raises `SettingsError` where there is one already, and `NotFoundError` for an unknown profile.
    """
    from twolane.cli.hardware import show_proposal, show_verdict
    from twolane.config.ollama_host import where_ollama_is
    from twolane.hardware.machine.probe import probe
    from twolane.hardware.plan.choose import choose_profile, plan_profile

    given = find_profile(profile) if profile else None
    known = settings_without_file(context.flags)
    where = where_ollama_is(known.ollama_host)
    machine = probe(known.models_dir, ollama_url=where)
    proposal = choose_profile(machine)
    chosen = given or proposal.profile
    if not given and chosen.chat.runtime == "embedded":
        _check_embedded(known)
    plan = proposal.plan if chosen is proposal.profile else plan_profile(machine, chosen)
    taxonomy = resources.files("twolane.filing").joinpath("taxonomy.toml").read_text("utf-8")
    text = settings_text(chosen, where if known.ollama_host else "")
    written = _write(folder, text, taxonomy, force=force)
    for path in written:
        output.line(f"wrote {path}")
    with suppress(SettingsError):  # not fatal: the first command that reads the file explains how to trust it
        trust(examine(folder / SETTINGS_FILE))
    output.line(f"profile {chosen.name}: {chosen.title}; {chosen.reason}")
    if given:
        show_verdict(output, plan, f"profile {chosen.name} here: it")
    if chosen is not proposal.profile or not given:
        show_proposal(output, proposal)
    output.value({"files": written, "profile": chosen, "plan": plan, "proposal": proposal})
    return folder / SETTINGS_FILE


def _check_embedded(known: Settings) -> None:
    """Raise `ModelMissingError` rather than write settings for what is not installed: the file would stay.

    What variables and flags say is stronger than the file: lanes that they send elsewhere need nothing here.
    """
    lanes = (known.filing, known.chat)
    if all(one.url or one.runtime not in {"auto", "embedded"} or not one.use_model for one in lanes):
        return
    try:
        check_embedded(RUNS_HERE, *([EMBEDS_HERE] if known.embedding.runtime == "embedded" else []))
    except ModelMissingError as error:
        raise ModelMissingError(
            error.what, f"{error.remedy}; or install Ollama, start it, and run this again"
        ) from None


def _write(folder: Path, settings: str, taxonomy: str, *, force: bool) -> list[Path]:
    texts = {folder / SETTINGS_FILE: settings, folder / TAXONOMY_FILE: taxonomy}
    for path in texts:
        if path.exists() and not force:
            raise SettingsError(f"{path} is there already", "give another folder, or --force to overwrite it")
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return list(texts)


def _served_embedder(chosen: Profile) -> dict[str, str | int | bool]:
    """Return the settings that have the vectors made by Ollama too, where nothing here can make them."""
    if chosen.chat.runtime == "embedded" or not lacks(EMBEDS_HERE):
        return {}
    return {"embedding.runtime": "ollama", "embedding.model": _SERVED_EMBEDDER}


def settings_text(chosen: Profile, ollama_host: str = "") -> str:
    """Return the text of a settings file for a profile: every setting with its meaning and default.

    What runs a model follows from its name and address, so that a lane can be sent elsewhere by a url alone.
    """
    values: dict[str, str | int | bool] = {"ollama_host": ollama_host} if ollama_host else {}
    values |= {
        "filing.model": chosen.filing.model,
        "filing.context_tokens": chosen.filing.context_tokens,
        "chat.model": chosen.chat.model,
        "chat.context_tokens": chosen.chat.context_tokens,
    }
    for lane, choice in (("filing", chosen.filing), ("chat", chosen.chat)):
        values |= {f"{lane}.concurrency": choice.slots} if choice.slots > 1 else {}
        values |= {f"{lane}.threads": choice.threads} if choice.threads else {}
        if not choice.model:
            del values[f"{lane}.model"]
            values[f"{lane}.use_model"] = False
    values |= _served_embedder(chosen)
    lines = [
        f"# twolane's settings, for profile {chosen.name}: {chosen.title}.",
        f"# {chosen.reason[:1].upper()}{chosen.reason[1:]}; both models need about {chosen.memory_gb:g} GB.",
        "# A line that begins with # shows the default. Environment variables (TWOLANE_CHAT_MODEL and so on,",
        "# LLM_CLASSIFICATION_MODEL, LLM_CHAT_MODEL) are stronger than this file, flags are stronger still.",
        *_alternatives("filing", chosen.filing),
        *_alternatives("chat", chosen.chat),
        "",
    ]
    section = ""
    tables = [dotted for dotted in setting_names() if table_keys(dotted)]
    for dotted in setting_names():
        if dotted in tables:
            continue
        *sections, name = dotted.split(".")
        if sections and sections[0] != section:
            section = sections[0]
            lines += ["", f"[{section}]"]
        description, default = describe_setting(dotted)
        lines += [f"# {description}"] if description else []
        set_here = values.get(dotted)
        lines.append(
            f"{name} = {_toml(set_here)}" if set_here is not None else f"# {name} = {_shown(default)}"
        )
    for dotted in tables:  # last, since every line after a table's header belongs to that table
        lines += ["", f"# {describe_setting(dotted)[0]}; one table for each"]
        lines += [f"#{line}" for line in example_of(dotted)]
    return "\n".join(lines) + "\n"


def _alternatives(lane: str, choice: LaneChoice) -> list[str]:
    """Return comment lines with the models that a lane may use instead."""
    since = {other.model: f" ({other.since})" if other.since else "" for other in choice.alternatives}
    return [
        f"# For {lane}, instead: {other.model or 'no model'}: {other.why}{since[other.model]}"
        for other in choice.alternatives
    ]


def _toml(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    # what JSON escapes, TOML escapes alike
    return jsons.dumps(value, ensure_ascii=False)


def _shown(default: str) -> str:
    if default in {"True", "False", "[]"}:
        return default.lower()
    try:
        float(default)
    except ValueError:
        return f'"{default}"'
    return f'"{default}"' if default == "-1" else default
