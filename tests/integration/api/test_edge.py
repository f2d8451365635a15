"""Who may talk to the server, what browsers may do with its answers, and what it says of itself."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx
import pytest
from tests.integration.api.served import Served

import twolane
from twolane.api.edge import READ_REST_S, Hosts

NAME_OF_SVG = "http://www.w3.org/2000/svg"  # of the language, which nobody fetches
WEB = Path(twolane.__file__).parent / "web"
PARTS = sorted(
    path.relative_to(WEB).as_posix() for path in WEB.rglob("*.*") if path.suffix in {".css", ".js", ".svg"}
)


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8642", "127.0.0.1.evil.example", "", "[::1", "10.0.0.7"),
        *(
            "evil.example@localhost",
            "evil.example\\@localhost",
            "localhost/evil.example",
            "localhost?a",
            "localhost#a",
        ),
    ],
)
def test_a_foreign_name_is_refused(client: httpx.Client, host: str) -> None:
    # when
    response = client.get("/api/v1/status", headers={"Host": host})

    # then
    assert response.status_code == 421
    assert set(response.json()) == {"error", "remedy", "said"}


@pytest.mark.parametrize("host", ["localhost:1234", "LOCALHOST", "127.0.0.1", "127.0.0.2:80", "[::1]:8642"])
def test_its_own_names_are_answered(client: httpx.Client, host: str) -> None:
    # when
    response = client.get("/api/v1/categories", headers={"Host": host})

    # then
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("listen", "host", "allowed"),
    [
        ("192.168.1.5", "192.168.1.5:8642", True),
        ("192.168.1.5", "192.168.1.6", False),
        ("192.168.1.5", "evil.example", False),
        ("box.home", "box.home:8642", True),
        ("0.0.0.0", "192.168.1.5:8642", True),
        ("0.0.0.0", "[fe80::1]", True),
        ("0.0.0.0", "evil.example", False),
        ("::", "localhost", True),
        ("127.0.0.1", "192.168.1.5", False),
    ],
)
def test_names_follow_from_the_address(listen: str, host: str, allowed: bool) -> None:
    assert Hosts(listen).allow(host) is allowed


def test_names_that_a_proxy_uses_are_added() -> None:
    # given
    hosts = Hosts("0.0.0.0", ["", " Papers.example"])

    # when / then
    assert hosts.allow("papers.example:8443")
    assert not hosts.allow("")
    assert not hosts.allow("evil.example")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/ask"),
        ("POST", "/api/v1/files"),
        ("PUT", "/api/v1/files/1/category"),
        ("POST", "/api/v1/jobs/retry"),
    ],
)
def test_another_website_can_change_nothing(
    client: httpx.Client, method: str, path: str, headers: dict[str, str]
) -> None:
    # when
    response = client.request(method, path, headers=headers)

    # then
    assert response.status_code == 403
    assert "another website" in response.json()["error"]
    assert "access-control-allow-origin" not in response.headers


def test_its_own_page_may_change_things(served: Served, client: httpx.Client) -> None:
    # when
    response = client.post(
        "/api/v1/jobs/retry", headers={"Origin": served.url, "Sec-Fetch-Site": "same-origin"}
    )

    # then
    assert response.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/web/main.js",
        "/web/common/dom.js",
        "/api/v1/status",
        "/api/v1/files/999999",
        "/nothing",
        "/openapi.json",
    ],
)
def test_every_answer_is_fenced(client: httpx.Client, path: str) -> None:
    # when
    headers = client.get(path).headers

    # then
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/docs",
        "/web/",
        "/web/nothing.js",
        "/web/common",
        "/web/common/",
        "/web/common/nothing.js",
        "/web/common/schemas.d.ts",
        "/web/index.html",
        "/web/../api/server.py",
        "/web/..%2fapi%2fserver.py",
        "/web/common/../../api/server.py",
        "/web/common/..%2f..%2fapi%2fserver.py",
        "/web/..%2f..%2f..%2f..%2fetc/passwd",
        "/web/%2fetc/style.css",
        "/web//common/dom.js",
        "/web/common%5cdom.js",
        "/web/common/dom.js%00.css",
        "/web/common/%2e%2e/main.js",
    ],
)
def test_what_is_not_there_has_one_shape(client: httpx.Client, path: str) -> None:
    # when
    response = client.get(path)

    # then
    assert response.status_code == 404
    assert set(response.json()) == {"error", "remedy", "said"}


def test_a_wrong_method_has_the_same_shape(client: httpx.Client) -> None:
    # when
    response = client.delete("/api/v1/files/1/pages/1")

    # then
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"
    assert set(response.json()) == {"error", "remedy", "said"}


def without_own_names(text: str) -> str:
    """Take out what loads nothing: the name of a language, and this machine's address in a sentence."""
    return text.replace(NAME_OF_SVG, "").replace("http://127.0.0.1:8642", "")


def test_the_page_names_nothing_outside(client: httpx.Client) -> None:
    # when
    page = client.get("/").text
    parts = {path: client.get(f"/web/{path}") for path in PARTS}

    # then
    assert {response.status_code for response in parts.values()} == {200}
    texts = [page, *(without_own_names(response.text) for response in parts.values())]
    assert all("//" not in text.replace("// ", "") for text in texts)
    assert {path.suffix for path in map(Path, PARTS)} == {".css", ".js", ".svg"}
    assert " style=" not in page
    assert " onclick=" not in page


