"""`python -m bench NAME ...` runs one measurement; without a name it lists them."""

from __future__ import annotations

import ast
import runpy
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main() -> None:
    modules = [path for path in FOLDER.glob("*.py") if not path.name.startswith("_")]
    places = {path.stem: path for path in modules}
    places |= {path.parent.name: path for path in FOLDER.glob("*/__main__.py")}
    if len(sys.argv) > 1 and sys.argv[1] in places:
        name = sys.argv.pop(1)
        sys.argv[0] = f"bench {name}"
        runpy.run_module(f"bench.{name}", run_name="__main__")
        return
    print("usage: python -m bench NAME [options]; each NAME explains its options with --help")
    for name, path in sorted(places.items()):
        doc = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        print(f"  {name:10} {doc.splitlines()[0] if doc else ''}")
    sys.exit(len(sys.argv) > 1)


if __name__ == "__main__":
    main()
