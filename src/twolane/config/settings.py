"""The frozen tree of settings: every name, its default, its bounds and its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    model_validator,
)

from twolane.config.addresses import (
    BlobsUrl,
    MailUrl,
    OtlpUrl,
    StoreUrl,
    WakeupUrl,
    with_password,
)
from twolane.config.folders import cache_folder, data_folder
from twolane.config.frozen import Frozen, Seconds
from twolane.config.guard import Guarded, Harmless
from twolane.config.lane_settings import ChatSettings, EmbeddingSettings, FilingSettings
from twolane.config.server_settings import ServerSettings
from twolane.config.tables import Tables
from twolane.errors import SettingsError

NOT_SETTINGS = frozenset(
    {"source", "notices", "origins"}
)  # results of reading the settings, which cannot be set


class ExtractSettings(Frozen):
    """The limits under which files are read."""

    cpu_limit_s: Harmless[Seconds] = Field(
        60.0, description="most processor time for one file: a busy machine cuts nothing short"
    )
    memory_limit_bytes: Harmless[int] = Field(
        1_610_612_736, ge=134_217_728, description="most memory for one file"
    )
    file_limit_bytes: Harmless[int] = Field(536_870_912, ge=1, description="larger files are not read")
    text_limit_chars: Harmless[int] = Field(8_000_000, ge=1000, description="text beyond this is not kept")
    passages_limit: Harmless[int] = Field(
        4000, ge=16, description="most passages of one file that are indexed; of more a fair sample is"
    )
    pictures_limit_bytes: Harmless[int] = Field(
        268_435_456, ge=0, description="pictures of pages that are kept beside the library, all together"
    )
    processes: Harmless[int] = Field(
        0, ge=0, le=64, description="files read at once that take a moment; 0 is half of the cores, at most 4"
    )
    slow_processes: Harmless[int] = Field(
        0,
        ge=0,
        le=64,
        description="files read at once that take longer, such as scans; "
        "0 is all cores but one, as memory allows",
    )
    ocr: Harmless[Literal["auto", "tesseract", "rapidocr", "off"]] = Field(
        "auto", description="how scans are read"
    )
    # Without a dot: tesseract takes a path out of its folder for a language, and loads what lies there.
    ocr_languages: Harmless[str] = Field(
        "auto",
        pattern=r"^[A-Za-z0-9_~+/-]{1,200}$",
        description="tesseract's languages, such as eng+deu; auto is what each page shows itself to be in",
    )
    ocr_pages: Harmless[int] = Field(200, ge=0, description="most pages of one file that are read by OCR")
    ocr_page_cpu_limit_s: Harmless[Seconds] = Field(
        30.0, description="processor time that each page read by OCR adds to its file's"
    )


class TelemetrySettings(Frozen):
    """The log, and where spans go."""

    log_format: Harmless[Literal["text", "json"]] = Field(
        "text", description="lines for people, or JSON for programs"
    )
    log_level: Harmless[Literal["debug", "info", "warning", "error"]] = Field(
        "warning",
        description="what is logged; warning has outages as they begin and end, info each request, "
        "retrieval, model call and job",
    )
    otlp_endpoint: Guarded[OtlpUrl] = Field(
        "",
        description="where spans are sent as OTLP over HTTP, such as http://127.0.0.1:4318; empty sends none "
        "(OTEL_EXPORTER_OTLP_ENDPOINT)",
    )
    service_name: Harmless[str] = Field("twolane", description="this program's name in its spans")


class WorkerSettings(Frozen):
    """Processes that work off the queue."""

    host: Guarded[str] = Field("127.0.0.1", description="where /livez, /readyz and /metrics of a worker are")
    port: Harmless[int] = Field(0, ge=0, le=65_535, description="their port; 0 is nowhere")
    grace_s: Harmless[Seconds] = Field(
        30.0, description="running jobs may end within this when a worker is stopped"
    )


class BackupSettings(Frozen):
    """Backups that a server makes by itself."""

    folder: Guarded[str] = Field("", description="where they are made; empty makes none")
    every_s: Harmless[float] = Field(
        86_400.0, ge=60, le=2_678_400, description="a new one is made after this, also over restarts"
    )
    keep: Harmless[int] = Field(7, ge=1, le=1000, description="how many of the newest are kept")
    keep_weeks: Harmless[int] = Field(
        8, ge=0, le=1000, description="of so many weeks before those, the last of each is kept too"
    )


def _is_template(text: str) -> str:
    from twolane.organize.template import Template  # only where one is set

    if text:
        try:
            Template.parse(text)
        except SettingsError as error:
            raise ValueError(f"{error.what}; {error.remedy}") from None
    return text


_TemplateText = Annotated[str, AfterValidator(_is_template)]


class CategoryTemplate(Frozen):
    """Where the files of a category go, and of those within it."""

    category: str = Field(min_length=1, examples=["invoice"], description="its id, or * for all")
    template: _TemplateText = Field(
        min_length=1,
        examples=["{correspondent|Unknown}/{date:%Y}/{name}{ext}"],
        description="folders below the root, and the name",
    )


class OrganizeSettings(Frozen):
    """Where plans put files."""

    root: Guarded[str] = Field(
        "", description="the folder that files go to; empty is the one that is planned"
    )
    preset: Harmless[Literal["", "category", "year_category", "para", "johnny_decimal"]] = Field(
        "", description="the order of files without a rule; empty is category where there are no rules"
    )
    template: Harmless[_TemplateText] = Field(
        "", description="in place of a preset: where files without a rule go, as {category_path}/{name}{ext}"
    )
    kind: Harmless[Literal["move", "copy", "hard_link", "symbolic_link"]] = Field(
        "move", description="what is done with files; all but move leave them where they are"
    )
    rule: Harmless[Tables[CategoryTemplate]] = Field(
        (), description="where the files of a category go; the rule of the innermost category counts"
    )


class SharedPath(Frozen):
    """A folder that was added on one machine, and stands elsewhere on this one."""

    recorded: Path = Field(strict=False, examples=["/home/ada/papers"], description="where it was added")
    here: Path = Field(strict=False, examples=["/mnt/papers"], description="where this machine has it")


class MailAccount(Frozen):
    """A folder of a mailbox that is looked through for new mails, and never changed."""

    url: MailUrl = Field(
        examples=["imaps://ada%40post.example@imap.post.example:993"],
        description="the server and the user; imap:// begins without TLS and turns it on (STARTTLS)",
    )
    password: SecretStr = Field(
        SecretStr(""), examples=["secret"], description="the user's; many providers want one for apps"
    )
    folder: str = Field(
        "INBOX", min_length=1, max_length=1000, examples=["INBOX"], description="its name there"
    )
    every_s: Seconds = Field(
        300.0, examples=[300], description="how often `twolane serve` looks for new mails"
    )
    from_day: date | None = Field(
        None,
        strict=False,
        examples=["2026-01-01"],
        description="older mails are left alone; none: all are taken",
    )
    ca_file: Path | None = Field(
        None,
        strict=False,
        examples=["/etc/ssl/own.pem"],
        description="the certificate of whoever vouches for the server, where no system knows it",
    )


class WatchedFolder(Frozen):
    """A folder whose files are filed as they come in."""

    path: Path = Field(strict=False, examples=["/home/ada/inbox"], description="the folder")
    apply: bool = Field(
        False,
        examples=[False],
        description="true: a file that is surely filed is moved to where its category goes; see [organize]",
    )
    poll_s: float = Field(
        0.0,
        ge=0,
        le=86_400,
        examples=[0.0],
        description="look at all of it so often; 0: wait for the system's events, and look every 10 s where "
        "there are none, as on a network drive",
    )
    quiet_s: float = Field(
        0.3,
        gt=0,
        le=3600,
        examples=[0.3],
        description="a file that has not changed for so long is whole, unless a program has it open for "
        "writing",
    )


class Settings(Frozen):
    """Everything that can be set; read once, frozen, passed down."""

    data_dir: Guarded[Path] = Field(
        data_folder(),
        strict=False,
        description="where the library is kept",
    )
    models_dir: Guarded[Path] = Field(
        cache_folder() / "models",
        strict=False,
        description="where fetched models are kept",
    )
    store_url: Guarded[StoreUrl] = Field(
        "",
        description="empty is library.db in data_dir; sqlite:///FILE, or postgresql://user:password@host:5432/name",
    )
    wakeup_url: Guarded[WakeupUrl] = Field(
        SecretStr("local"),
        description="what wakes workers when jobs are queued: local, redis://, rediss://, amqp:// or amqps://",
    )
    store_password: Guarded[SecretStr] = Field(
        SecretStr(""), description="the password of store_url, where that holds none"
    )
    wakeup_password: Guarded[SecretStr] = Field(
        SecretStr(""), description="the password of wakeup_url, where that holds none"
    )
    wakeup_name: Guarded[str] = Field(
        "twolane",
        pattern=r"^[A-Za-z0-9_.-]{1,100}$",
        description="keeps libraries apart that share a server which wakes workers",
    )
    shared_path: Guarded[Tables[SharedPath]] = Field(
        (), description="where this machine has folders that were added elsewhere"
    )
    mail: Guarded[Tables[MailAccount]] = Field(
        (), description="folders of mailboxes whose new mails are filed, with what is attached to them"
    )
    folder: Guarded[Tables[WatchedFolder]] = Field(
        (), description="folders whose files are filed as they come in, by `twolane serve`"
    )
    blobs_url: Guarded[BlobsUrl] = Field(
        SecretStr(""),
        description="where the content of files is kept for workers that do not see them: file:///folder, "
        "s3://KEY:SECRET@host/bucket or, without TLS, s3+http://...; empty: they read the files themselves",
    )
    lease_s: Harmless[Seconds] = Field(
        60.0, description="a job whose worker is silent for this long is done again"
    )
    check_fit: Harmless[bool] = Field(
        True, description="false: start even where the models surely do not fit"
    )
    max_attempts: Harmless[int] = Field(4, ge=1, le=100, description="tries before a job is parked")
    chat_first: Harmless[bool] = Field(
        True,
        description="filing waits while an answer is computed on this machine; see filing.longest_wait_s",
    )
    turns_dir: Guarded[str] = Field(
        "",
        description="a folder that containers of one machine share: filing waits for answers of all of them, "
        "at whatever addresses the models are",
    )
    ollama_host: Guarded[str] = Field(
        "",
        description="where Ollama is for lanes without a url, written as in OLLAMA_HOST, which says it too; "
        "empty is port 11434 of this machine",
    )
    filing: FilingSettings = FilingSettings()
    chat: ChatSettings = ChatSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    extract: ExtractSettings = ExtractSettings()
    server: ServerSettings = ServerSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    worker: WorkerSettings = WorkerSettings()
    backup: BackupSettings = BackupSettings()
    organize: OrganizeSettings = OrganizeSettings()
    source: Path | None = Field(None, strict=False, description="the settings file that was read")
    notices: tuple[str, ...] = Field((), description="what whoever wrote the settings should hear of them")
    origins: Mapping[str, str] = Field({}, description="where each setting that was given comes from")

    @model_validator(mode="before")
    @classmethod
    def _with_passwords(cls, given: Any) -> Any:
        """Put passwords that are given apart, as secrets are, into the addresses that lack them."""
        if not isinstance(given, Mapping):
            return given
        pairs = (("store_url", "store_password"), ("wakeup_url", "wakeup_password"))
        whole = {
            url: with_password(given[url], given[password])
            for url, password in pairs
            if {url, password} <= given.keys()
        }
        return {**given, **whole}
