"""Files over HTTP: listing, pages, originals, corrections, uploads, and classifying a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from standins.program import Program
from tests.integration.api.served import HOSTILE_NAME, INVOICE, LEASE, UPLOAD_LIMIT_BYTES, Served, until

from twolane.documents import Classification, Decision, Tier


def find(client: httpx.Client, name: str) -> dict[str, Any]:
    files = client.get("/api/v1/files", params={"text": name}).json()["files"]
    found: dict[str, Any] = next(file for file in files if file["name"] == name)
    return found


def test_files_are_listed_with_their_classification(client: httpx.Client) -> None:
    # when
    lease = find(client, "lease.txt")

    # then
    assert lease["read_status"] == "text"
    assert lease["state"] in {"filed", "review"}
    assert 0 <= lease["classification"]["confidence"] <= 1
    assert lease["classification"]["reason"]


def test_a_file_has_one_shape_in_lists_by_itself_and_on_the_command_line(
    served: Served, client: httpx.Client
) -> None:
    # given
    program = Program(served.app.settings.data_dir.parent)

    # when
    listed = find(client, "lease.txt")
    alone = client.get(f"/api/v1/files/{listed['file_id']}").json()
    [printed] = program.ok("files", served.folder / "lease.txt", "--json").values
    [in_list] = program.ok("files", "--text", "lease.txt", "--json").values

    # then
    assert listed == in_list
    more = {key: alone[key] for key in ("seen_by_others", "decisions", "fields")}
    assert alone == printed == {**listed, **more}
    assert listed["added_at"].endswith("Z")
    assert listed["document"]
    assert len(listed["classification"]["scores"]) > 1


def test_pages_of_the_list_make_up_the_whole(client: httpx.Client) -> None:
    # given
    whole = client.get("/api/v1/files", params={"order": "review"}).json()

    # when
    parts = [
        client.get("/api/v1/files", params={"order": "review", "offset": offset, "limit": 2}).json()
        for offset in range(0, whole["total"], 2)
    ]

    # then
    assert whole["total"] == len(whole["files"]) >= 3
    assert [file for part in parts for file in part["files"]] == whole["files"]
    assert {part["total"] for part in parts} == {whole["total"]}
    waits = [file["state"] == "review" for file in whole["files"]]
    assert waits == sorted(waits, reverse=True)


def test_filters_narrow_the_list(client: httpx.Client) -> None:
    # given
    lease = find(client, "lease.txt")
    category = lease["classification"]["category"]

    # when
    same = client.get("/api/v1/files", params={"category": category, "state": lease["state"]}).json()
    only = client.get("/api/v1/files", params={"only_category": category, "state": lease["state"]}).json()
    none = client.get("/api/v1/files", params={"state": "quarantined"}).json()

    # then
    assert "lease.txt" in {file["name"] for file in same["files"]}
    assert {file["classification"]["category"] for file in same["files"]} == {category}
    assert only == same
    assert same["total"] == len(same["files"])
    assert (none["files"], none["total"]) == ([], 0)


@pytest.mark.parametrize("query", ["state=odd", "limit=0", "limit=100000", "offset=-1", "order=size"])
def test_a_wrong_filter_is_explained(client: httpx.Client, query: str) -> None:
    # when
    response = client.get(f"/api/v1/files?{query}")

    # then
    assert response.status_code == 422
    assert query.partition("=")[0] in response.json()["error"]


def test_one_file_has_all_its_scores(client: httpx.Client) -> None:
    # given
    lease = find(client, "lease.txt")

    # when
    detail = client.get(f"/api/v1/files/{lease['file_id']}").json()

    # then
    scores = detail["classification"]["scores"]
    assert scores == sorted(scores, key=lambda score: -score["probability"])
    assert scores[0]["category"] == detail["classification"]["category"]


def test_a_page_is_text(client: httpx.Client) -> None:
    # given
    lease = find(client, "lease.txt")

    # when
    page = client.get(f"/api/v1/files/{lease['file_id']}/pages/1").json()

    # then
    assert "ends on 30 June 2027" in page["text"]
    assert (page["number"], page["page_count"]) == (1, 1)


@pytest.mark.parametrize("path", ["999999", "999999/content", "999999/pages/1"])
def test_what_is_not_there_is_not_found(client: httpx.Client, path: str) -> None:
    # when
    response = client.get(f"/api/v1/files/{path}")

    # then
    assert response.status_code == 404
    assert set(response.json()) == {"error", "remedy", "said"}


def test_a_page_that_is_not_there_is_not_found(client: httpx.Client) -> None:
    # given
    lease = find(client, "lease.txt")

    # when
    response = client.get(f"/api/v1/files/{lease['file_id']}/pages/7")

    # then
    assert response.status_code == 404
    assert "page 7" in response.json()["error"]


def test_the_original_is_shown_but_can_do_nothing(client: httpx.Client) -> None:
    # given
    hostile = find(client, HOSTILE_NAME)

    # when
    shown = client.get(f"/api/v1/files/{hostile['file_id']}/content")
    saved = client.get(f"/api/v1/files/{hostile['file_id']}/content", params={"download": True})

    # then
    assert shown.text == saved.text == "Nothing of note.\n"
    assert shown.headers["content-type"] == "text/plain; charset=utf-8"
    assert shown.headers["content-disposition"].startswith("inline; filename*=utf-8''%3Cimg%20src")
    assert shown.headers["content-security-policy"].endswith("sandbox")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"].startswith("attachment;")


def test_markup_is_a_download(client: httpx.Client) -> None:
    # given
    page = b"<!doctype html><title>Trap</title><p>Dear Ada, this is a letter.</p><script>alert(1)</script>"
    uploaded = upload(client, "trap.html", page)

    # when
    response = client.get(f"/api/v1/files/{uploaded['file_id']}/content")

    # then
    assert response.content == page
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"].startswith("attachment;")


def test_a_link_in_place_of_a_file_is_not_followed(served: Served, client: httpx.Client) -> None:
    # given
    uploaded = upload(client, "swapped.txt", b"Dear Ada, this is a letter.")
    until(lambda: find(client, "swapped.txt")["state"] != "waiting")
    path = served.app.store.file(uploaded["file_id"]).path
    secret = served.folder.parent / "secret.txt"
    secret.write_text("secret", "utf-8")
    path.unlink()
    path.symlink_to(secret)

    # when
    response = client.get(f"/api/v1/files/{uploaded['file_id']}/content")

    # then
    assert response.status_code == 409
    assert "is a link" in response.json()["error"]


def test_a_correction_is_a_persons_decision(client: httpx.Client) -> None:
    # given
    invoice = find(client, "invoice.txt")
    categories = client.get("/api/v1/categories").json()
    other = next(c["id"] for c in categories if c["id"] != invoice["classification"]["category"])

    # when
    response = client.put(f"/api/v1/files/{invoice['file_id']}/category", json={"category": other})

    # then
    assert response.status_code == 200
    decided = find(client, "invoice.txt")
    assert response.json() == decided
    assert decided["state"] == "filed"
    assert (decided["classification"]["category"], decided["classification"]["tier"]) == (other, "person")
    *_, machine, person = client.get(f"/api/v1/files/{invoice['file_id']}").json()["decisions"]
    assert machine["category"] == invoice["classification"]["category"]
    assert (person["category"], person["tier"], person["confidence"]) == (other, "person", 1.0)
    assert machine["at"] < person["at"]
    filed = {c["id"]: c["documents"] for c in client.get("/api/v1/categories").json()}
    assert filed[other] >= 1


def test_a_correction_is_taken_back(client: httpx.Client) -> None:
    # given
    invoice = find(client, "invoice.txt")
    address = f"/api/v1/files/{invoice['file_id']}"
    before = invoice["classification"]
    none = {"category": "", "document": invoice["document"]}
    corrected = client.put(f"{address}/category", json=none).json()

    # when
    response = client.post(f"{address}/undo")

    # then
    assert (corrected["state"], corrected["classification"]["category"]) == ("filed", "")
    assert response.status_code == 200
    assert response.json()["classification"] == before
    assert client.get(address).json()["decisions"][-1]["undone_at"]


def test_what_the_file_no_longer_holds_is_not_decided_on(client: httpx.Client) -> None:
    # given
    invoice = find(client, "invoice.txt")
    decision = {"category": "letter", "document": "another content"}

    # when
    response = client.put(f"/api/v1/files/{invoice['file_id']}/category", json=decision)

    # then
    assert response.status_code == 409
    assert find(client, "invoice.txt")["classification"] == invoice["classification"]


def test_files_are_filed_again_once_it_was_seen_what_changes(served: Served, client: httpx.Client) -> None:
    # given: a decision of yesterday that would not be made today
    lease = find(client, "lease.txt")
    stale = Classification("letter", 0.9, Tier.RULES, "", taxonomy="of yesterday")
    with served.app.store.writing() as write:
        write.decide(lease["document"], Decision(stale))

    # when
    preview = client.get("/api/v1/reclassify").json()
    before = find(client, "lease.txt")["classification"]["category"]
    done = client.post("/api/v1/reclassify").json()
    again = client.get("/api/v1/reclassify", params={"start": 0}).json()

    # then
    proposal = client.get(f"/api/v1/files/{lease['file_id']}/proposal").json()
    assert proposal["category"] == lease["classification"]["category"]
    changes = {change["file"]["name"]: change for change in preview["changes"]}
    assert changes["lease.txt"]["file"]["classification"]["category"] == before == "letter"
    assert changes["lease.txt"]["category"] == lease["classification"]["category"]
    assert (preview["next"], preview["total"]) == (None, client.get("/api/v1/files").json()["total"])
    assert done["changes"] == preview["changes"]
    assert find(client, "lease.txt")["classification"]["category"] == lease["classification"]["category"]
    assert again["changes"] == []
    affected = client.get(f"/api/v1/files/{lease['file_id']}/affected").json()
    assert affected == {"affected": 0}  # without vectors nothing is similar


def test_an_unknown_category_is_refused(client: httpx.Client) -> None:
    # given
    invoice = find(client, "invoice.txt")

    # when
    response = client.put(f"/api/v1/files/{invoice['file_id']}/category", json={"category": "no such"})

    # then
    assert response.status_code == 404
    assert "no such" in response.json()["error"]
    assert find(client, "invoice.txt")["classification"] == invoice["classification"]


def upload(client: httpx.Client, name: str, content: bytes) -> dict[str, Any]:
    response = client.post("/api/v1/files", files=[("files", (name, content))])
    assert response.status_code == 201, response.text
    uploaded: dict[str, Any] = response.json()["files"][0]
    return uploaded


def test_uploads_are_filed(client: httpx.Client) -> None:
    # given
    files = [("files", ("one.txt", LEASE.encode() + b"1")), ("files", ("two.txt", INVOICE.encode() + b"2"))]

    # when
    response = client.post("/api/v1/files", files=files)

    # then
    assert response.status_code == 201
    uploaded = response.json()
    assert [file["name"] for file in uploaded["files"]] == ["one.txt", "two.txt"]
    assert uploaded["not_saved"] == []
    until(lambda: all(find(client, file["name"])["state"] != "waiting" for file in uploaded["files"]))
    assert find(client, "one.txt")["classification"]


@pytest.mark.parametrize(
    "name", ["../../escape.txt", "/etc/escape.txt", r"C:\escape.txt", ".hidden", "a\tb.txt"]
)
def test_an_upload_stays_in_its_folder(served: Served, client: httpx.Client, name: str) -> None:
    # when
    uploaded = upload(client, name, f"Dear Ada, this is {name}.".encode())

    # then
    path = served.app.store.file(uploaded["file_id"]).path
    assert path.parent == (served.app.settings.data_dir / "uploads").resolve()


def test_the_same_name_twice_keeps_both(client: httpx.Client) -> None:
    # when
    first = upload(client, "twice.txt", b"first letter")
    second = upload(client, "twice.txt", b"second letter")

    # then
    assert first["file_id"] != second["file_id"]
    assert client.get(f"/api/v1/files/{first['file_id']}/content").text == "first letter"
    assert client.get(f"/api/v1/files/{second['file_id']}/content").text == "second letter"


def test_an_upload_never_takes_the_place_of_one_that_lies_on_another_servers_disk(
    served: Served, client: httpx.Client
) -> None:
    # given
    first = upload(client, "elsewhere.txt", b"a letter here")
    served.app.store.file(first["file_id"]).path.unlink()

    # when
    second = upload(client, "elsewhere.txt", b"a letter there")

    # then
    assert first["file_id"] != second["file_id"]


def test_an_upload_of_what_is_there_is_kept_once_and_says_so(served: Served, client: httpx.Client) -> None:
    # given
    content = b"Dear Ada, the roof of the boat house was mended on the third day of the regatta."
    first = upload(client, "roof.txt", content)
    until(lambda: client.get(f"/api/v1/files/{first['file_id']}").json()["state"] != "waiting")
    path = served.app.store.file(first["file_id"]).path

    # when
    again = client.post("/api/v1/files", files=[("files", ("roof again.txt", content))])
    path.unlink()
    moved = client.post("/api/v1/files", files=[("files", ("roof anew.txt", content))])

    # then
    assert (again.status_code, again.json()["files"]) == (200, [])
    [already] = again.json()["already"]
    assert (already["name"], already["file"]["file_id"]) == ("roof again.txt", first["file_id"])
    assert not (path.parent / "roof again.txt").exists()
    assert moved.status_code == 201
    assert [file["name"] for file in moved.json()["files"]] == ["roof anew.txt"]


def test_a_large_upload_is_refused_by_its_declared_size(client: httpx.Client) -> None:
    # given
    before = client.get("/api/v1/files").json()["total"]
    content = b"x" * (UPLOAD_LIMIT_BYTES + 100_000)

    # when
    response = client.post("/api/v1/files", files=[("files", ("large.txt", content))])

    # then
    assert response.status_code == 413
    assert response.json()["remedy"]
    assert client.get("/api/v1/files").json()["total"] == before


def test_a_large_upload_is_refused_while_it_comes(client: httpx.Client) -> None:
    # given
    def parts() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="large.txt"\r\n\r\n'
        for _ in range(2 * UPLOAD_LIMIT_BYTES // 65_536):
            yield b"x" * 65_536
        yield b"\r\n--b--\r\n"

    # when
    response = client.post(
        "/api/v1/files", content=parts(), headers={"Content-Type": "multipart/form-data; boundary=b"}
    )

    # then
    assert response.status_code == 413
    assert response.json()["remedy"]


def test_an_upload_without_a_file_is_explained(client: httpx.Client) -> None:
    # when
    response = client.post("/api/v1/files", data={"files": "not a file"})

    # then
    assert response.status_code == 422
    assert "files" in response.json()["error"]


def test_a_text_is_classified_and_not_kept(client: httpx.Client) -> None:
    # given
    before = client.get("/api/v1/files").json()["total"]

    # when
    response = client.post("/api/v1/classify", json={"text": INVOICE})

    # then
    categories = {category["id"] for category in client.get("/api/v1/categories").json()}
    assert response.json()["category"] in categories
    assert client.get("/api/v1/files").json()["total"] == before


def test_a_text_may_be_too_long(client: httpx.Client) -> None:
    # when
    long = client.post("/api/v1/classify", json={"text": "x" * 600_000})
    huge = client.post("/api/v1/classify", json={"text": "x" * 9_000_000})

    # then
    assert (long.status_code, huge.status_code) == (422, 413)


def test_an_original_behind_a_folder_that_became_a_link_is_refused(
    served: Served, client: httpx.Client
) -> None:
    # given
    folder = served.folder / "share"
    for name, text in (("inbox", "mine"), ("private", "secret")):
        (folder / name).mkdir(parents=True)
        (folder / name / "passwd").write_text(text)
    served.app.library.add([folder / "inbox"])
    file_id = find(client, "passwd")["file_id"]

    # when
    before = client.get(f"/api/v1/files/{file_id}/content")
    part = client.get(f"/api/v1/files/{file_id}/content", headers={"Range": "bytes=1-2"})
    (folder / "inbox").rename(folder / "x")
    (folder / "inbox").symlink_to(folder / "private")
    after = client.get(f"/api/v1/files/{file_id}/content")

    # then
    assert (before.text, part.text) == ("mine", "in")
    assert after.status_code == 409
    assert "is a link" in after.json()["error"]
    assert "add it again" in after.json()["remedy"]


def test_a_fact_is_corrected_shown_sought_and_taken_back(client: httpx.Client) -> None:
    # given
    lease = find(client, "lease.txt")
    address = f"/api/v1/files/{lease['file_id']}/fields/date"
    before = _fact(client.get(f"/api/v1/files/{lease['file_id']}").json(), "date")

    # when
    corrected = client.put(address, json={"value": "30 June 2027", "document": lease["document"]}).json()
    sought = client.get("/api/v1/files", params={"dated_from": "2027-06-30", "field": "date<=2027-06-30"})
    history = client.get(address).json()
    undone = client.post(f"{address}/undo").json()

    # then
    fact = _fact(corrected, "date")
    assert (fact["value"], fact["source"], fact["words"]) == ("2027-06-30", "person", "30 June 2027")
    assert fact["page"] == 1
    assert corrected["dated_at"] == "2027-06-30"
    assert "lease.txt" in [file["name"] for file in sought.json()["files"]]
    assert [decision["value"] for decision in history] == ["2027-06-30"]
    assert _fact(undone, "date") == before


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [("date", "someday", 422), ("colour", "red", 404), ("date", "x" * 2000, 422)],
)
def test_what_is_no_fact_is_refused(client: httpx.Client, field: str, value: str, status: int) -> None:
    # given
    lease = find(client, "lease.txt")

    # when
    answer = client.put(f"/api/v1/files/{lease['file_id']}/fields/{field}", json={"value": value})

    # then
    assert answer.status_code == status
    assert answer.json()["error"]


def test_the_fields_that_there_are_are_listed(client: httpx.Client) -> None:
    # when
    fields = {field["id"]: field for field in client.get("/api/v1/fields").json()}

    # then
    assert fields["total_due"]["type"] == "amount"
    assert "invoice" in fields["total_due"]["categories"]


def _fact(file: dict[str, Any], field: str) -> dict[str, Any]:
    found: dict[str, Any] = next(fact for fact in file["fields"] if fact["field"] == field)
    return found
