"""Who did what is written down for those who manage the library, and quotas hold for all others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.integration.api.people import People, people
from tests.integration.api.served import LEASE, until
from tests.integration.mcp.wire import stateless

from twolane.access.audit import AuditAct
from twolane.principal import Right

API = "/api/v1"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    quotas = {"quota_questions_per_day": 2, "quota_upload_bytes_per_day": 100}
    with people(tmp_path_factory.mktemp("office"), {"lease.txt": LEASE}, **quotas) as running:
        yield running


def told(office: People, **query: Any) -> list[dict[str, Any]]:
    """Return events as an admin is told them, the newest first."""
    with office.as_user("root") as root:
        answer = root.get(f"{API}/audit", params=query)
    assert answer.status_code == 200, answer.text
    events: list[dict[str, Any]] = answer.json()["events"]
    return events


def wait_for(office: People, act: AuditAct, user: str) -> dict[str, Any]:
    """Return the newest event of an act and a user, once it is written."""
    until(lambda: told(office, act=act.value, user=user))
    return told(office, act=act.value, user=user)[0]


def test_what_is_seen_searched_changed_and_removed_is_there_with_who_and_from_where(office: People) -> None:
    # given
    with office.as_user("ada") as ada, office.as_user("rita") as rita:
        file_id = ada.get(f"{API}/files").json()["files"][0]["file_id"]

        # when
        ada.get(f"{API}/files/{file_id}")
        ada.get(f"{API}/search", params={"query": "rent"})
        ada.put(f"{API}/files/{file_id}/tags/home")
        rita.put(f"{API}/files/{file_id}/tags/mine")

    # then
    saw = wait_for(office, AuditAct.SAW, "ada")
    assert saw["file_id"] == file_id
    assert saw["target"].endswith("lease.txt")
    assert (saw["sender"], saw["means"], saw["outcome"]) == ("127.0.0.1", "page", "")
    assert wait_for(office, AuditAct.SEARCHED, "ada")["target"] == ""  # its words are not kept
    assert wait_for(office, AuditAct.CHANGED, "ada")["detail"] == f"PUT {API}/files/{file_id}/tags/home"
    assert wait_for(office, AuditAct.CHANGED, "rita")["outcome"] == "refused"
    assert [one["user"] for one in told(office, file_id=file_id, act="changed")] == ["rita", "ada"]


def test_only_who_manages_the_library_sees_the_audit(office: People) -> None:
    # when
    with office.as_user("ada") as ada, office.as_nobody() as nobody:
        statuses = ada.get(f"{API}/audit").status_code, nobody.get(f"{API}/audit").status_code

    # then
    assert statuses == (403, 401)


def test_failed_ways_in_are_there(office: People) -> None:
    # when
    with office.as_nobody() as nobody:
        nobody.post(f"{API}/session", json={"name": "mallory", "password": "guessed it"})

    # then
    failed = wait_for(office, AuditAct.SIGNED_IN, "mallory")
    assert (failed["outcome"], failed["sender"]) == ("refused", "127.0.0.1")

    assert failed["means"] == ""


def test_knocking_is_there_once_a_minute_and_no_more(office: People) -> None:
    # when
    with office.as_nobody() as nobody, office.with_secret("twolane_" + "x" * 43) as wrong:
        for _ in range(12):
            wrong.get(f"{API}/files")
        for _ in range(14):
            nobody.post(f"{API}/session", json={"name": "mallory", "password": "guessed it"})

    # then
    until(lambda: len(told(office, act="came")) >= 2)
    came = [(one["detail"], one["outcome"], one["sender"], one["means"]) for one in told(office, act="came")]
    assert sorted(came) == [
        (f"GET {API}/files", "refused", "127.0.0.1", ""),
        (f"GET {API}/files", "too many", "127.0.0.1", ""),
    ]
    until(lambda: any(one["outcome"] == "too many" for one in told(office, act="signed in")))
    tries = [one["outcome"] for one in told(office, act="signed in")]
    assert tries.count("too many") == 1


def test_a_file_is_given_taken_back_and_told_whose_it_is(office: People) -> None:
    # given
    with office.as_user("root") as root, office.as_user("ada") as ada, office.as_user("ben") as ben:
        file_id = root.get(f"{API}/files").json()["files"][0]["file_id"]
        whole = f"{API}/files/{file_id}"

        def give(client: httpx.Client, owner: str) -> httpx.Response:
            return client.put(f"{API}/files/owner", json={"file_ids": [file_id], "owner": owner})

        # when
        shared = root.get(whole).json()
        refused = give(ada, "ada").status_code
        given = give(root, "ADA").json()
        owned = ada.get(whole).json()
        unseen, unknown = ben.get(whole).status_code, give(ada, "nobody").status_code
        away = give(ada, "ben").status_code, ada.get(whole).status_code
        back = give(ada, "ada").json()
        stolen = give(ben, "ben").status_code
        everybodys = give(ada, "").json(), give(ada, "ada").status_code, give(root, "").status_code

    # then
    assert (shared["owner"], shared["seen_by_others"]) == ("", True)
    assert (refused, unseen, unknown, stolen) == (403, 404, 404, 404)
    assert given == {"files": 1, "owner": "ada", "before": [{"owner": "", "file_ids": [file_id]}]}
    assert (owned["owner"], owned["seen_by_others"]) == ("ada", False)
    assert away == (200, 404)
    assert back["before"] == [{"owner": "ben", "file_ids": [file_id]}]
    assert (everybodys[0]["before"], *everybodys[1:]) == ([{"owner": "ada", "file_ids": [file_id]}], 200, 200)
    until(lambda: any(one["target"] == "to ADA" for one in told(office, user="root", act="changed")))


def test_a_tool_that_failed_is_there_as_one_that_did(office: People) -> None:
    # when
    with office.as_user("ada") as ada, office.as_user("rita") as rita:
        for client, arguments in (
            (ada, {"file_id": 999, "category": "invoice"}),
            (rita, {"file_id": 1, "category": "invoice"}),
            (ada, {"file_id": "one", "category": "invoice"}),
        ):
            client.post("/mcp", **stateless("tools/call", "correct", arguments=arguments))

    # then
    until(lambda: len([one for one in told(office) if one["detail"] == "tool correct"]) == 3)
    tools = [one for one in told(office) if one["detail"] == "tool correct"][::-1]
    assert [(one["user"], one["file_id"], one["outcome"]) for one in tools] == [
        ("ada", 999, "failed"),
        ("rita", 1, "refused"),
        ("ada", 0, "failed"),
    ]


def test_questions_and_uploads_have_a_quota_that_is_not_the_admins(office: People) -> None:
    # given
    asked = {"question": "When does the lease end?"}
    with office.as_user("ben") as ben, office.as_user("root") as root, office.as_token(Right.ADD) as scanner:
        # when
        json = {"Accept": "application/json"}
        questions = [ben.post(f"{API}/ask", json=asked, headers=json) for _ in range(3)]
        other = ben.post(
            "/v1/chat/completions",
            json={"model": "twolane", "messages": [{"role": "user", "content": "rent?"}]},
        )
        admin = [root.post(f"{API}/ask", json=asked, headers=json).status_code for _ in range(3)]
        uploads = [
            client.post(f"{API}/files", files={"files": (f"{n}.txt", f"{who} {n} ".encode() * 9)})
            for who, client in (("ben", ben), ("scanner", scanner))
            for n in range(3)
        ]
        again = ben.post(f"{API}/files", files={"files": ("0.txt", b"ben 0 " * 9)})

    # then
    assert [one.status_code for one in questions] == [200, 200, 429]
    assert 0 < int(questions[2].headers["Retry-After"]) <= 86_400
    assert "remedy" in questions[2].json()
    assert other.status_code == 429
    assert admin == [200, 200, 200]
    assert [one.status_code for one in uploads] == [201, 429, 429, 201, 429, 429]
    assert again.status_code == 429
