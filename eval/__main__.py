"""`python -m eval SET --evals FOLDER`: measures the product on one set, of files or of questions."""

from __future__ import annotations

import sys

from eval import classification, nasty, rag

_RUNS = dict.fromkeys(classification.SETS, classification) | dict.fromkeys(nasty.SETS, nasty)

if __name__ == "__main__":
    sys.exit(_RUNS.get(sys.argv[1] if len(sys.argv) > 1 else "", rag).main())
