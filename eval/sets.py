"""Where the sets of an evaluation lie, and how their files are read."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def add_evals(parser: argparse.ArgumentParser) -> None:
    """Give a measurement the option `--evals FOLDER`, which the variable EVALS sets too."""
    parser.add_argument("--evals", type=Path, default=os.environ.get("EVALS"), help="folder of the sets")


def evals_of(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Path:
    """Return the folder of the sets, as a whole path; ends the program where none was named."""
    if options.evals is None:
        parser.error("say where the sets are: --evals FOLDER, or EVALS")
    return Path(options.evals).resolve()


def rows_of(path: Path) -> Iterator[Row]:
    """Return the rows of a file of JSON lines, packed or not."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    return (json.loads(line) for line in text.split("\n") if line.strip())


def written_out(corpus: Path, folder: Path) -> Path:
    """Write a corpus that is kept as one file out as a file a document, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for row in rows_of(corpus):
        name = re.sub(r"[^\w.-]", "_", row["_id"]) + ".txt"
        (folder / name).write_text(f"{row.get('title', '')}\n\n{row['text']}\n", "utf-8")
    return folder
