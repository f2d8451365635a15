"""A twolane process of the tests: opens a lane, says which process runs its model, and waits for stdin."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from twolane.config.lane_settings import LaneSettings
from twolane.llm.runtimes.llamacpp import LlamaCppLLM


def main() -> None:
    model, lane, run_dir, models_dir = sys.argv[1:]
    settings = LaneSettings(model=model, context_tokens=256)
    llm = LlamaCppLLM(settings, lane=lane, run_dir=Path(run_dir), models_dir=Path(models_dir), threads=1)
    choice = llm.choose("The capital of France is", ["Paris", "London"])
    address = llm.address()
    assert address
    print(json.dumps({"pid": address.pid, "logprobs": choice.logprobs}), flush=True)
    sys.stdin.read()
    llm.close()


if __name__ == "__main__":
    main()
