"""The inbox: files by token from anywhere, and a token opens nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi.routing import APIRoute
from tests.integration.api.served import UPLOAD_LIMIT_BYTES, Served, listening, settings_in

from twolane.access.tries import MOST_TRIES
from twolane.api.groups import OPEN
from twolane.api.server import GROUPS
from twolane.app import open_app
from twolane.principal import AccessToken, Right

INBOX = "/api/v1/inbox"
UNKNOWN = "twolane_" + "A" * 43


@pytest.fixture(scope="module")
def secret(served: Served) -> str:
    return served.app.access.tokens.make("Scanner im Büro").secret


@pytest.fixture
def scanner(served: Served, secret: str) -> Iterator[httpx.Client]:
    with served.client() as client:
        client.headers["Authorization"] = f"Bearer {secret}"
        yield client


def put_in(scanner: httpx.Client, content: bytes, **given: Any) -> str:
    """Put one file in as a body; return the name it has now."""
    response = scanner.post(INBOX, content=content, **given)
    assert response.status_code == 201, response.text
    return str(response.json()["new"][0])


def test_several_files_come_in_as_a_form_and_known_ones_are_told_apart(scanner: httpx.Client) -> None:
    # given
    forms = [("file", ("Größe 合同.txt", b"one")), ("datei", ("счёт.txt", b"two")), ("x", ("b.txt", b"one"))]

    # when
    first = scanner.post(INBOX, files=forms)
    again = scanner.post(INBOX, files=forms[:2])

    # then
    assert first.status_code == 201
    assert first.json()["new"] == ["Größe 合同.txt", "счёт.txt"]
    assert first.json()["known"] == ["b.txt"]
    assert again.status_code == 200
    assert again.json() == {"new": [], "known": ["Größe 合同.txt", "счёт.txt"], "refused": []}


@pytest.mark.parametrize(
    ("headers", "query", "name"),
    [
        ({"X-File-Name": quote("فاتورة ٢٠٢٥.pdf")}, {}, "فاتورة ٢٠٢٥.pdf"),
        ({"X-File-Name": "Zażółć.pdf".encode()}, {}, "Zażółć.pdf"),
        ({"Content-Disposition": "attachment; filename*=UTF-8''%E5%90%88%E5%90%8C.pdf"}, {}, "合同.pdf"),
        ({"Content-Disposition": 'attachment; filename="été.pdf"'.encode()}, {}, "été.pdf"),
        ({"Content-Disposition": 'attachment; filename="../../etc/passwd"'}, {}, "passwd"),
        ({}, {"name": "счёт.pdf"}, "счёт.pdf"),
        ({"X-File-Name": quote("合" * 300 + ".pdf")}, {}, "合" * 65 + ".pdf"),
    ],
)
def test_a_body_has_a_name_in_any_script(
    scanner: httpx.Client, headers: dict[str, Any], query: dict[str, str], name: str
) -> None:
    assert put_in(scanner, name.encode(), headers=headers, params=query) == name


@pytest.mark.parametrize("said", ["", "; ;;", "attachment; filename*" + "9" * 5_000 + "=x"])
def test_a_body_without_a_name_is_called_after_its_time_and_kind(scanner: httpx.Client, said: str) -> None:
    # given
    headers = {"Content-Type": "application/pdf", "Content-Disposition": said}

    # when
    name = put_in(scanner, b"%PDF-1.4 nameless " + said[:25].encode(), headers=headers)

    # then
    assert name.endswith(".pdf")
    assert date.fromisoformat(name[:10])


def test_the_same_file_twice_is_one_and_no_more_is_told_of_it(served: Served, scanner: httpx.Client) -> None:
    # when
    put_in(scanner, b"the same", params={"name": "same.txt"})
    again = scanner.post(INBOX, content=b"the same", params={"name": "again.txt"})

    # then
    assert again.status_code == 200
    assert again.json() == {"new": [], "known": ["again.txt"], "refused": []}
    assert not (served.app.settings.data_dir / "uploads" / "again.txt").exists()


def test_what_is_empty_or_too_large_is_refused_and_nothing_is_left(
    served: Served, scanner: httpx.Client
) -> None:
    # given
    uploads = served.app.settings.data_dir / "uploads"
    before = set(uploads.iterdir()) if uploads.exists() else set()

    def endless() -> Iterator[bytes]:  # its length is declared nowhere
        for _ in range(2 * UPLOAD_LIMIT_BYTES // 65_536):
            yield b"0" * 65_536

    # when
    answers = [
        scanner.post(INBOX, content=b""),
        scanner.post(INBOX, data={"only": "words"}, files=[]),
        scanner.post(INBOX, content=b"--x--", headers={"Content-Type": "multipart/form-data; boundary=x"}),
        scanner.post(INBOX, content=b"no", headers={"Content-Type": "multipart/form-data"}),
        scanner.post(INBOX, content=endless()),
        scanner.post(INBOX, content=b"0" * (UPLOAD_LIMIT_BYTES + 1)),
    ]

    # then
    assert [answer.status_code for answer in answers] == [400, 201, 400, 400, 413, 400]
    refused = [answer for answer in answers if answer.status_code > 201]
    assert all(set(answer.json()) == {"error", "remedy", "said"} for answer in refused)
    assert len(set(uploads.iterdir()) - before) == 1  # the words, as a body of their own


def test_basic_carries_the_token_as_its_password_for_scanners_that_know_no_other(
    served: Served, secret: str
) -> None:
    # given
    curl = ["curl", "--silent", "--anyauth", "--user", f"any:{secret}", "--data-binary", "@-"]

    # when
    sent = subprocess.run(
        [*curl, f"{served.url}{INBOX}?name=curl.txt"], input=b"by curl", capture_output=True, check=True
    )

    # then
    assert b'"curl.txt"' in sent.stdout


def test_the_examples_of_the_documents_are_taken(served: Served, secret: str, tmp_path: Path) -> None:
    # given
    page = (Path(__file__).parents[3] / "docs" / "ways_in.md").read_text("utf-8")
    [examples] = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    for name in ("scan.pdf", "Rechnung März.pdf"):
        (tmp_path / name).write_text(f"example {name}", "utf-8")

    # when
    sent = [
        subprocess.run(
            ["sh", "-c", line],
            cwd=tmp_path,
            env={**os.environ, "TOKEN": secret, "SERVER": served.url},
            capture_output=True,
            check=True,
        ).stdout
        for line in examples.splitlines()
    ]

    # then
    told = [json.loads(answer) for answer in sent]
    assert told[0]["new"] == ["scan.pdf", "Rechnung März.pdf"]
    assert [name for answer in told[1:] for name in answer["known"]] == ["合同.pdf", "letter.pdf"]


def test_a_token_is_let_in_under_any_name_of_the_server_but_not_from_another_website(
    scanner: httpx.Client, client: httpx.Client
) -> None:
    # when
    named = scanner.post(INBOX, content=b"by name", headers={"Host": "papers.example"})
    foreign = scanner.post(INBOX, content=b"by page", headers={"Origin": "https://evil.example"})
    without = client.post(INBOX, content=b"without", headers={"Host": "papers.example"})

    # then
    assert named.status_code == 201
    assert foreign.status_code == 403
    assert without.status_code == 401


def closed_routes() -> list[tuple[str, str]]:
    """Return every method and address of the server that whoever may only add files has no right to."""
    return [
        (method, route.path)
        for group in GROUPS
        for route in group.router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
        if group.right(route, method) not in {OPEN, Right.ADD}
    ]


def test_a_token_opens_nothing_else(served: Served, scanner: httpx.Client) -> None:
    # given
    addresses = [(method, re.sub(r"\{[^}]*\}", "1", path)) for method, path in closed_routes()]

    # when
    statuses = {(method, path): scanner.request(method, path).status_code for method, path in addresses}

    # then
    assert len(statuses) > 70
    assert {("POST", "/mcp"), ("GET", "/metrics"), ("POST", "/v1/responses")} <= statuses.keys()
    assert set(statuses.values()) == {403}, {each for each, status in statuses.items() if status != 403}


def test_keys_of_other_programs_are_passed_over_where_no_token_is_needed(client: httpx.Client) -> None:
    # when
    statuses = [
        client.get("/api/v1/categories", headers={"Authorization": key}).status_code
        for key in ("Bearer sk-other", "Basic b3RoZXI6a2V5", "Basic ???", "Digest x", "")
    ]

    # then
    assert set(statuses) == {200}


def test_wrong_ended_and_revoked_tokens_are_told_why_and_many_keep_no_good_one_out(tmp_path: Path) -> None:
    # given
    with open_app(settings_in(tmp_path)) as app, listening(app) as url:
        gone = app.access.tokens.make("old phone").secret
        app.access.tokens.revoke("old phone")
        good = app.access.tokens.make("phone").secret
        ended = "twolane_" + "E" * 43
        digest = hashlib.sha256(ended.encode()).hexdigest()
        app.store.tokens.add(AccessToken("e", "guest", frozenset({Right.ADD}), ends_at=1.0), digest)
        with httpx.Client(base_url=url, trust_env=False) as client:

            def tried(key: str) -> httpx.Response:
                return client.post(INBOX, content=b"x", headers={"Authorization": key})

            # when
            first = [tried(f"Bearer {key}") for key in (gone, ended, UNKNOWN)]
            lacking = client.post(INBOX, content=b"x")
            basic = base64.b64encode(b"phone:guess").decode()
            rest = [tried(f"Basic {basic}") for _ in range(MOST_TRIES - len(first))]
            bounded = [tried(f"Bearer {UNKNOWN}"), tried(f"Bearer {good}")]

    # then
    assert [response.status_code for response in (*first, lacking, *rest)] == [401] * (MOST_TRIES + 1)
    assert "revoked" in first[0].json()["error"]
    assert "ended" in first[1].json()["error"]
    assert "not known" in first[2].json()["error"]
    assert "Basic" in lacking.headers["WWW-Authenticate"]
    assert [response.status_code for response in bounded] == [429, 201]
    assert bounded[0].headers["Retry-After"] == "60"


def test_the_log_names_who_tried_and_never_the_secret(
    served: Served, client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    # when
    client.post(INBOX, content=b"x", headers={"Authorization": f"Bearer {UNKNOWN}"})

    # then
    [line] = [record for record in caplog.records if record.message == "token refused"]
    assert line.__dict__["fields"]["sender"] == "127.0.0.1"
    assert UNKNOWN not in str(line.__dict__)
