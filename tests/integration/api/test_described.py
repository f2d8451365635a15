"""The served interface does what it says of itself: schemathesis tries every operation of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx
import pytest
from tests.integration.api.people import People, people
from tests.integration.api.served import INVOICE, LEASE, until

from twolane.principal import ALL_RIGHTS, Role

API = "/api/v1"
# Many fields depend on each other, which a schema cannot say; numbers may stand for booleans; and literal
# addresses lie beside those with a number in them, so that another method finds the latter.
LEFT_OUT = "positive_data_acceptance,negative_data_rejection,unsupported_method,allow_header_conformance"
FILES = {
    f"{folder}/{name} {number}.txt": text.replace("950", f"95{number}").replace("17", f"{number}")
    for folder in ("papers", "more papers")
    for number in range(6)
    for name, text in {"lease": LEASE, "invoice": INVOICE}.items()
}
NAMES = [f"{place} one" for place in ("first", "second", "third", "fourth", "fifth", "sixth")]
USERS = [name.replace(" ", "-") for name in NAMES]
TAGS = ["home", "tax/2026"]
# Some that there are, or the one that is always sent.
Values = Sequence[str | int] | str
# What it reads in answers is not sent, or it would take away its own token and user.
OWN_VALUES_ALONE = [
    f"phases.{phase}.extra-data-sources.responses = false" for phase in ("coverage", "fuzzing")
]
# How often a parameter has a value that is known, where a text or number of any kind would not be there.
KNOWN_SHARE = 0.9


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """Serve a library in which there is some of everything that has an address."""
    with people(tmp_path_factory.mktemp("office"), FILES) as running:
        app = running.app
        for name, user in zip(NAMES, USERS, strict=True):
            app.access.users.add(user, Role.MEMBER)
            app.access.tokens.make(name, list(ALL_RIGHTS))
            app.access.views.save("root", "search", name, "q=rent")
            app.conversations.start(name, "root")
        for file in app.library.find().files:
            app.facts.tag(file.file_id, TAGS, by="root")
            app.facts.correct(file.file_id, "correspondent", f"Office {file.file_id}", by="root")
        plan = {"preset": "category", "root": str(running.served.folder)}
        with running.as_user("root") as root:
            for name in NAMES:
                assert root.post(f"{API}/plans", json={**plan, "name": name}).is_success
            root.get("/openapi.json")  # kept once it is made: schemathesis waits for ten seconds at most
        until(lambda: app.store.pending().jobs == 0)
        yield running


def known_values(client: httpx.Client, folder: Path) -> dict[str, Mapping[str, Values]]:
    """Return values that are there: by a pattern of addresses ("" for all), and by their parameters."""

    def listed(path: str, part: str, name: str) -> list[str | int]:
        found = client.get(f"{API}/{path}").json()
        return [one[name] for one in (found[part] if part else found)]

    files = listed("files", "files", "file_id")
    removed = client.post(f"{API}/files/remove", json={"file_ids": files[-6:]}).json()
    files = files[:-6]
    for pattern in ("*.bak", "*.old", "*.tmp"):
        client.post(f"{API}/exclusions", json={"kind": "name", "value": pattern})
    excluded = client.get(f"{API}/exclusions").json()["exclusions"]
    categories = listed("taxonomy", "categories", "id")
    correspondents = listed("correspondents", "", "correspondent_id")
    conversations = listed("conversations", "conversations", "id")
    return {
        "": {
            "path.file_id": files,
            "path.other_id": files,
            "path.number": [1],
            "path.field": listed("fields", "", "id"),
            "path.tag": TAGS,
            "path.conversation_id": conversations,
            "path.removal_id": removed["removal_ids"],
            "path.view_id": listed("views", "", "view_id"),
            "path.correspondent_id": correspondents,
            "path.exclusion_id": [one["exclusion_id"] for one in excluded],
            "path.lane": ["chat", "filing"],
            "body.model": ["twolane"],
            "body.messages[*].role": ["user", "assistant"],
            "body.file_ids[*]": files,
            "body.owner": USERS,
            "body.members[*]": USERS,
            "body.audience[*]": ["*", *USERS],
            "body.conversation_id": conversations,
        },
        f"{API}/search.*": {"query.query": ["rent", "harpsichord"]},
        f"{API}/(files|taxonomy)/.*": {
            f"body.{name}": categories for name in ("category", "into", "parent", "others[*]")
        },
        f"{API}/plans.*": {
            "path.name": NAMES,
            "body.category": ["", "*", *categories],
            "body.preset": ["", "category"],
            "body.root": str(folder),
        },
        f"{API}/shares.*": {"body.place": [*categories, str(folder)]},
        f"{API}/correspondents/.*": {"body.other": correspondents, "body.spelling": ["Office 1", "Office 2"]},
        "/v1/models/.*": {"path.name": ["twolane"]},
        f"{API}/users/.*": {"path.name": USERS},
        f"{API}/groups/.*": {"path.name": ["friends"]},
        f"{API}/tokens/.*": {"path.name": NAMES},
    }


def configured(known: Mapping[str, Mapping[str, Values]]) -> str:
    """Return the configuration by which parameters have known values most of the time."""
    lists: list[str] = []
    bound: list[str] = []
    for where, parameters in known.items():
        # of several patterns that an address matches, one alone counts
        bound += ["[[operations]]", f"include-path-regex = {json.dumps(where)}"] if where else []
        for name, values in parameters.items():
            value = json.dumps(values)
            if not isinstance(values, str):
                dictionary = f"values{len(lists)}"
                lists.append(f"dictionaries.{dictionary}.values = {value}")
                value = f'{{ dictionary = "{dictionary}", probability = {KNOWN_SHARE} }}'
            bound.append(f'parameters."{name}" = {value}')
    return "\n".join([*OWN_VALUES_ALONE, *lists, *bound])


def tried(office: People, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Let schemathesis try every operation; `folder` may hold its configuration."""
    program = Path(sys.executable).with_name("schemathesis")
    # a stream without an end is left out, and what another protocol describes
    left_out = ["--exclude-path", f"{API}/events", "--exclude-path", "/mcp", "--exclude-checks", LEFT_OUT]
    usual = ["--generation-deterministic", "--request-timeout", "20", "--no-shrink", "--no-color"]
    return subprocess.run(
        [
            program,
            "run",
            f"{office.served.url}/openapi.json",
            "--continue-on-failure",
            *left_out,
            *usual,
            *options,
        ],
        cwd=folder,
        env={**os.environ, "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=False,
    )


def failures_of(ran: subprocess.CompletedProcess[str]) -> str:
    """Return what went wrong, or how it ended."""
    _, _, failures = ran.stdout.partition("= FAILURES =")
    return failures[:6000] or ran.stdout[-3000:] + ran.stderr[-3000:]


@pytest.mark.timeout(900)
def test_every_operation_answers_an_administrator_as_described(office: People, tmp_path: Path) -> None:
    # given a token to everything, and what of everything is there
    with office.as_token(*ALL_RIGHTS, user="root") as client:
        known = known_values(client, office.served.folder)
        (tmp_path / "schemathesis.toml").write_text(configured(known), "utf-8")
        token = f"Authorization: {client.headers['Authorization']}"

        # when
        phases = ["--phases", "examples,coverage,fuzzing", "--max-examples", "8"]
        ran = tried(office, tmp_path, *phases, "--header", token)

        # then
        assert ran.returncode == 0, failures_of(ran)
        assert set(client.get(f"{API}/session").json()["rights"]) == set(ALL_RIGHTS)


@pytest.mark.timeout(900)
def test_every_operation_answers_nobody_as_described(office: People, tmp_path: Path) -> None:
    # when
    ran = tried(office, tmp_path, "--phases", "examples,fuzzing", "--max-examples", "1", "--mode", "positive")

    # then
    assert ran.returncode == 0, failures_of(ran)


def test_every_reference_leads_somewhere(office: People) -> None:
    # given
    with office.as_nobody() as client:
        described = client.get("/openapi.json").json()
    schemas = described["components"]["schemas"]

    def references(node: object) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
            return own.union(*(references(value) for value in node.values()))
        return set().union(*map(references, node)) if isinstance(node, list) else set()

    # when
    found = references(described)

    # then
    assert found
    assert found <= {f"#/components/schemas/{name}" for name in schemas}
