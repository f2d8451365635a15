"""`python -m eval SET --evals FOLDER`: measures the product on one set, of files or of questions."""

from __future__ import annotations

import sys

from eval import classification, rag

if __name__ == "__main__":
    run = classification if sys.argv[1:2] and sys.argv[1] in classification.SETS else rag
    sys.exit(run.main())
