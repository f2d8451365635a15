"""A twolane process of the tests: says that somebody is answered, or runs a lane that waits for that."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from twolane.config.lane_settings import LaneSettings
from twolane.llm.runtimes.llamacpp import LlamaCppLLM
from twolane.llm.turns.admission import Admission


def main() -> None:
    role, run_dir, *rest = sys.argv[1:]
    admission = Admission(Path(run_dir))
    if role == "answer":
        with admission.answering():
            print(json.dumps({"pid": 0}), flush=True)
            sys.stdin.read()
        return
    model, models_dir = rest
    settings = LaneSettings(model=model, context_tokens=256)
    llm = LlamaCppLLM(settings, lane="filing", run_dir=Path(run_dir), models_dir=Path(models_dir), threads=1)
    admission.add_pausable(llm.pause, llm.resume)
    llm.load()
    address = llm.address()
    assert address
    print(json.dumps({"pid": address.pid}), flush=True)
    sys.stdin.read()
    admission.close()
    llm.close()


if __name__ == "__main__":
    main()
