"""`python -m eval SET` measures the product on a set of files or of questions; without one it lists them."""

from __future__ import annotations

import sys

from eval import (
    catalogue,
    classification,
    copies,
    fields,
    found,
    gate,
    languages,
    nasty,
    orders,
    rag,
    results,
    retrieval,
    support,
    turns,
)

_RUNS = dict.fromkeys((classification.ALL, *classification.SETS), classification.main)
_RUNS |= dict.fromkeys(catalogue.SETS, catalogue.main)
_RUNS |= dict.fromkeys(copies.SETS, copies.main)
_RUNS |= dict.fromkeys(fields.SETS, fields.main)
_RUNS |= dict.fromkeys((found.ALL, *found.SETS), found.main)
_RUNS |= dict.fromkeys(gate.SETS, gate.main)
_RUNS |= dict.fromkeys(languages.SETS, languages.main)
_RUNS |= dict.fromkeys(nasty.SETS, nasty.main)
_RUNS |= dict.fromkeys(orders.SETS, orders.main)
_RUNS |= dict.fromkeys(rag.SETS, rag.main)
_RUNS |= dict.fromkeys(support.SETS, support.main)
_RUNS |= dict.fromkeys(retrieval.SETS, retrieval.main)
_RUNS |= dict.fromkeys(turns.SETS, turns.main)
_RUNS[results.NAME] = results.main


def main() -> int:
    run = _RUNS.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if run is not None:
        return run()
    print(
        f"usage: python -m eval SET [options]; each explains its options with --help\nSET: {', '.join(_RUNS)}"
    )
    return 2


if __name__ == "__main__":
    sys.exit(main())
