"""Another store and another embedding model, as a user changes them: by commands, with nothing lost."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from standins.models import embedding_model
from standins.postgres import PASSWORD, postgres_server
from standins.program import Program

from twolane.store.sqlite.store import open_sqlite

EXAMPLES = Path(__file__).parents[2] / "examples" / "inbox"
_TWIN = (("runtime", "scripted"), ("model", "twin"))
pytestmark = pytest.mark.timeout(300)
SCRIPTED = {
    "filing.runtime": "scripted",
    "chat.runtime": "scripted",
    "filing.model": "twin",
    "chat.model": "twin",
}
QUESTION = "What is the total of invoice TL-2026-015?"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    embedding_model()
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name in ("minutes-spring.txt", "invoice-TL-2026-015.pdf", "guarantee.html"):
        shutil.copy(EXAMPLES / name, inbox)
    program = Program(tmp_path, dict(SCRIPTED))
    program.ok("add", inbox)
    return program


def sources_of(events: list[Any]) -> set[str]:
    return {source["passage"]["path"] for source in events[0]["sources"]}


def test_a_library_moves_to_a_server_and_answers_there_without_showing_the_password(
    program: Program, tmp_path: Path
) -> None:
    # given
    asked_before = program.ok("ask", QUESTION, "--json").values
    files_before = program.ok("files", "--json").values
    with postgres_server().library() as url:
        secret = tmp_path / "store_url"
        secret.write_text(f"{url}\n")

        # when
        moved = program.ok("migrate-store", "sqlite:///library.db", url, "--json")
        again = program.ok("migrate-store", "sqlite:///library.db", f"@{secret}")
        there = Program(tmp_path, dict(SCRIPTED), {"TWOLANE_STORE_URL_FILE": str(secret)})
        shutil.rmtree(program.data_dir)
        asked = there.ok("ask", QUESTION, "--json").values
        files = there.ok("files", "--json").values
        added = there.ok("add", tmp_path / "inbox", "--json").values[-1]["found"]
        told = there.run("doctor", "--json")
        refused = there.run("migrate-store", "sqlite:///nowhere.db", url)

    # then
    assert moved.values[-1]["verified"]
    assert files == files_before
    assert sources_of(asked) == sources_of(asked_before)  # the ranks of some may differ
    assert (added["new"], added["changed"], added["unchanged"]) == (0, 0, 3)
    assert refused.code == 1
    assert "nowhere.db" in refused.err
    shown = "".join(run.out + run.err for run in (moved, again, told, refused))
    assert "postgres:***@" in shown
    assert not [word for word in (PASSWORD, "hush", "%40ss") if word in shown]


def test_another_embedding_model_is_noticed_and_every_document_embedded_anew(program: Program) -> None:
    # given: an index of an earlier model
    with closing(open_sqlite(program.data_dir / "library.db", max_attempts=3)) as store:
        with store.writing() as write:
            write.drop_vectors()
        [known, *_] = store.unembedded()
        ids = [passage_id for passage_id, _ in store.passages_without_vectors(known.document)]
        with store.writing() as write:
            write.save_vectors("earlier", ids, np.ones((len(ids), 8), dtype=np.float32))

    # when
    doctor = program.run("doctor")
    shutil.copy(EXAMPLES / "rename_photos.py", program.home / "inbox")
    added = program.ok("add", program.home / "inbox")
    done = program.ok("models", "reembed", "--json").values[-1]

    # then
    assert doctor.code == 1
    assert "models reembed" in doctor.out
    assert "models reembed" in added.out
    assert done["documents"] == 4
    counts = program.ok("status", "--json").values[0]["counts"]
    assert counts["vectors"] == counts["passages"]
    assert counts["files"]["quarantined"] == 0
    with closing(open_sqlite(program.data_dir / "library.db", max_attempts=3)) as store:
        assert store.vector_model() != "earlier"


def test_one_command_sets_another_embedding_model_and_embeds_anew(program: Program) -> None:
    # given settings that somebody has written
    file = program.home / "mine.toml"
    file.write_text('[embedding]\nmodel = "all-minilm-l6-v2"  # small\n')

    # when
    program.ok("--settings", file, "models", "reembed", "--model", "multilingual-e5-small")

    # then
    assert file.read_text() == '[embedding]\nmodel = "multilingual-e5-small"  # small\n'
    with closing(open_sqlite(program.data_dir / "library.db", max_attempts=3)) as store:
        assert store.vector_model() == "multilingual-e5-small levelled passage:"


def test_an_embedding_model_that_nobody_knows_is_refused_before_anything_is_changed(program: Program) -> None:
    # given
    file = program.home / "mine.toml"
    file.write_text('[embedding]\nmodel = "all-minilm-l6-v2"\n')
    before = program.ok("status", "--json").values[0]["counts"]["vectors"]

    # when
    unknown = program.run("--settings", file, "models", "reembed", "--model", "nosuch")
    chats = program.run("--settings", file, "models", "reembed", "--model", "qwen2.5-coder:0.5b")

    # then
    assert unknown.code == chats.code == 1
    assert "multilingual-e5-small" in unknown.err
    assert file.read_text() == '[embedding]\nmodel = "all-minilm-l6-v2"\n'
    assert program.ok("status", "--json").values[0]["counts"]["vectors"] == before
