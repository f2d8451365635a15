"""The command line as a user meets it: with the small model for plumbing, on files of the examples."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from standins.models import embedding_model
from standins.program import Program

EXAMPLES = Path(__file__).parents[2] / "examples" / "inbox"
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    embedding_model()
    scripted = {"filing.runtime": "scripted", "chat.runtime": "scripted"}
    return Program(tmp_path, {**scripted, "filing.model": "twin", "chat.model": "twin"})


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name in ("minutes-spring.txt", "invoice-TL-2026-015.pdf", "rename_photos.py", "guarantee.html"):
        shutil.copy(EXAMPLES / name, folder)
    return folder


def test_files_are_filed_asked_about_and_corrected(program: Program, inbox: Path) -> None:
    # when
    added = program.ok("add", inbox, "--json").values
    asked = program.ok("ask", "What is the total of invoice TL-2026-015?", "--json").values
    corrected = program.ok("correct", inbox / "guarantee.html", "letter", "--json").values[0]

    # then
    filed = {Path(value["path"]).name: value for value in added[:-1]}
    assert filed["invoice-TL-2026-015.pdf"]["classification"]["category"] == "invoice"
    assert filed["rename_photos.py"]["classification"]["tier"] == "rules"
    assert asked[0]["event"] == "sources"
    assert asked[-1]["event"] == "done"
    assert corrected["classification"]["tier"] == "person"


def test_of_many_files_people_get_a_short_table_and_programs_get_all(program: Program) -> None:
    # given
    folder = program.home / "many"
    folder.mkdir()
    for number in range(1_100):
        (folder / f"{number}.txt").write_text(f"note {number}", "utf-8")

    # when
    told = program.ok("add", "--no-wait", folder).out
    listed = program.ok("add", "--no-wait", folder, "--json").values

    # then
    assert "1100 waiting" in told
    assert len(told.splitlines()) < 30
    assert len({value["path"] for value in listed[:-1]}) == 1_100
    assert listed[-1]["states"] == {"waiting": 1_100}


def test_a_list_without_files_is_no_error_and_one_file_has_its_decisions(
    program: Program, inbox: Path
) -> None:
    # given
    program.ok("add", inbox)

    # when
    none = program.ok("files", "--category", "receipt", "--json")
    unknown = program.run("files", "--category", "recipe")
    one = program.ok("files", inbox / "minutes-spring.txt", "--json").values
    folder = program.ok("files", inbox, "--json").values

    # then
    assert none.values == []
    assert (unknown.code, "did you mean receipt?" in unknown.err) == (1, True)
    assert [decision["category"] for decision in one[0]["decisions"]] == ["minutes"]
    assert not any("decisions" in file for file in folder)


def test_a_correction_is_taken_back_and_none_of_the_categories_is_an_answer(
    program: Program, inbox: Path
) -> None:
    # given
    file = inbox / "minutes-spring.txt"
    before = program.ok("add", file, "--json").values[0]["classification"]

    # when
    corrected = program.ok("correct", file, "letter", "--json").values[0]["classification"]
    none = program.ok("correct", file, "--none", "--json").values[0]["classification"]
    first = program.ok("correct", file, "--undo", "--json").values[0]["classification"]
    second = program.ok("correct", file, "--undo", "--json").values[0]["classification"]
    nothing_left = program.run("correct", file, "--undo", "--json")
    both = program.run("correct", file, "letter", "--none", "--json")

    # then
    assert (corrected["category"], none["category"]) == ("letter", "")
    assert (first, second) == (corrected, before)
    assert (nothing_left.code, both.code) == (1, 2)


def test_adding_twice_does_nothing_and_a_changed_moved_or_deleted_file_is_noticed(
    program: Program, inbox: Path
) -> None:
    # given
    program.ok("add", inbox)
    documents = program.ok("status", "--json").values[0]["counts"]["documents"]
    before = program.ok("files", "--json", "--text", "minutes").values[0]["classification"]

    # when
    again = program.ok("add", inbox, "--json").values[-1]["found"]
    (inbox / "minutes-spring.txt").rename(inbox / "minutes-moved.txt")
    (inbox / "rename_photos.py").unlink()
    (inbox / "guarantee.html").write_text(
        "<p>The kettle is guaranteed for seventeen years, says Zebulon.</p>"
    )
    moved = program.ok("add", inbox, "--json").values[-1]["found"]

    # then
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 4)
    assert [moved[what] for what in ("new", "changed", "moved", "gone")] == [0, 1, 1, 1]
    state = program.ok("status", "--json").values[0]
    assert state["counts"]["documents"] == documents - 1
    after = program.ok("files", "--json", "--text", "moved").values[0]["classification"]
    assert after == before  # its seconds too: it was not classified again
    sources = program.ok("ask", "For how long does Zebulon say the kettle is guaranteed?", "--json").values[0]
    assert "seventeen" in sources["sources"][0]["passage"]["text"]


def test_a_deleted_file_leaves_the_answers_at_once(program: Program, inbox: Path) -> None:
    # given
    program.ok("add", inbox)

    # when
    (inbox / "invoice-TL-2026-015.pdf").unlink()
    asked = program.run("ask", "What is the total of invoice TL-2026-015?", "--json").values

    # then
    paths = [
        source["passage"]["path"]
        for value in asked
        if value["event"] == "sources"
        for source in value["sources"]
    ]
    assert not [path for path in paths if "invoice" in path]


def test_an_empty_folder_may_be_a_disk_that_is_not_mounted(program: Program, inbox: Path) -> None:
    # given
    program.ok("add", inbox)
    away = inbox.rename(inbox.with_name("unmounted"))
    inbox.mkdir()

    # when
    refused = program.run("add", inbox)
    listed = program.ok("files", "--json").values
    emptied = program.ok("add", inbox, "--emptied", "--json").values[-1]["found"]
    inbox.rmdir()
    away.rename(inbox)
    back = program.ok("add", inbox, "--json").values[-1]["found"]

    # then
    assert refused.code == 1
    assert "the library has 4 files of it" in refused.err
    assert len(listed) == 4
    assert emptied["gone"] == 4
    assert back["gone"] == 0


def test_inputs_are_never_changed(program: Program, inbox: Path) -> None:
    # given
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in inbox.iterdir()}

    # when
    program.ok("add", inbox)

    # then
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in inbox.iterdir()} == before


def test_hostile_folders_are_done_and_every_entry_is_reported_once(program: Program, tmp_path: Path) -> None:
    # given
    folder = tmp_path / "hostile"
    folder.mkdir()
    (folder / "plain.txt").write_text("A plain letter to the landlord about the heating.")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n1 0 obj << garbage")
    (folder / "noise.bin").write_bytes(bytes(range(256)) * 64)
    (folder / "new\nline \N{PILE OF POO}.txt").write_text("A name with a line break in it.")
    Path(os.fsdecode(os.fsencode(folder) + b"/bad-\xff-name.txt")).write_text("A name that is no text.")
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to(folder)
    (folder / "zero").symlink_to("/dev/zero")
    with (folder / "sparse.txt").open("wb") as sparse:
        sparse.truncate(8 << 30)

    # when
    values = program.ok("add", folder, "--json").values[:-1]

    # then
    states = {Path(value["path"]).name: value["state"] for value in values}
    assert len(values) == len(states) == 10
    assert states["plain.txt"] in {"filed", "review"}
    assert states["pipe"] == states["loop"] == states["zero"] == "skipped"
    assert {states[name] for name in ("empty.txt", "broken.pdf", "noise.bin", "sparse.txt")} == {"unread"}
    assert all(value["note"] for value in values if value["state"] in {"skipped", "unread"})


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("no-such-command",), 2, "--help"),
        (("add", "no-such-folder"), 1, "check the path"),
        (("--set", "chat.treads=3", "status"), 2, "chat.threads"),
        (("init", ".", "--profile", "Z"), 1, "choose one of"),
        (("models", "pull", "no-such-model"), 1, "no-such-model"),
    ],
)
def test_a_mistake_is_told_with_a_remedy_and_its_exit_code(
    program: Program, arguments: tuple[str, ...], code: int, says: str
) -> None:
    done = program.run(*arguments)
    assert done.code == code
    assert says in done.err


def test_nothing_in_the_files_is_an_exit_code_of_its_own(program: Program) -> None:
    assert program.run("ask", "Who won the chess match on the moon?").code == 5


@pytest.mark.parametrize("question", ["", "   ? ", "👍", "yes"])
def test_a_question_that_holds_nothing_to_look_for_is_asked_back(program: Program, question: str) -> None:
    # when
    asked = program.run("ask", question)

    # then
    assert asked.code == 6
    assert "What would you like to know?" in asked.out


def test_what_comes_nearest_and_what_was_not_read_is_shown_with_a_refusal(
    program: Program, tmp_path: Path
) -> None:
    # given
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "lease.txt").write_text("The rent of the flat in Berlin is 850 euros a month.", "utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4\nnothing that a reader could use")
    program.ok("add", folder)

    # when
    asked = program.run("ask", "Wie lange braucht das Schiff von Hamburg nach Valparaíso?")

    # then
    assert asked.code == 5
    assert "Nicht gelesen: beschädigt (1)." in asked.out
    assert "lease.txt" in asked.out


def test_a_model_that_is_not_there_is_told_before_anything_is_queued(program: Program, inbox: Path) -> None:
    # given
    program.settings.update({"filing.runtime": "ollama", "filing.url": "http://127.0.0.1:9"})

    # when
    done = program.run("add", inbox)

    # then
    assert done.code == 3
    assert "127.0.0.1:9" in done.err
