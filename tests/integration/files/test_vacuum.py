"""After a vacuum no byte of what was taken out is left: searched for in all that a library keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psycopg
from psycopg import sql
from standins.postgres import postgres_server

from twolane.answers import KeptTurn, Source, TurnState
from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import Filter, FoundPassage
from twolane.store.conversed import NewTurn

ALONE = {"embedding.runtime": "off", "filing.use_model": False, "chat.runtime": "scripted"}
# words that nothing else has, by where they stand
TEXT, SENDER, FIELD, TAG, NAME, FOLDER, TITLE, QUESTION, ANSWER = (
    *("zyqtext", "zyqsender", "zyqfield", "zyqtag", "zyqname", "zyqfolder", "zyqtitle"),
    *("zyqquestion", "zyqanswer"),
)
DECIDED = {SENDER, FIELD, TAG}
OF_DOCUMENT = {TEXT, TITLE, "żółćqz", "合同机密"}


@contextmanager
def library(data_dir: Path, store_url: str = "") -> Iterator[App]:
    blobs = data_dir / "blobs"
    flags = {"data_dir": str(data_dir), "blobs_url": blobs.as_uri(), "store_url": store_url, **ALONE}
    with open_app(load_settings(env={}, flags=flags)) as app:
        yield app


def fill(app: App, folder: Path) -> Path:
    """File a document with words that nothing else has, and one that stays; ask about the first."""
    path = folder / FOLDER / f"{NAME}.html"
    path.parent.mkdir(parents=True)
    body = f"<p>The {TEXT} is let, żółćqz, 合同机密.</p>" + f"<p>{TEXT} once more</p>" * 20
    path.write_text(f"<html><title>{TITLE} paper</title><body>{body}</body></html>", "utf-8")
    (folder / "stays.txt").write_text("The roof is red.", "utf-8")
    app.library.add([folder])
    app.workers.start()
    while app.library.pending().jobs:
        app.workers.wait(0.02)
    app.workers.stop()
    record = app.library.file_at(path)
    assert record
    app.review.correct(record.file_id, "minutes")
    app.facts.correct(record.file_id, "correspondent", f"{SENDER} Ltd")
    app.facts.correct(record.file_id, "title", f"{FIELD} of it")
    app.facts.tag(record.file_id, [TAG])
    embed(app, record.document)
    passage = FoundPassage(1, record.document, path, TITLE, 1, f"The {TEXT} is let")
    turn = KeptTurn(1, QUESTION, TurnState.DONE, f"{ANSWER} [1]", sources=(Source(1, passage),))
    app.store.conversations.start("talk", "")
    app.store.conversations.begin(NewTurn("turn", "talk", QUESTION, "holder"), "")
    app.store.conversations.save("turn", turn)
    return path


def embed(app: App, document: str) -> None:
    with app.store.writing() as write:
        ids = [number for number, _ in app.store.passages_without_vectors(document)]
        write.save_vectors("tester", ids, np.eye(32, dtype=np.float32)[: len(ids)])


def forms(word: str) -> list[bytes]:
    return [
        text.encode(form) for form in ("utf-8", "utf-16-le", "utf-16-be") for text in (word, word.title())
    ]


def found_in(words: set[str], *contents: bytes) -> set[str]:
    return {word for word in words if any(form in content for form in forms(word) for content in contents)}


def kept_in(data_dir: Path) -> list[bytes]:
    """Return all bytes that a library keeps, and the names of its files."""
    paths = [path for path in data_dir.rglob("*") if path.is_file()]
    return [*(path.read_bytes() for path in paths), *(bytes(path) for path in paths)]


ALL = OF_DOCUMENT | DECIDED | {NAME, FOLDER, QUESTION, ANSWER}


def test_nothing_is_left_in_any_file_of_the_library(tmp_path: Path) -> None:
    # given
    data_dir = tmp_path / "library"
    with library(data_dir) as app:
        path = fill(app, tmp_path / "in")
    assert found_in(ALL, *kept_in(data_dir)) == ALL

    # when it is taken out while another process has the library open
    with library(data_dir) as app, library(data_dir) as serving:
        assert serving.library.counts().documents == 2
        app.taking_out.remove(Filter(folders=(path,)))
        app.taking_out.vacuum()
        while_open = found_in(ALL, *kept_in(data_dir))
        assert serving.library.counts().documents == 1
        words = serving.store.query_words("roof")
        assert len(serving.store.search_words(words, 5)) == 1

    # then what people said and decided is left, and the name
    assert while_open == found_in(ALL, *kept_in(data_dir)) == DECIDED | {NAME, FOLDER, QUESTION, ANSWER}


def test_nothing_at_all_is_left_of_what_is_forgotten(tmp_path: Path) -> None:
    # given
    data_dir = tmp_path / "library"
    with library(data_dir) as app:
        path = fill(app, tmp_path / "in")

        # when
        app.taking_out.remove(Filter(folders=(path,)), forget=True)
        app.taking_out.vacuum()

        # then
        assert found_in(ALL, *kept_in(data_dir)) == set()
        assert list(app.library.faults()) == []


def rows_of(url: str) -> list[bytes]:
    """Return all values that a library on a server holds."""
    found = []
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND " + _OWN)
        for (table,) in tables.fetchall():
            for row in connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))):
                found.append(
                    b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
                )
    return found


def disk_of(url: str) -> list[bytes]:
    """Return the files in which a server has a library: its tables with what is long, and its indexes."""
    paths = f"""SELECT current_setting('data_directory') || '/' || pg_relation_filepath(oid) FROM pg_class
        WHERE relkind IN ('r', 'i', 't') AND ({_OWN} OR oid IN (
            SELECT reltoastrelid FROM pg_class WHERE {_OWN}))"""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        return [Path(path).read_bytes() for (path,) in connection.execute(paths).fetchall()]


_OWN = "relnamespace = current_schema()::regnamespace"


def test_nothing_is_left_in_the_tables_of_a_server(tmp_path: Path) -> None:
    # given
    server = postgres_server()
    with server.library() as url, library(tmp_path / "library", url) as app:
        path = fill(app, tmp_path / "in")
        assert found_in(ALL, *rows_of(url)) == ALL
        assert found_in(ALL, *disk_of(url)) == ALL

        # when
        app.taking_out.remove(Filter(folders=(path,)), forget=True)
        app.taking_out.vacuum()

        # then
        assert found_in(ALL, *rows_of(url), *disk_of(url), *kept_in(tmp_path / "library")) == set()
        assert list(app.library.faults()) == []
