"""One frozen tree of settings, and the only reader of settings files and environment variables.

Weakest to strongest: the defaults here, `twolane.toml`, environment variables, command line flags.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic.fields import FieldInfo

from twolane.config.addresses import (
    BlobsUrl,
    HttpUrls,
    OtlpUrl,
    QueueUrl,
    SharedPaths,
    StoreUrl,
    without_password,
)
from twolane.errors import SettingsError

SETTINGS_FILE = "twolane.toml"
TAXONOMY_FILE = "taxonomy.toml"
_ENV_PREFIX = "TWOLANE_"
_ENV_FILE = "_FILE"
_ENV_OTHER = {"TWOLANE_SETTINGS"}  # names the settings file itself
_ENV_ALIASES = {
    "LLM_CLASSIFICATION_MODEL": ("filing", "model"),
    "LLM_CHAT_MODEL": ("chat", "model"),
    "OTEL_EXPORTER_OTLP_ENDPOINT": ("watch", "otlp_endpoint"),
}

Runtime = Literal["auto", "embedded", "ollama", "openai", "scripted"]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            yield name, without_password(value) if isinstance(value, str) else value


class LaneSettings(_Frozen):
    """One lane's model and limits."""

    model: str = Field("", description="the model's name, as its runtime knows it")
    runtime: Runtime = Field(
        "auto",
        description="what runs it: embedded, ollama, openai (any compatible server) or scripted (for tests); "
        "auto is embedded for models of `twolane models list` and .gguf files, else what the url says",
    )
    url: HttpUrls = Field(
        "",
        description="the model server's address, or several: a list, or separated by commas; "
        "empty is the runtime's usual one",
    )
    api_key: SecretStr = Field(SecretStr(""), description="for servers that want one")
    context_tokens: int = Field(4096, ge=256, le=1_048_576, description="one fixed context length")
    threads: int = Field(
        0,
        ge=0,
        le=1024,
        description="0 is all cores where the lanes take turns, else a share; a server elsewhere decides",
    )
    concurrency: int = Field(1, ge=1, le=256, description="requests under way at once, at each address")
    max_waiting: int = Field(64, ge=0, le=100_000, description="requests that may wait; more are refused")
    first_token_timeout_s: Seconds = Field(300.0, description="longest wait for an answer to begin")
    between_tokens_timeout_s: Seconds = Field(60.0, description="longest pause within an answer")
    total_timeout_s: Seconds = Field(900.0, description="longest time for one request")
    keep_alive: str = Field("-1", description="how long the model stays in memory: -1 for ever, or 30m, 1h")

    @property
    def urls(self) -> tuple[str, ...]:
        """Return the addresses one by one; none where the url is empty."""
        return tuple(self.url.split(",")) if self.url else ()


class FilingSettings(LaneSettings):
    """The filing lane."""

    model: str = Field("", description="the small model (LLM_CLASSIFICATION_MODEL); empty is the profile's")
    context_tokens: int = Field(2048, ge=256, le=1_048_576, description="one fixed context length")
    first_token_timeout_s: Seconds = Field(120.0, description="longest wait for an answer to begin")
    total_timeout_s: Seconds = Field(180.0, description="longest time for one request")
    taxonomy: str = Field("", description="the taxonomy file; empty is the one beside the settings, or ours")
    use_model: bool = Field(True, description="false: rules and similarity alone decide, no small model")
    review_below: float = Field(0.5, ge=0, le=1, description="less certain than this goes to review")
    workers: int = Field(2, ge=1, le=256, description="files in work at once")
    longest_wait_s: Seconds = Field(
        60.0,
        description="with chat_first: longest wait for answers, then a fifteenth of it is filing's own",
    )


class ChatSettings(LaneSettings):
    """The chat lane."""

    model: str = Field("", description="the large model (LLM_CHAT_MODEL); empty is the profile's")
    passages: int = Field(5, ge=1, le=50, description="passages shown to the model")
    passage_tokens: int = Field(1200, ge=100, le=100_000, description="most tokens of passages in a prompt")
    answer_tokens: int = Field(400, ge=16, le=32_768, description="longest answer")


