"""`python -m chaos [SCENARIO ...]`: runs scenarios, prints a table, and fails where something was lost.

`python -m chaos files`, `names` and `sequences` are apart from these: see --help of each.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from chaos import files, model_servers, names, places, sequences
from chaos.outcome import Outcome, Skipped, table
from chaos.rig import CHAT_MS, CHAT_TOKEN_MS, FILING_MS, FULL, SHORT, Size

# A module of scenarios has a mapping of names to functions; a new one is named here.
SCENARIOS: dict[str, Callable[[Size], Outcome]] = {**model_servers.SCENARIOS, **places.SCENARIOS}
# What has no users who wait for answers, and options of its own.
OTHERS: dict[str, Callable[[list[str]], int]] = {
    "files": files.main,
    "names": names.main,
    "sequences": sequences.main,
}
IN_SHORT = (
    *("kill a chat server", "kill the only filing server", "saturated"),
    *("kill a worker", "kill postgres"),
)


def main(argv: list[str] | None = None) -> int:
    """Run what is asked for; 1 where a file was lost or doubled."""
    argv = sys.argv[1:] if argv is None else argv
    if argv and argv[0] in OTHERS:
        return OTHERS[argv[0]](argv[1:])
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("scenario", nargs="*", help=f"any of: {', '.join(SCENARIOS)}; all by default")
    parser.add_argument("--short", action="store_true", help="a short form of some, in under two minutes")
    parser.add_argument("--json", type=Path, help="also write the outcomes to this file")
    given = parser.parse_args(argv)
    if unknown := set(given.scenario) - set(SCENARIOS):
        parser.error(f"there is no scenario {', '.join(sorted(unknown))}; there are: {', '.join(SCENARIOS)}")
    chosen = given.scenario or (IN_SHORT if given.short else SCENARIOS)
    outcomes = []
    skipped = {}
    for name in chosen:
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            outcomes.append(SCENARIOS[name](SHORT if given.short else FULL))
        except Skipped as reason:
            skipped[name] = str(reason)
        if given.json:  # after each, so that a run that is broken off leaves what it found
            results = [asdict(outcome) for outcome in outcomes]
            given.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(
        f"Model servers are stand-ins: a filing choice takes {FILING_MS} ms, an answer {CHAT_MS} ms "
        f"and {CHAT_TOKEN_MS} ms a word.\n"
    )
    print(table(outcomes))
    for outcome in outcomes:
        for note in (*outcome.notes, *outcome.errors):
            print(f"{outcome.scenario}: {note}")
    for name, why in skipped.items():
        print(f"skipped: {name}: {why}")
    return int(any(outcome.lost or outcome.doubled for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
