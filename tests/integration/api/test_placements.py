"""Placements over HTTP and by command: what a person has moved is asked about, and answered once."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from standins.program import Program
from tests.integration.api.served import Served, until
from tests.support.terminal import in_terminal

from twolane.documents import Filter

API = "/api/v1/placements"


@pytest.fixture
def put(served: Served, client: httpx.Client, request: pytest.FixtureRequest) -> list[int]:
    """Two letters that a person has put into the folder of contracts, by number."""
    folder = served.folder.resolve() / request.node.name
    add(served, folder / "Verträge", "one", "two", "three")
    add(served, folder / "in", "letter", "écrit")
    for number in numbers(served, folder / "Verträge"):
        correct(client, number, "contract")
    moved = numbers(served, folder / "in")
    for number in moved:
        correct(client, number, "letter")
    for path in (folder / "in").iterdir():
        path.rename(folder / "Verträge" / path.name)
    served.app.library.add([folder])
    return moved


def add(served: Served, folder: Path, *names: str) -> None:
    folder.mkdir(parents=True)
    for name in names:
        (folder / f"{name}.txt").write_text(f"What {name} says in {folder}.", "utf-8")
    served.app.library.add([folder])
    until(lambda: served.app.store.pending().jobs == 0)


def correct(client: httpx.Client, number: int, category: str) -> None:
    client.put(f"/api/v1/files/{number}/category", json={"category": category}).raise_for_status()


def numbers(served: Served, folder: Path) -> list[int]:
    return [record.file_id for record in served.app.library.find(Filter(folders=(folder,))).files]


def test_what_was_moved_is_listed_answered_and_asked_no_more(
    served: Served, client: httpx.Client, put: list[int]
) -> None:
    # given
    program = Program(served.app.settings.data_dir.parent)
    listed = client.get(API).json()
    by_command = program.ok("placements", "list", "--json").values
    told = program.ok("placements").out
    status = client.get("/api/v1/status").json()["snapshot"]["placements"]
    said = program.ok("status").out

    # when: one is answered over HTTP, and one in the review, which asks for it first of all
    first, second = put
    accepted = client.post(f"{API}/{first}", json={"accept": True}).json()["classification"]
    again = client.post(f"{API}/{first}", json={"accept": True})
    of_none = [client.post(f"{API}/{number}", json={"accept": True}) for number in (0, -1, 10**22)]
    wrong = client.post(f"{API}/{second}", json={})
    with in_terminal(program, "review") as terminal:
        shown = terminal.until("q ends")
        terminal.press("yq")
        terminal.until("filed so")
        assert terminal.ended() == 0
    reviewed = client.get(f"/api/v1/files/{second}").json()["classification"]

    # then
    assert [one["file_id"] for one in listed["placements"]] == put
    assert (listed["total"], status, by_command) == (2, 2, listed["placements"])
    assert {(one["category"], one["filed_as"]) for one in by_command} == {("contract", "letter")}
    assert [answer.status_code for answer in of_none] == [404, 404, 404]
    assert "2 to be asked about" in told
    assert "asked about: 2" in said
    assert "You put écrit.txt into Verträge: file it as Contract?" in shown
    for now in (accepted, reviewed):
        assert (now["category"], now["tier"]) == ("contract", "person")
    assert (again.status_code, wrong.status_code) == (404, 422)
    assert "nothing to ask about" in again.json()["error"]
    assert client.get(API).json()["placements"] == []


def test_what_was_declined_by_command_stays_as_it_was(
    served: Served, client: httpx.Client, put: list[int]
) -> None:
    # given
    program = Program(served.app.settings.data_dir.parent)
    path = client.get(f"/api/v1/files/{put[0]}").json()["path"]

    # when
    declined = program.ok("placements", "decline", path)
    missing = program.run("placements", "accept", path)

    # then
    assert "stays as it is filed" in declined.out
    assert (missing.code, client.get(API).json()["total"]) == (1, 1)
    assert client.get(f"/api/v1/files/{put[0]}").json()["classification"]["category"] == "letter"