class EmbeddingSettings(_Frozen):
    """What turns passages into vectors."""

    model: str = Field("all-minilm-l6-v2", description="a model of `twolane models list`, or a folder")
    runtime: Literal["embedded", "ollama", "openai", "off"] = Field("embedded", description="what runs it")
    url: HttpUrls = Field("", description="the server's address, or several, as in a lane")
    api_key: SecretStr = Field(SecretStr(""), description="for servers that want one")
    threads: int = Field(1, ge=1, le=1024, description="threads of the embedded embedder")
    total_timeout_s: Seconds = Field(120.0, description="longest time for one request")


class ExtractSettings(_Frozen):
    """The limits under which files are read."""

    timeout_s: Seconds = Field(60.0, description="longest time for one file")
    memory_limit_bytes: int = Field(1_610_612_736, ge=134_217_728, description="most memory for one file")
    file_limit_bytes: int = Field(536_870_912, ge=1, description="larger files are not read")
    text_limit_chars: int = Field(8_000_000, ge=1000, description="text beyond this is not kept")
    processes: int = Field(1, ge=1, le=64, description="files read at once")
    ocr: Literal["auto", "tesseract", "rapidocr", "off"] = Field("auto", description="how scans are read")
    ocr_languages: str = Field("eng", description="tesseract's languages, such as eng+deu")
    ocr_pages: int = Field(20, ge=0, description="most pages of one file that are read by OCR")


class ServerSettings(_Frozen):
    """The API and the page."""

    host: str = Field("127.0.0.1", description="the address to listen on")
    port: int = Field(8642, ge=0, le=65_535, description="the port; 0 takes a free one")
    names: str = Field(
        "",
        description="more host names under which it may be addressed, comma-separated",
    )
    upload_limit_bytes: int = Field(268_435_456, ge=1, description="largest upload")
    grace_s: float = Field(
        25.0,
        ge=0,
        le=86_400,
        description="answers under way may end within this after SIGTERM; Ctrl-C cuts them off",
    )


class WatchSettings(_Frozen):
    """The log, and where spans go."""

    log_format: Literal["text", "json"] = Field("text", description="lines for people, or JSON for programs")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "error", description="what is logged; info has each request, retrieval, model call and job"
    )
    otlp_endpoint: OtlpUrl = Field(
        "",
        description="where spans are sent as OTLP over HTTP, such as http://127.0.0.1:4318; empty sends none "
        "(OTEL_EXPORTER_OTLP_ENDPOINT)",
    )
    service_name: str = Field("twolane", description="this program's name in its spans")


class WorkerSettings(_Frozen):
    """Processes that work off the queue."""

    host: str = Field("127.0.0.1", description="where /livez, /readyz and /metrics of a worker are")
    port: int = Field(0, ge=0, le=65_535, description="their port; 0 is nowhere")
    grace_s: Seconds = Field(30.0, description="running jobs may end within this when a worker is stopped")


