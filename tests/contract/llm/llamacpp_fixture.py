"""Opens the embedded runtime for the contract suite: a real model in a real process of its own."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path
from typing import Any

from standins.models import small_chat_model
from tests.contract.llm.conftest import CONTEXT_TOKENS

from twolane.config.lane_settings import LaneSettings
from twolane.llm.runtimes.llamacpp import LlamaCppLLM


def open_llamacpp(**settings: Any) -> LlamaCppLLM:
    """Return a lane that is not started yet, with a run folder of its own."""
    folder, name = small_chat_model()
    run_dir = Path(tempfile.mkdtemp(prefix="twolane-"))
    atexit.register(shutil.rmtree, run_dir, ignore_errors=True)
    wanted = LaneSettings(**{"model": name, "context_tokens": CONTEXT_TOKENS, **settings})
    return LlamaCppLLM(wanted, lane="filing", run_dir=run_dir, models_dir=folder, threads=1)
