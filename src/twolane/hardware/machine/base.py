"""What a machine is, as a value: cores, memory, GPUs and the rest, each known or unknown with a reason."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from twolane.config.addresses import OLLAMA_PORT
from twolane.errors import SettingsError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measurement(Generic[T]):
    """What a probe found: a value, or None with the reason why it is unknown."""

    value: T | None = None
    unknown: str = ""

    def known(self, otherwise: T) -> T:
        """Return the value, or `otherwise` where it is unknown."""
        return otherwise if self.value is None else self.value


NOT_LOOKED = "not looked at"
_RECORD = "record one with `twolane hardware --json`"


@dataclass(frozen=True, slots=True)
class Cores:
    """Physical cores, those of them that are performance cores, and logical ones (hardware threads).

    `usable` is how many threads a model gets: one for each performance core (and some for efficient ones
    where fast ones are few) within the process's affinity and the container's share; `limit` names what holds
    it below that. `power` is what all cores within these limits come to, in performance cores, where it was
    counted: an efficient one is half of one.
    """

    physical: int
    performance: int
    logical: int
    usable: int
    limit: str = ""
    power: float | None = None

    @property
    def efficient(self) -> int:
        return self.physical - self.performance

    @property
    def computing(self) -> float:
        """What a model can count on, in performance cores: `power`, or what can be said without it."""
        if self.power is not None:
            return self.power
        return float(self.usable) if self.limit else self.performance + self.efficient / 2


@dataclass(frozen=True, slots=True)
class MachineMemory:
    """Memory that this process may use; `limit` is what holds it below the machine's own."""

    total_bytes: int
    free_bytes: int
    swap_bytes: int = 0
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics processor; one that shares the machine's memory has none of its own to fill.

    Sizes are None where the driver does not say, and `note` says why. `shared` is None where that is unknown.
    `unused` says why Ollama does not compute on it, or is "".
    """

    vendor: str
    name: str
    memory_bytes: int | None = None
    free_bytes: int | None = None
    shared: bool | None = None
    note: str = ""
    unused: str = ""


@dataclass(frozen=True, slots=True)
class OllamaLimits:
    """What is known of a running Ollama server's environment; None is not known, 0 is Ollama's own choice.

    `cache_type` is the context's, "" is Ollama's own. `prompt_cache_mib` is what old prompts of one model may
    take, -1 is no limit. `unread` says why nothing is known: then the port is not known either, and 0.
    """

    max_loaded_models: int | None = None
    num_parallel: int | None = None
    cache_type: str | None = None
    prompt_cache_mib: int | None = None
    port: int = OLLAMA_PORT
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """Everything about a machine that decides which models it can run.

    `instructions` are those that make a model faster, in llama.cpp's words; `npu` and `container` are ""
    where there is none; `servers` are the model servers found here, `ollama` the settings of those Ollamas
    that run.
    """

    system: str
    architecture: str
    processor: Measurement[str] = field(default=Measurement(None, NOT_LOOKED))
    cores: Measurement[Cores] = field(default=Measurement(None, NOT_LOOKED))
    instructions: Measurement[tuple[str, ...]] = field(default=Measurement(None, NOT_LOOKED))
    memory: Measurement[MachineMemory] = field(default=Measurement(None, NOT_LOOKED))
    gpus: Measurement[tuple[Gpu, ...]] = field(default=Measurement(None, NOT_LOOKED))
    npu: Measurement[str] = field(default=Measurement(None, NOT_LOOKED))
    disk_free_bytes: Measurement[int] = field(default=Measurement(None, NOT_LOOKED))
    container: Measurement[str] = field(default=Measurement(None, NOT_LOOKED))
    servers: Measurement[tuple[str, ...]] = field(default=Measurement(None, NOT_LOOKED))
    ollama: Measurement[tuple[OllamaLimits, ...]] = field(default=Measurement(None, NOT_LOOKED))

    def to_json(self) -> str:
        """Return the machine as JSON, which `from_json` reads."""
        return json.dumps(asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> Machine:
        """Read what `to_json` or `twolane hardware --json` wrote. Raises `SettingsError`."""
        try:
            data = json.loads(text)
            inner = data.get("machine", data) if isinstance(data, dict) else data
            return TypeAdapter(cls).validate_json(json.dumps(inner))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise SettingsError(f"this is no recorded machine: {where}: {first['msg']}", _RECORD) from None
        except ValueError as error:
            raise SettingsError(f"this is no recorded machine: {error}", _RECORD) from None

    @classmethod
    def load(cls, path: Path) -> Machine:
        """Read a recorded machine from a file. Raises `SettingsError`."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: cannot be read: {error}", "name a recorded machine") from None
        return cls.from_json(text)