def test_the_interface_describes_itself(client: httpx.Client) -> None:
    # when
    described = client.get("/openapi.json").json()

    # then
    assert set(described["paths"]) == {
        "/v1/models",
        "/v1/systemone",
        "/api/v1/ask",
        "/api/v1/audit",
        "/api/v1/backups",
        "/api/v1/categories",
        "/api/v1/classify",
        "/api/v1/conversations",
        "/api/v1/conversations/{conversation_id}",
        "/api/v1/conversations/{conversation_id}/export",
        "/api/v1/copies",
        "/api/v1/correspondents",
        "/api/v1/correspondents/changes",
        "/api/v1/correspondents/suggestions",
        "/api/v1/correspondents/undo",
        "/api/v1/correspondents/{correspondent_id}",
        "/api/v1/correspondents/{correspondent_id}/merge",
        "/api/v1/correspondents/{correspondent_id}/part",
        "/api/v1/events",
        "/api/v1/exclusions",
        "/api/v1/exclusions/clutter",
        "/api/v1/exclusions/{exclusion_id}",
        "/api/v1/fields",
        "/api/v1/files",
        "/api/v1/files/owner",
        "/api/v1/files/read-again",
        "/api/v1/files/remove",
        "/api/v1/files/{file_id}",
        "/api/v1/files/{file_id}/affected",
        "/api/v1/files/{file_id}/category",
        "/api/v1/files/{file_id}/content",
        "/api/v1/files/{file_id}/copies",
        "/api/v1/files/{file_id}/copies/{other_id}",
        "/api/v1/files/{file_id}/copies/{other_id}/undo",
        "/api/v1/files/{file_id}/fields/{field}",
        "/api/v1/files/{file_id}/fields/{field}/undo",
        "/api/v1/files/{file_id}/pages/{number}",
        "/api/v1/files/{file_id}/pages/{number}/marks",
        "/api/v1/files/{file_id}/pages/{number}/picture",
        "/api/v1/files/{file_id}/proposal",
        "/api/v1/files/{file_id}/tags/{tag}",
        "/api/v1/files/{file_id}/thumbnail",
        "/api/v1/files/{file_id}/undo",
        "/api/v1/folders",
        "/api/v1/health",
        "/api/v1/health/{lane}",
        "/api/v1/history",
        "/api/v1/inbox",
        "/api/v1/groups",
        "/api/v1/groups/{name}",
        "/api/v1/jobs/parked",
        "/api/v1/jobs/retry",
        "/api/v1/passkeys",
        "/api/v1/passkeys/options",
        "/api/v1/passkeys/{credential_id}",
        "/api/v1/placements",
        "/api/v1/placements/{file_id}",
        "/api/v1/plans",
        "/api/v1/plans/check",
        "/api/v1/plans/draft",
        "/api/v1/plans/{name}",
        "/api/v1/plans/{name}/apply",
        "/api/v1/plans/{name}/moves",
        "/api/v1/plans/{name}/moves/{number}/undo",
        "/api/v1/plans/{name}/undo",
        "/api/v1/presets",
        "/api/v1/reclassify",
        "/api/v1/search",
        "/api/v1/search/files",
        "/api/v1/session",
        "/api/v1/session/passkey",
        "/api/v1/session/passkey/options",
        "/api/v1/session/password",
        "/api/v1/session/settings",
        "/api/v1/session/start",
        "/api/v1/sessions",
        "/api/v1/sessions/{sign_in_id}",
        "/api/v1/settings",
        "/api/v1/shares",
        "/api/v1/shares/unset",
        "/api/v1/status",
        "/api/v1/tags",
        "/api/v1/taxonomy",
        "/api/v1/taxonomy/add",
        "/api/v1/taxonomy/check",
        "/api/v1/taxonomy/file",
        "/api/v1/taxonomy/history",
        "/api/v1/taxonomy/import",
        "/api/v1/taxonomy/merge",
        "/api/v1/taxonomy/move",
        "/api/v1/taxonomy/remove",
        "/api/v1/taxonomy/rename",
        "/api/v1/taxonomy/split",
        "/api/v1/taxonomy/suggestions",
        "/api/v1/taxonomy/undo",
        "/api/v1/tokens",
        "/api/v1/tokens/{name}/revoke",
        "/api/v1/users",
        "/api/v1/users/{name}",
        "/api/v1/users/{name}/leaving",
        "/api/v1/users/{name}/remove",
        "/api/v1/users/{name}/sign-ins",
        "/api/v1/views",
        "/api/v1/views/{view_id}",
        "/api/v1/trash",
        "/api/v1/trash/{removal_id}/restore",
        "/livez",
        "/metrics",
        "/readyz",
        "/api/chat",
        "/api/embed",
        "/api/embeddings",
        "/api/generate",
        "/api/ps",
        "/api/show",
        "/api/tags",
        "/api/version",
        "/mcp",
        "/v1/chat/completions",
        "/v1/embeddings",
        "/v1/models/{name}",
        "/v1/responses",
    }
    schemas = described["components"]["schemas"]
    silent = {name for name, schema in schemas.items() if not schema.get("description")}
    assert all(name.startswith("Body_") for name in silent), silent
    assert "HTTPValidationError" not in schemas
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert operation["summary"]
            if not path.startswith("/api/v1/"):
                continue  # interfaces of others have errors of their own
            assert operation["responses"]["422"]["content"]["application/json"]["schema"] == {
                "$ref": "#/components/schemas/ErrorOut"
            }


def test_a_length_that_nothing_has_is_refused_without_waiting_for_it(client: httpx.Client) -> None:
    # given
    head = f"POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: {'9' * 20}\r\n\r\nabc"

    # when: it is refused before the time in which the rest of a body is waited for
    with socket.create_connection(
        (client.base_url.host, client.base_url.port or 80), READ_REST_S / 2
    ) as sent:
        sent.sendall(head.encode())
        answer = sent.recv(65_536)

    # then
    assert answer.startswith(b"HTTP/1.1 413 ")
