"""Other programs that index the same files: their environment, a model of the same size, and their runs.

See docs/why/measuring.md#other-programs-are-measured-with-a-model-of-random-weights.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from standins.models import models_dir

from bench.filing.taken import Taken, run
from twolane.config.settings import Settings
from twolane.llm.catalogue.embedding import embedding_form

NAMES = ("llamaindex", "txtai", "haystack")
REQUIREMENTS = Path(__file__).parents[1] / "peers.txt"
# Layers of the sentence models that twolane knows; all have 384 dimensions.
_LAYERS = {"all-minilm-l6-v2": 6, "bge-small-en-v1.5": 12, "multilingual-e5-small": 12}
_QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "DO_NOT_TRACK": "1",
}


@dataclass(frozen=True, slots=True)
class Peers:
    """The environment of the other programs, and the folder of their model."""

    python: Path
    model: Path

    def index(self, name: str, files: Path, scratch: Path) -> tuple[Taken, float]:
        """Have one of them index a folder; returns what it took, and the seconds without its start."""
        scratch.mkdir(parents=True)
        command = [str(self.python), str(Path(__file__).with_name("peer.py")), name]
        taken = run(
            [*command, str(self.model), str(files), str(scratch / "index")],
            env=_environment(scratch),
            cwd=scratch,
        )
        return taken, float(json.loads(taken.out.splitlines()[-1])["seconds"])

    def versions(self) -> str:
        """Return the programs with their versions, as they are installed."""
        lines = REQUIREMENTS.read_text("utf-8").splitlines()
        return ", ".join(line.replace("==", " ") for line in lines if "==" in line)


def install(folder: Path | None) -> Path:
    """Install the other programs, unless they are there, and return their Python."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = folder or cache / "twolane-bench" / f"peers-{digest}"
    python, done = home / "bin" / "python", home / f"installed-{digest}"
    if not done.exists():
        print(f"installing {REQUIREMENTS.name} into {home} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", str(REQUIREMENTS)], check=True)
        done.touch()
    return python


def open_peers(python: Path, scratch: Path) -> Peers:
    """Make the model of the other programs: as large as twolane's, with its tokenizer.

    Raises `ValueError` for an embedding model whose size is not known here.
    """
    name = Settings().embedding.model
    if name not in _LAYERS:
        raise ValueError(f"say in {Path(__file__).name} how many layers {name} has")
    tokenizer = models_dir() / name / "tokenizer.json"
    folder = scratch / f"{name}-random"
    tokens = embedding_form(name).max_tokens
    script = str(Path(__file__).with_name("peer.py"))
    made = [str(python), script, "make", str(_LAYERS[name]), str(tokens), str(tokenizer), str(folder)]
    scratch.mkdir(parents=True, exist_ok=True)
    run(made, env=_environment(scratch), cwd=scratch)
    return Peers(python, folder)


def _environment(home: Path) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**inherited, "HOME": str(home), **_QUIET}
