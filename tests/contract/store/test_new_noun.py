"""A noun is added to the store by one module, its statements, and a migration for each dialect."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from standins.postgres import postgres_server
from tests.support.library import add

import twolane
from twolane.store.base import Store
from twolane.store.postgres.store import open_postgres
from twolane.store.sqlite.store import open_sqlite

NOTES = Path(__file__).parent / "notes"

# what the copy of the package with the noun in it does, in a process of its own
SCRIPT = """
import json, sys
from contextlib import closing
from pathlib import Path
from twolane.store.nouns.notes import Notes
from twolane.store.postgres.store import open_postgres
from twolane.store.sqlite.store import open_sqlite
from twolane.store.transfer import transfer

def opened(address):
    if address.startswith("postgresql:"):
        return closing(open_postgres(address, max_attempts=3))
    return closing(open_sqlite(Path(address), max_attempts=3))

old, copy, back = sys.argv[1:]
found = []
with opened(old) as store:
    Notes(store.session).add("a", "by itself: 100 %")
    with store.writing() as write:
        Notes(write.session).add("a", "in a transaction", pinned=True)
    try:
        with store.writing() as write:
            Notes(write.session).add("a", "undone")
            raise ValueError
    except ValueError:
        pass
    found.append(Notes(store.session).of("a"))
    with opened(copy) as target:
        for _ in transfer(store.portable(), target.portable(), ("old", "new")):
            pass
        Notes(target.session).add("a", "after the move")
        found.append(Notes(target.session).of("a"))
        with opened(back) as home:
            for _ in transfer(target.portable(), home.portable(), ("new", "home")):
                pass
            found.append(Notes(home.session).of("a"))
print(json.dumps(found))
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package with the noun in it; return the folder to import it from."""
    package = tmp_path / "package" / "twolane"
    shutil.copytree(Path(twolane.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    store = package / "store"
    added = {"notes.py": store / "nouns" / "notes.py", "notes.sql": store / "sql" / "common" / "notes.sql"}
    for dialect in ("sqlite", "postgres"):
        migrations = store / "sql" / dialect / "migrations"
        added[f"{dialect}.sql"] = migrations / f"{len(list(migrations.glob('*.sql'))) + 1:04}.sql"
    for name, place in added.items():
        assert not place.exists()
        shutil.copyfile(NOTES / name, place)
    return package.parent


@pytest.mark.parametrize("first", ["sqlite", "postgres"])
def test_a_noun_of_four_files_lives_in_both_stores_and_moves_between_them(
    package: Path, tmp_path: Path, first: str
) -> None:
    # given: a library from before the noun
    with postgres_server().library() as one, postgres_server().library() as other:
        if first == "sqlite":
            addresses = [str(tmp_path / "library.db"), one, str(tmp_path / "back.db")]
        else:
            addresses = [one, str(tmp_path / "library.db"), other]
        with closing(opened(addresses[0])) as store:
            add(store, "/d/a", "about herrings", document="a")

        # when
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT, *addresses],
            env={**os.environ, "PYTHONPATH": str(package)},
            capture_output=True,
            text=True,
            check=False,
        )

    # then
    assert ran.returncode == 0, ran.stderr
    made: list[object] = [["by itself: 100 %", False], ["in a transaction", True]]
    moved = [*made, ["after the move", False]]
    assert json.loads(ran.stdout) == [made, moved, moved]


def opened(address: str) -> Store:
    if address.startswith("postgresql:"):
        return open_postgres(address, max_attempts=3)
    return open_sqlite(Path(address), max_attempts=3)
