"""What each of the scripts here asks, and how it tells what it got: a line of JSON for each thing tried."""

import json
from typing import Any

QUESTION = "When does the lease end?"


def tell(tried: str, got: Any) -> None:
    """Print what was tried, whether anything came, and the beginning of it."""
    text = " ".join(str(got).split())
    print(json.dumps({"tried": tried, "worked": bool(got), "got": text[:300]}), flush=True)
