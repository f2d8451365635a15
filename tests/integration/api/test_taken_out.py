"""Taking files out over HTTP, and what comes back and is kept out."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from standins.program import Program
from tests.integration.api.served import Served, until
from tests.support.trash import own_trash


def upload(client: httpx.Client, name: str) -> int:
    text = f"What {name} says stands in {name} alone."
    sent = client.post("/api/v1/files", files={"files": (name, text.encode(), "text/plain")})
    [file] = sent.json()["files"]
    until(lambda: client.get(f"/api/v1/files/{file['file_id']}").json()["state"] in {"filed", "review"})
    return int(file["file_id"])


def added(client: httpx.Client, served: Served, name: str) -> int:
    path = served.folder / name
    path.write_text(f"What {name} says stands in {name} alone.", "utf-8")
    served.app.library.add([path], named=True)
    record = served.app.library.file_at(path)
    assert record
    until(lambda: client.get(f"/api/v1/files/{record.file_id}").json()["state"] in {"filed", "review"})
    return record.file_id


def test_a_file_is_taken_out_and_restored(client: httpx.Client, served: Served) -> None:
    # given
    number = added(client, served, "bill.txt")

    # when
    removed = client.delete(f"/api/v1/files/{number}").json()
    gone = client.get(f"/api/v1/files/{number}")
    [exclusion] = client.get("/api/v1/exclusions").json()["exclusions"]
    listed = client.get("/api/v1/trash?every=true").json()["removals"]
    back = client.post(f"/api/v1/trash/{removed['removal_ids'][0]}/restore").json()

    # then
    assert (removed["files"], removed["documents"], removed["trashed"], removed["left"]) == (1, 1, 0, [])
    assert gone.status_code == 404
    assert (exclusion["kind"], exclusion["value"]) == ("path", str(served.folder / "bill.txt"))
    assert [one["path"] for one in listed] == [str(served.folder / "bill.txt")]
    assert client.get(f"/api/v1/files/{back['file_id']}").json()["name"] == "bill.txt"
    assert client.get("/api/v1/exclusions").json()["exclusions"] == []
    assert client.post(f"/api/v1/trash/{removed['removal_ids'][0]}/restore").status_code == 409


def test_what_is_meant_must_be_said(client: httpx.Client) -> None:
    # given
    bodies: list[dict[str, object]] = [
        {},
        {"filter": {}},
        {"file_ids": [1], "filter": {"category": "invoice"}},
        {"filter": {"folders": ["relative"]}},
        {"file_ids": [999_999]},
        {"filter": {"category": "nothing-has-it"}},
    ]

    # when
    answers = [client.post("/api/v1/files/remove", json=body).status_code for body in bodies]

    # then
    assert answers == [422, 422, 422, 422, 404, 404]
    assert client.delete("/api/v1/files/999999").status_code == 404
    assert client.delete("/api/v1/exclusions/999999").status_code == 404
    assert client.post("/api/v1/trash/999999/restore").status_code == 404


def test_uploads_and_deleted_files_go_into_the_trash(
    client: httpx.Client, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    trash = own_trash(tmp_path / "home", monkeypatch)
    sent, lying = upload(client, "sent.txt"), added(client, served, "lying.txt")

    # when
    first = client.post("/api/v1/files/remove", json={"file_ids": [sent]}).json()
    second = client.post("/api/v1/files/remove", json={"file_ids": [lying], "delete_file": True}).json()

    # then
    assert (first["trashed"], second["trashed"]) == (1, 1)
    assert sorted(entry.name for entry in trash.iterdir()) == ["lying.txt", "sent.txt"]
    assert [Path(one["path"]).name for one in client.get("/api/v1/trash").json()["removals"]] == [
        "lying.txt",
        "sent.txt",
    ]


def test_a_content_that_is_excluded_is_not_uploaded(
    client: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    own_trash(tmp_path / "home", monkeypatch)
    number = upload(client, "once.txt")
    document = client.get(f"/api/v1/files/{number}").json()["document"]

    # when
    removed = client.post("/api/v1/exclusions", json={"kind": "content", "value": document}).json()
    text = b"What once.txt says stands in once.txt alone."
    again = client.post("/api/v1/files", files={"files": ("twice.txt", text, "text/plain")})

    # then
    assert removed["files"] == 1
    assert again.status_code == 409
    for exclusion in client.get("/api/v1/exclusions").json()["exclusions"]:
        client.delete(f"/api/v1/exclusions/{exclusion['exclusion_id']}").raise_for_status()
    wrong = [
        {"kind": "name", "value": "*"},
        {"kind": "path", "value": "a/b"},
        {"kind": "other", "value": "x"},
        {"kind": "content", "value": "x"},
        {"kind": "content", "value": "AB" * 32},
    ]
    assert {client.post("/api/v1/exclusions", json=one).status_code for one in wrong} == {422}
    assert client.get("/api/v1/exclusions").json()["exclusions"] == []


def test_the_commands_do_what_the_api_does(served: Served, client: httpx.Client) -> None:
    # given
    added(client, served, "paper.txt")
    path = served.folder / "paper.txt"
    program = Program(served.app.settings.data_dir.parent)

    # when
    refused = program.run("remove", path)
    nothing = program.run("remove", "--yes")
    unknown = program.run("remove", served.folder / "unknown.txt", "--yes")
    [removed] = program.ok("remove", path, "--yes", "--json").values

    # then
    assert (refused.code, nothing.code, unknown.code) == (2, 2, 1)
    assert "1 file, to stay in place" in refused.out
    assert removed["files"] == 1
    assert served.app.library.file_at(path) is None
    assert "paper.txt" in program.ok("exclude").out
    assert "paper.txt" in program.ok("trash", "--all").out
    [back] = program.ok("trash", "restore", str(removed["removal_ids"][0]), "--json").values
    assert back["name"] == "paper.txt"
    assert program.ok("vacuum", "--json").values == [{"vacuumed": True}]


def test_names_that_are_left_out_are_listed_and_changed(client: httpx.Client) -> None:
    # given
    def left_out() -> dict[str, bool]:
        names = client.get("/api/v1/exclusions").json()["clutter"]
        return {one["pattern"]: one["is_left_out"] for one in names}

    change = {"pattern": ".stversions", "is_left_out": False}
    assert left_out()[".stversions"]

    # when
    changed = client.put("/api/v1/exclusions/clutter", json=change)

    # then
    assert changed.status_code == 204
    assert not left_out()[".stversions"]
    assert client.put("/api/v1/exclusions/clutter", json=change | {"is_left_out": True}).status_code == 204
    assert left_out()[".stversions"]
    assert client.put("/api/v1/exclusions/clutter", json=change | {"pattern": "x"}).status_code == 404