class Settings(_Frozen):
    """Everything that can be set; read once, frozen, passed down."""

    data_dir: Path = Field(
        Path(platformdirs.user_data_dir("twolane", appauthor=False)),
        strict=False,
        description="where the library is kept",
    )
    models_dir: Path = Field(
        Path(platformdirs.user_cache_dir("twolane", appauthor=False)) / "models",
        strict=False,
        description="where fetched models are kept",
    )
    store_url: StoreUrl = Field(
        "",
        description="empty is library.db in data_dir; sqlite:///FILE, or postgresql://user:password@host:5432/name",
    )
    queue_url: QueueUrl = Field(
        SecretStr("local"),
        description="what tells workers of queued jobs: local, redis://, rediss://, amqp:// or amqps://",
    )
    queue_name: str = Field(
        "twolane",
        pattern=r"^[A-Za-z0-9_.-]{1,100}$",
        description="keeps libraries apart that share a queue's server",
    )
    shared_paths: SharedPaths = Field(
        "",
        description="where this machine has folders that were added elsewhere: RECORDED=HERE, several with ;",
    )
    blobs_url: BlobsUrl = Field(
        SecretStr(""),
        description="where the content of files is kept for workers that do not see them: file:///folder, "
        "s3://KEY:SECRET@host/bucket or, without TLS, s3+http://...; empty: they read the files themselves",
    )
    lease_s: Seconds = Field(60.0, description="a job whose worker is silent for this long is done again")
    check_fit: bool = Field(True, description="false: start even where the models surely do not fit")
    max_attempts: int = Field(4, ge=1, le=100, description="tries before a job is parked")
    chat_first: bool = Field(
        True,
        description="filing waits while an answer is computed on this machine; see filing.longest_wait_s",
    )
    turns_dir: str = Field(
        "",
        description="a folder that containers of one machine share: filing waits for answers of all of them, "
        "at whatever addresses the models are",
    )
    filing: FilingSettings = FilingSettings()
    chat: ChatSettings = ChatSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    extract: ExtractSettings = ExtractSettings()
    server: ServerSettings = ServerSettings()
    watch: WatchSettings = WatchSettings()
    worker: WorkerSettings = WorkerSettings()
    source: Path | None = Field(None, strict=False, description="the settings file that was read")


def child_environment(names: Iterable[str] | None = None) -> dict[str, str]:
    """Return the variables that a child process is given: all of ours, or only those of these names."""
    return {name: value for name, value in os.environ.items() if names is None or name in names}


