"""`twolane init`: a settings file and a taxonomy, with comments that explain each entry."""

from __future__ import annotations

from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from twolane.cli.context import Json, output_for
from twolane.config.loading import SETTINGS_FILE, TAXONOMY_FILE, examine
from twolane.config.reference import describe_setting, example_of, setting_names, table_keys
from twolane.config.trust import trust
from twolane.errors import SettingsError
from twolane.hardware.plan.profiles import LaneChoice, Profile
from twolane.hardware.plan.profiles import profile as find_profile
from twolane.installed import install_line, lacks

# What comes with the extra `embedded`, and the model of Ollama's that knows about as many languages.
_EMBEDS_HERE, _RUNS_HERE = "onnxruntime", "xllamacpp"
_SERVED_EMBEDDER = "bge-m3"


def init(
    folder: Annotated[Path, typer.Argument(help="Where the files go.")] = Path(),
    profile: Annotated[
        str | None,
        typer.Option(help="A hardware profile, A to E; else the one that suits this machine."),
    ] = None,
    force: Annotated[bool, typer.Option(help="Overwrite files that are there.")] = False,
    json: Json = False,
) -> None:
    """Write twolane.toml and taxonomy.toml, for the profile that suits this machine."""
    from twolane.cli.hardware import show_proposal, show_verdict
    from twolane.hardware.machine.probe import probe
    from twolane.hardware.plan.choose import choose_profile, plan_profile

    output = output_for(json)
    given = find_profile(profile) if profile else None
    machine = probe()
    proposal = choose_profile(machine)
    chosen = given or proposal.profile
    plan = proposal.plan if chosen is proposal.profile else plan_profile(machine, chosen)
    texts = {
        folder / SETTINGS_FILE: settings_text(chosen),
        folder / TAXONOMY_FILE: resources.files("twolane.filing")
        .joinpath("taxonomy.toml")
        .read_text("utf-8"),
    }
    for path in texts:
        if path.exists() and not force:
            raise SettingsError(f"{path} is there already", "give another folder, or --force to overwrite it")
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
        output.line(f"wrote {path}")
    with suppress(SettingsError):  # not fatal: the first command that reads the file explains how to trust it
        trust(examine(folder / SETTINGS_FILE))
    output.line(f"profile {chosen.name}: {chosen.title}; {chosen.reason}")
    if given:
        show_verdict(output, plan, f"profile {chosen.name} here: it")
    if chosen is not proposal.profile or not given:
        show_proposal(output, proposal)
    output.line(_embedded_hint() if chosen.chat.runtime == "embedded" else _pull_hint(chosen))
    output.value({"files": list(texts), "profile": chosen, "plan": plan, "proposal": proposal})


def _served_embedder(chosen: Profile) -> dict[str, str | int | bool]:
    """Return the settings that have the vectors made by Ollama too, where nothing here can make them."""
    if chosen.chat.runtime == "embedded" or not lacks(_EMBEDS_HERE):
        return {}
    return {"embedding.runtime": "ollama", "embedding.model": _SERVED_EMBEDDER}


def _embedded_hint() -> str:
    install = f"`{install_line('embedded')}`, then " if lacks(_RUNS_HERE) else ""
    return f"next: {install}`twolane models pull`"


def _pull_hint(chosen: Profile) -> str:
    embedder = _served_embedder(chosen).get("embedding.model")
    models = [model for model in (chosen.filing.model, chosen.chat.model, embedder) if model]
    return "next: " + " and ".join(f"`ollama pull {model}`" for model in models)


def settings_text(chosen: Profile) -> str:
    """Return the text of a settings file for a profile: every setting with its meaning and default."""
    values: dict[str, str | int | bool] = {
        "filing.model": chosen.filing.model,
        "filing.runtime": chosen.filing.runtime,
        "filing.context_tokens": chosen.filing.context_tokens,
        "chat.model": chosen.chat.model,
        "chat.runtime": chosen.chat.runtime,
        "chat.context_tokens": chosen.chat.context_tokens,
    }
    for lane, choice in (("filing", chosen.filing), ("chat", chosen.chat)):
        values |= {f"{lane}.concurrency": choice.slots} if choice.slots > 1 else {}
        values |= {f"{lane}.threads": choice.threads} if choice.threads else {}
        if not choice.model:
            del values[f"{lane}.model"], values[f"{lane}.runtime"]
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
    return f'"{value}"' if isinstance(value, str) else str(value)


def _shown(default: str) -> str:
    if default in {"True", "False", "[]"}:
        return default.lower()
    try:
        float(default)
    except ValueError:
        return f'"{default}"'
    return f'"{default}"' if default == "-1" else default
