"""The only reader of settings files and environment variables: they become one frozen tree.

Weakest to strongest: the defaults of the tree, `twolane.toml`, environment variables, command line flags.
"""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from twolane.config.addresses import without_password
from twolane.config.folders import configuration_folder
from twolane.config.mistakes import explain, unknown
from twolane.config.reference import (
    ENV_PREFIX,
    SEE_ALL,
    env_name,
    field_of,
    hint,
    is_guarded,
    nearest,
    setting_names,
    shown,
)
from twolane.config.renames import RENAMED, RETIRED, converted, new_name, notice, old_names
from twolane.config.settings import NOT_SETTINGS, Settings
from twolane.config.trust import SettingsFile, digest_of, is_trusted
from twolane.errors import SettingsError, UntrustedSettingsError

SETTINGS_FILE = "twolane.toml"
TAXONOMY_FILE = "taxonomy.toml"
_SETTINGS_VARIABLE = "TWOLANE_SETTINGS"  # names the settings file itself
_NO_SETTINGS = {_SETTINGS_VARIABLE, "TWOLANE_TOKEN"}  # and what shows another server who asks
_ENV_FILE = "_FILE"
_ENV_ALIASES = {
    "LLM_CLASSIFICATION_MODEL": "filing.model",
    "LLM_CHAT_MODEL": "chat.model",
    "OLLAMA_HOST": "ollama_host",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "telemetry.otlp_endpoint",
}


@dataclass(frozen=True, slots=True)
class _Given:
    """One setting as it was given: `origin` is where, `notice` a notice about it to the user, or ""."""

    dotted: str
    value: Any
    origin: str
    notice: str = ""


@dataclass(slots=True)
class _SettingsDraft:
    """The settings given so far, as a tree; `origins` has for each dotted name where it came from."""

    tree: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    digest: str = ""  # of the file

    def has(self, dotted: str) -> bool:
        """Say whether something was given for a setting."""
        tree: Any = self.tree
        for part in dotted.split("."):
            if not isinstance(tree, dict) or part not in tree:
                return False
            tree = tree[part]
        return True

    def table_of(self, dotted: str) -> tuple[dict[str, Any], str]:
        """Return the table that a setting which is there stands in, and its name within it."""
        *sections, name = dotted.split(".")
        tree = self.tree
        for section in sections:
            tree = tree[section]
        return tree, name

    def put(self, given: _Given) -> None:
        """Set one setting, replacing what was given before."""
        *sections, name = given.dotted.split(".")
        tree = self.tree
        for section in sections:
            tree = tree.setdefault(section, {})
            if not isinstance(tree, dict):
                raise SettingsError(
                    f"{given.origin}: [{section}] is not a table in the settings file", "make it one"
                )
        tree[name] = given.value
        inner = f"{given.dotted}."  # the tables of a file that this replaces
        self.origins = {key: origin for key, origin in self.origins.items() if not key.startswith(inner)}
        self.origins[given.dotted] = given.origin
        self.notices += [given.notice] if given.notice else []

    def drop_retired(self) -> None:
        """Take out what has no effect any more, with a notice of what to do instead."""
        for dotted, instead in RETIRED.items():
            section, _, name = dotted.partition(".")
            if self.has(dotted):
                del self.tree[section][name]
                origin = self.origins.get(dotted, section)
                self.notices.append(f"{origin}: {dotted} has no effect any more: {instead}")