def load_settings(
    *,
    file: Path | None = None,
    env: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Settings:
    """Read the settings: `flags` (dotted names such as "chat.model") over `env` over the file.

    Without `file`, `twolane.toml` of the working folder is read, or else that of the user's configuration
    folder, or else none. Raises `SettingsError` with file and line, variable or flag.
    """
    env = os.environ if env is None else env
    path = file or _find_file(env)
    tree, origins = _read_file(path) if path else ({}, {})
    for dotted, value, origin in (*_from_env(env), *_from_flags(flags or {})):
        _put(tree, dotted, value, origin)
        origins[dotted] = origin
    try:
        settings = Settings.model_validate({**tree, "source": path})
    except ValidationError as error:
        raise _explain(error, path, origins) from None
    return _with_absolute_paths(settings)


def _find_file(env: Mapping[str, str]) -> Path | None:
    if named := env.get("TWOLANE_SETTINGS"):
        return Path(named)
    here = Path(SETTINGS_FILE)
    user = Path(platformdirs.user_config_dir("twolane", appauthor=False)) / SETTINGS_FILE
    return next((path for path in (here, user) if path.is_file()), None)


def _read_file(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8")
        tree = tomllib.loads(text)
    except FileNotFoundError:
        raise SettingsError(f"{path}: no such settings file", "create one with `twolane init`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}", "make it a readable UTF-8 file") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not valid TOML: {error}", "correct that line") from None
    return tree, {dotted: f"{path}:{line}" for dotted, line in _key_lines(text)}


def _key_lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield (dotted key, line number): tomllib itself does not keep the lines of keys."""
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w.\-]+)\s*\]", line):
            section = header[1] + "."
            yield header[1], number
        elif key := re.match(r"\s*([\w.\-]+)\s*=", line):
            yield section + key[1], number


def _from_env(env: Mapping[str, str]) -> Iterator[tuple[str, Any, str]]:
    """Yield (dotted name, value, origin) for each variable that is ours; unknown ones are errors.

    A variable with _FILE behind a setting's name names a file that holds the value: a secret of a container.
    """
    known = {_env_name(dotted): dotted for dotted in setting_names()}
    for name, value in sorted(env.items()):
        if name in _ENV_ALIASES:
            yield ".".join(_ENV_ALIASES[name]), value, f"environment variable {name}"
        elif name.startswith(_ENV_PREFIX) and name not in _ENV_OTHER:
            if name not in known and (plain := name.removesuffix(_ENV_FILE)) in known:
                if plain in env:
                    raise SettingsError(f"{plain} and {name} are both set", "keep one of them")
                text = _read_secret(name, Path(value))
                yield known[plain], _typed(known[plain], text), f"environment variable {name}"
                continue
            if name not in known:
                raise SettingsError(
                    f"environment variable {name}: there is no such setting",
                    _nearest(name, known) or "see docs/settings.md for all names",
                )
            yield known[name], _typed(known[name], value), f"environment variable {name}"


def _read_secret(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"environment variable {name}: {path} cannot be read: {error}", "name a readable UTF-8 file"
        ) from None


def _from_flags(flags: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    known = setting_names()
    for dotted, value in flags.items():
        if dotted not in known:
            remedy = _nearest(dotted, known) or "see docs/settings.md for all settings"
            raise SettingsError(f"there is no setting {dotted!r}", remedy)
        if value is not None:
            typed = _typed(dotted, value) if isinstance(value, str) else value
            yield dotted, typed, f"flag for {dotted}"


def _typed(dotted: str, value: str) -> Any:
    """Turn the text of a variable into the setting's type; what does not fit is left for validation."""
    kind = _field(dotted).annotation
    if kind is bool:
        return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(
            value.strip().lower(), value
        )
    for number in (int, float):
        if kind is number:
            try:
                return number(value)
            except ValueError:
                return value
    return value


def _field(dotted: str) -> FieldInfo:
    model: type[BaseModel] = Settings
    *sections, name = dotted.split(".")
    for section in sections:
        annotation = model.model_fields[section].annotation
        assert isinstance(annotation, type)
        assert issubclass(annotation, BaseModel)
        model = annotation
    return model.model_fields[name]


def setting_names() -> list[str]:
    """List every setting's dotted name, such as "chat.model"."""

    def walk(model: type[BaseModel], prefix: str) -> Iterator[str]:
        for name, field in model.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
                yield from walk(field.annotation, f"{prefix}{name}.")
            elif name != "source":
                yield prefix + name

    return list(walk(Settings, ""))


def describe_setting(dotted: str) -> tuple[str, str]:
    """Return a setting's (description, default as text)."""
    field = _field(dotted)
    default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    return field.description or "", str(default)


def _env_name(dotted: str) -> str:
    return _ENV_PREFIX + dotted.replace(".", "_").upper()


def _put(tree: dict[str, Any], dotted: str, value: Any, origin: str) -> None:
    *sections, name = dotted.split(".")
    for section in sections:
        tree = tree.setdefault(section, {})
        if not isinstance(tree, dict):
            raise SettingsError(f"{origin}: [{section}] is not a table in the settings file", "make it one")
    tree[name] = value


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else ""


def _explain(error: ValidationError, path: Path | None, origins: Mapping[str, str]) -> SettingsError:
    """Turn pydantic's report into one message: where, which setting, what is wrong, what to do."""
    first = error.errors(include_url=False)[0]
    dotted = ".".join(str(part) for part in first["loc"])
    where = origins.get(dotted) or next(
        (origin for key, origin in origins.items() if key.startswith(dotted + ".")), str(path or "settings")
    )
    if first["type"] == "extra_forbidden":
        return SettingsError(
            f"{where}: there is no setting {dotted!r}",
            _nearest(dotted, [*setting_names(), *Settings.model_fields])
            or "see docs/settings.md for all settings",
        )
    problem = first["msg"].removeprefix("Value error, ")
    problem = problem[:1].lower() + problem[1:]
    given = "" if _is_secret(dotted) else f" = {without_password(repr(first['input']))}"
    return SettingsError(f"{where}: {dotted}{given}: {problem}", _hint(dotted))


def _is_secret(dotted: str) -> bool:
    try:
        return isinstance(_field(dotted).default, SecretStr)
    except (KeyError, AttributeError):
        return False


def _hint(dotted: str) -> str:
    try:
        description, default = describe_setting(dotted)
    except (KeyError, AttributeError):
        return "see docs/settings.md for all settings"
    return f"{dotted}: {description} (default: {default or 'empty'})" if description else ""


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
            "filing": settings.filing.model_copy(update={"taxonomy": taxonomy}),
        }
    )
