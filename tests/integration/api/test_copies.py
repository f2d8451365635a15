"""Copies over HTTP: a file with its copies, all groups, and a person's word on two files."""

from __future__ import annotations

from typing import Any

import httpx
from standins.program import Program
from tests.integration.api.served import Served, until

REPORT = """Report on the inspection of the lift in the house at 9 Tanner's Yard, Netherby. The ropes
are sound and the brake holds. The lamp in the cabin was replaced. The door of the third
floor closes slowly and should be oiled before winter. The next inspection is due in a year,
and the sheet in the machine room was signed by both of us."""
EDITED = REPORT.replace(
    "The next inspection", "The owner was told of it on the same day, by phone. The next inspection"
)


def test_the_command_lists_what_the_api_does(served: Served, client: httpx.Client) -> None:
    # given
    one = upload(
        client, "hedge.txt", "The hedge behind the sheds is cut in autumn, when the birds have left."
    )
    other = upload(
        client, "cake.txt", "Flour, milk, butter and sugar are baked for forty minutes in a hot oven."
    )
    program = Program(served.app.settings.data_dir.parent)
    paths = [client.get(f"/api/v1/files/{number}").json()["path"] for number in (one, other)]

    # when
    [joined] = program.ok("duplicates", *paths, "--same", "--json").values
    [listed] = program.ok("duplicates", paths[0], "--json").values
    told = program.ok("duplicates").out
    [apart] = program.ok("duplicates", *paths, "--differ", "--json").values
    wrong = program.run("duplicates", paths[0], "--same")

    # then
    assert joined == listed
    assert "cake.txt" in {copy["file"]["name"] for copy in listed["files"]}
    assert "copies or versions of" in told
    assert "cake.txt" not in {copy["file"]["name"] for copy in apart["files"]}
    assert wrong.code == 2


def upload(client: httpx.Client, name: str, text: str) -> int:
    sent = client.post("/api/v1/files", files={"files": (name, text.encode(), "text/plain")})
    [file] = sent.json()["files"]
    until(lambda: client.get(f"/api/v1/files/{file['file_id']}").json()["state"] in {"filed", "review"})
    return int(file["file_id"])


def shown(group: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(copy["file"]["name"], copy["newest"]) for copy in group["files"]]


def test_a_file_is_shown_with_its_copies_until_a_person_says_otherwise(
    client: httpx.Client,
) -> None:
    # given
    one, other = upload(client, "lift.txt", REPORT), upload(client, "lift-told.txt", EDITED)
    until(lambda: len(client.get(f"/api/v1/files/{one}/copies").json()["files"]) > 1)

    # when
    groups = client.get("/api/v1/copies", params={"limit": 500}).json()
    apart = client.put(f"/api/v1/files/{one}/copies/{other}", json={"same": False})
    alone = client.get(f"/api/v1/files/{other}").json()["copies"]
    back = client.post(f"/api/v1/files/{one}/copies/{other}/undo")
    again = client.post(f"/api/v1/files/{one}/copies/{other}/undo")

    # then
    assert [("lift-told.txt", True), ("lift.txt", False)] in [shown(group) for group in groups["groups"]]
    assert shown(apart.json()) == [("lift.txt", True)]
    assert alone == 0
    assert shown(back.json()) == [("lift-told.txt", True), ("lift.txt", False)]
    assert {copy["kind"] for copy in back.json()["files"]} == {"same_bytes", "version"}
    assert again.status_code == 404