def load_settings(
    *,
    file: Path | None = None,
    env: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Settings:
    """Read the settings: `flags` (dotted names such as "chat.model") over `env` over the file.

    Without `file` or TWOLANE_SETTINGS, `twolane.toml` of the working folder is read, or else that of the
    user's configuration folder, or else none. Raises `SettingsError` with file and line, variable or flag;
    `UntrustedSettingsError` where the file of the working folder sets what only a trusted one may.
    """
    env = os.environ if env is None else env
    named = file or (Path(env[_SETTINGS_VARIABLE]) if env.get(_SETTINGS_VARIABLE) else None)
    path = named or _found_file()
    settings, read = _load(path, env, flags or {})
    if read is None or named or _is_users(read.path) or is_trusted(read):
        return settings
    if read.guarded:
        raise _untrusted(read)
    found = f"{read.path}, found in the working folder, is in use; `twolane trust` ends this notice"
    return settings.model_copy(update={"notices": (*settings.notices, found)})


def settings_without_file(flags: Mapping[str, Any]) -> Settings:
    """Read the settings of environment and flags alone, before there is a file. Raises `SettingsError`."""
    return _load(None, os.environ, flags)[0]


def examine(path: Path) -> SettingsFile:
    """Read a settings file alone, and return what needs trust in it. Raises `SettingsError`."""
    read = _load(path, {}, {})[1]
    assert read
    return read


def _load(
    path: Path | None, env: Mapping[str, str], flags: Mapping[str, Any]
) -> tuple[Settings, SettingsFile | None]:
    """Return the settings, and the file that was read with what it guards and nothing stronger replaces."""
    draft = _read_file(path) if path else _SettingsDraft()
    by_file = {dotted for dotted in setting_names() if draft.has(dotted)}
    for given in (*_from_env(env), *_from_flags(flags)):
        draft.put(given)
        by_file.discard(given.dotted)
    draft.drop_retired()
    try:
        settings = Settings.model_validate(draft.tree)
    except ValidationError as error:
        raise explain(error, path, draft.origins) from None
    read = None
    if path:
        base = path.resolve().parent
        names = [name for name in setting_names() if name in by_file and is_guarded(name, settings, base)]
        guarded = tuple(shown(name, settings) for name in names)
        read = SettingsFile(path.absolute(), draft.digest, guarded)
    source = read.path if read else None
    results = {"source": source, "notices": tuple(draft.notices), "origins": draft.origins}
    settings = settings.model_copy(update=results)
    return _with_absolute_paths(settings), read


def _found_file() -> Path | None:
    here, users = Path(SETTINGS_FILE), configuration_folder() / SETTINGS_FILE
    try:
        return next((path for path in (here, users) if path.is_file()), None)
    except OSError as error:  # it is not passed over: it may say what must not leave this machine
        what = f"{users.parent} cannot be looked into for settings: {error.strerror}"
        raise SettingsError(what, "make it readable to you, or name a file by --settings") from None


def _is_users(path: Path) -> bool:
    users = configuration_folder() / SETTINGS_FILE
    return users.is_file() and users.samefile(path)


def _untrusted(read: SettingsFile) -> UntrustedSettingsError:
    return UntrustedSettingsError(
        f"{read.path} was found in the working folder and is not trusted, and it sets "
        f"{', '.join(read.guarded)}: whoever wrote it would decide where your documents go",
        f"read it, and if it is yours: `twolane trust {shlex.quote(str(read.path))}` (until it changes), or "
        "name it with --settings or TWOLANE_SETTINGS; if it is not, work in another folder",
        file=str(read.path),
        digest=read.digest,
    )


def _read_file(path: Path) -> _SettingsDraft:
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
        tree = tomllib.loads(text)
    except FileNotFoundError:
        raise SettingsError(f"{path}: no such settings file", "create one with `twolane init`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}", "make it a readable UTF-8 file") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not valid TOML: {error}", "correct that line") from None
    origins = {dotted: f"{path}:{line}" for dotted, line in _key_lines(text)}
    draft = _SettingsDraft(tree, origins, digest=digest_of(content))
    for name in NOT_SETTINGS & tree.keys():
        raise unknown(name, draft.origins.get(name, str(path)))
    for old in filter(draft.has, RENAMED):
        _rename(draft, old, str(path))
    return draft


def _rename(draft: _SettingsDraft, old: str, path: str) -> None:
    """Give a setting or table of a file its present name."""
    new, origin = new_name(old), draft.origins.get(old, path)
    if draft.has(new):
        raise SettingsError(f"{origin}: {old} is called {new} now, and both are there", f"keep {new}")
    table, name = draft.table_of(old)
    value = _as_today(old, table.pop(name), origin)
    table, name = draft.table_of(new)
    table[name] = value
    draft.origins |= {new_name(key): where for key, where in draft.origins.items() if new_name(key) != key}
    draft.notices.append(f"{origin}: {notice(old, old, new)}")


def _as_today(old: str, value: Any, origin: str) -> Any:
    try:
        return converted(old, value)
    except ValueError as error:
        raise SettingsError(f"{origin}: {old}: {without_password(str(error))}", hint(new_name(old))) from None


def _key_lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield (dotted key, line number): tomllib itself does not keep the lines of keys.

    A key of the second [[shared_path]] is "shared_path.1.here".
    """
    entries: Counter[str] = Counter()

    def numbered(name: str) -> str:
        parts = name.split(".")
        tables = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        table = next((table for table in tables if entries[table]), "")
        return f"{table}.{entries[table] - 1}{name.removeprefix(table)}" if table else name

    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]", line):
            entries[header[2]] += header[1] == "[["
            section = numbered(header[2]) + "."
            yield section[:-1], number
        elif key := re.match(r"\s*([\w.\-]+)\s*=", line):
            yield section + key[1], number


def _from_env(env: Mapping[str, str]) -> Iterator[_Given]:
    """Yield each variable of twolane; unknown ones are errors.

    A variable with _FILE after a setting's name names a file that holds the value: a container's secret.
    """
    today = {env_name(dotted): dotted for dotted in (*setting_names(), *RETIRED)}
    before = {env_name(old): old for dotted in today.values() for old in old_names(dotted)}
    variable_of: dict[str, str] = {}
    for name, value in sorted(env.items()):
        origin = f"environment variable {name}"
        # Ollama itself takes an empty one as none
        if name in _ENV_ALIASES and (value.strip() or _ENV_ALIASES[name] != "ollama_host"):
            yield _Given(_ENV_ALIASES[name], value, origin)
        if not name.startswith(ENV_PREFIX) or name in _NO_SETTINGS:
            continue
        plain = name if name in today or name in before else name.removesuffix(_ENV_FILE)
        if plain not in today and plain not in before:
            raise SettingsError(f"{origin}: there is no such setting", nearest(name, today) or SEE_ALL)
        written = today.get(plain) or before[plain]
        dotted = new_name(written)
        if dotted in variable_of:
            raise SettingsError(f"{variable_of[dotted]} and {name} are both set", "keep one of them")
        variable_of[dotted] = name
        text = value if plain == name else _read_secret(name, Path(value))
        now = env_name(dotted) + name.removeprefix(plain)
        yield _given(written, text, origin, f"environment variable {name}", now)


def _read_secret(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"environment variable {name}: {path} cannot be read: {error}", "name a readable UTF-8 file"
        ) from None


def _from_flags(flags: Mapping[str, Any]) -> Iterator[_Given]:
    """Yield each flag that is given; None means that it is not."""
    known = setting_names()
    flag_of: dict[str, str] = {}
    for name, value in flags.items():
        dotted = new_name(name)
        if dotted not in known and dotted not in RETIRED:
            raise unknown(name, "")
        if value is None:
            continue
        if dotted in flag_of:
            raise SettingsError(f"flags for {flag_of[dotted]} and {name} are both given", "keep one of them")
        flag_of[dotted] = name
        yield _given(name, value, f"flag for {name}", f"setting {name}", dotted)


def _given(name: str, value: Any, origin: str, written: str, now: str) -> _Given:
    """Return what a variable or a flag gives, in the present form; `now` is the present name for a notice."""
    dotted = new_name(name)
    typed = value if dotted in RETIRED else _typed(dotted, value)
    if name == dotted:
        return _Given(dotted, typed, origin)
    return _Given(dotted, _as_today(name, typed, origin), origin, notice(name, written, now))


def _typed(dotted: str, value: Any) -> Any:
    """Turn the text of a variable into the setting's type; what does not fit is left for validation."""
    kind = field_of(dotted).annotation
    if kind not in {bool, int, float} or not isinstance(value, str):
        return value
    try:
        return TypeAdapter(kind).validate_strings(value.strip())
    except ValidationError:
        return value


def _with_absolute_paths(settings: Settings) -> Settings:
    """Resolve relative paths against the settings file's folder, or else the working folder."""
    base = settings.source.resolve().parent if settings.source else Path.cwd()

    def absolute(path: Path) -> Path:
        return base / path.expanduser()

    taxonomy = settings.filing.taxonomy
    if taxonomy:
        taxonomy = str(absolute(Path(taxonomy)))
    elif (beside := base / TAXONOMY_FILE).is_file() and settings.source:
        taxonomy = str(beside)
    return settings.model_copy(
        update={
            "data_dir": absolute(settings.data_dir),
            "turns_dir": str(absolute(Path(settings.turns_dir))) if settings.turns_dir else "",
            "models_dir": absolute(settings.models_dir),
            "organize": settings.organize.model_copy(
                update={"root": str(absolute(Path(root))) if (root := settings.organize.root) else ""}
            ),
            "shared_path": tuple(
                shared.model_copy(update={"here": absolute(shared.here)}) for shared in settings.shared_path
            ),
            "filing": settings.filing.model_copy(update={"taxonomy": taxonomy}),
        }
    )
