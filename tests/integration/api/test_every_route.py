"""Every route as everybody: who has no right is refused, and nobody is shown a word of what is not theirs.

The requests follow from the route table: a new route without an example of its body fails here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from tests.integration.api.people import People, people
from tests.integration.api.served import LEASE, until
from tests.integration.mcp.wire import in_session, messages_of, stateless

from twolane.api.groups import OPEN, RouteGroup
from twolane.api.server import GROUPS
from twolane.principal import ALL_RIGHTS, Right, Role, ShareKind

API = "/api/v1"
MARK = "zyxquokka"
HIDDEN = f"""EMPLOYMENT CONTRACT {MARK}

Between {MARK} Industries Ltd, Harbour Road 1, and Ada Byron.

The monthly salary of {MARK} is 9,000 euros. The contract ends on 30 June 2027. Rent and invoice of {MARK}.
"""
COPIED = """RENTAL CONTRACT no. 77

Between the Harbour Office and its tenant. The contract ends on 31 March 2029. The rent is 640 euros a month.
"""
FILES = {
    # everybody has a copy of the hidden one, which is read first
    f"copies/{MARK} paper.txt": COPIED,
    "copies/zzz.txt": COPIED,
    "lease.txt": LEASE,
    f"{MARK}.txt": HIDDEN,
    f"{MARK} folder/more.txt": HIDDEN.replace("9,000", "8,000"),
    f"category/{MARK} two.txt": HIDDEN.replace("9,000", "7,000"),
}

# How the parts of addresses are filled in; {file_id} by the file that is hidden and by one that is not.
PARTS = {
    "number": "1",
    "other_id": "{other}",
    "field": "total_due",
    "tag": "home",
    "tag:path": "home",
    "name:path": "twolane",
    "rest:path": "1",
    "conversation_id": "{conversation}",
    "removal_id": "1",
    "exclusion_id": "99",
    "correspondent_id": "99",
    "view_id": "99",
    "sign_in_id": "none",
    "credential_id": "none",
    "name": "none",
    "lane": "chat",
}
_SHARED = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}
_SAID = [{"role": "user", "content": "When does the contract end, and what is the salary?"}]
_ASKED = {"question": "When does the contract end, and what is the salary?"}
_CHOICE = {"model": "", "state": "INVOICE no. 3", "questions": {"what": {"type": "choice", "criteria": {}}}}
# What is sent to what takes a body, and to what reads by more than its address.
BODIES: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("POST", "/v1/chat/completions"): {"json": {"model": "twolane", "messages": _SAID, "stream": True}},
    ("POST", "/v1/responses"): {"json": {"model": "twolane", "input": _SAID[0]["content"]}},
    ("POST", "/v1/embeddings"): {"json": {"model": "twolane", "input": "x"}},
    ("POST", "/api/chat"): {"json": {"model": "twolane", "messages": _SAID, "stream": False}},
    ("POST", "/api/generate"): {"json": {"model": "twolane", "prompt": _SAID[0]["content"]}},
    ("POST", "/api/embed"): {"json": {"model": "twolane", "input": "x"}},
    ("POST", "/api/embeddings"): {"json": {"model": "twolane", "prompt": "x"}},
    ("POST", "/api/show"): {"json": {"model": "twolane"}},
    ("POST", "/v1/systemone"): {"json": _CHOICE},
    ("POST", "/mcp"): stateless("tools/call", "list_files", arguments={}),
    ("POST", f"{API}/ask"): {"json": _ASKED},
    ("POST", f"{API}/conversations"): {"json": {"title": "mine"}},
    ("PATCH", f"{API}/conversations/{{conversation_id}}"): {"json": {"title": "renamed"}},
    ("PUT", f"{API}/files/{{file_id}}/category"): {"json": {"category": "contract"}},
    ("POST", f"{API}/classify"): {"json": {"text": HIDDEN.replace(MARK, "some")}},
    ("PUT", f"{API}/files/{{file_id}}/fields/{{field}}"): {"json": {"value": "3.00 EUR"}},
    ("PUT", f"{API}/files/{{file_id}}/copies/{{other_id}}"): {"json": {"same": True}},
    ("POST", f"{API}/files/remove"): {"json": {"file_ids": ["{file_id}"]}},
    ("PUT", f"{API}/files/owner"): {"json": {"file_ids": ["{file_id}"], "owner": "ben"}},
    ("POST", f"{API}/files/read-again"): {"json": {"file_ids": ["{file_id}"]}},
    ("PUT", f"{API}/exclusions/clutter"): {"json": {"pattern": "*.x", "is_left_out": True}},
    ("POST", f"{API}/exclusions"): {"json": {"kind": "path", "value": "/none/at/all"}},
    ("PUT", f"{API}/correspondents/{{correspondent_id}}"): {"json": {"name": "x"}},
    ("POST", f"{API}/correspondents/{{correspondent_id}}/merge"): {"json": {"other": 98}},
    ("POST", f"{API}/correspondents/{{correspondent_id}}/part"): {"json": {"spelling": "x"}},
    ("PUT", f"{API}/views"): {"json": {"view": "search", "name": "mine", "query": "q=rent"}},
    ("GET", f"{API}/search"): {"params": {"query": "contract salary rent"}},
    ("GET", f"{API}/search/files"): {"params": {"query": "contract"}},
    ("GET", f"{API}/files/{{file_id}}/pages/{{number}}/marks"): {"params": {"start": 0, "end": 9}},
    ("POST", f"{API}/placements/{{file_id}}"): {"json": {"accept": True}},
    ("POST", f"{API}/plans/draft"): {"json": {"preset": "by_category"}},
    ("POST", f"{API}/plans/check"): {"json": {"template": "{category}/{name}"}},
    ("POST", f"{API}/plans"): {"json": {"name": "mine"}},
    ("POST", f"{API}/taxonomy/add"): {"json": {"id": "x", "name": "X", "description": "x"}},
    ("POST", f"{API}/taxonomy/rename"): {"json": {"category": "none", "name": "X"}},
    ("POST", f"{API}/taxonomy/merge"): {"json": {"categories": ["none"], "into": "none"}},
    ("POST", f"{API}/taxonomy/split"): {"json": {"category": "none", "parts": []}},
    ("POST", f"{API}/taxonomy/move"): {"json": {"category": "none", "into": "none"}},
    ("POST", f"{API}/taxonomy/remove"): {"json": {"category": "none"}},
    ("POST", f"{API}/taxonomy/import"): {"json": {"text": ""}},
    ("POST", f"{API}/files"): {"files": {"files": ("new.txt", b"{who} is new")}},
    ("POST", f"{API}/inbox"): {"content": b"{who} is newer", "params": {"name": "newer.txt"}},
    ("POST", "/share"): {"headers": _SHARED, "files": {"files": ("shared.txt", b"{who} is newest")}},
    ("POST", f"{API}/session"): {"json": {"name": "nobody", "password": "no password"}},
    ("PUT", f"{API}/session/password"): {"json": {"old": "", "new": "short"}},
    ("POST", f"{API}/passkeys"): {"json": {"name": "phone", "answer": {}}},
    ("POST", f"{API}/session/passkey"): {"json": {"answer": {}}},
    ("PUT", f"{API}/session/settings"): {"json": {"settings": {}}},
    ("POST", f"{API}/users"): {"json": {"name": "", "role": "admin"}},
    ("PATCH", f"{API}/users/{{name}}"): {"json": {"role": "admin"}},
    ("POST", f"{API}/users/{{name}}/remove"): {"json": {"files_to": "ben"}},
    ("PUT", f"{API}/groups/{{name}}"): {"json": {"members": ["ben"]}},
    ("PUT", f"{API}/shares"): {"json": {"kind": "folder", "place": "/none", "audience": ["*"]}},
    ("POST", f"{API}/shares/unset"): {"json": {"kind": "folder", "place": "/none"}},
    ("POST", f"{API}/tokens"): {"json": {"name": "", "rights": ["admin"]}},
}
# What takes no body, though it is posted; what needs nothing but its address is not named here.
BARE = re.compile(
    r".*/(options|undo|restore|retry|apply|reclassify|backups|start|revoke|undo_move)"
    r"|/api/v1/files/\{file_id\}/tags/.*"
)
# Each of these looks itself at who asks, by its own account.
OWN_ACCOUNT = {f"{API}/session/password", f"{API}/session/settings", f"{API}/sessions"}
OWN_ACCOUNT |= {f"{API}/sessions/{{sign_in_id}}", f"{API}/session", "/"}
OWN_ACCOUNT |= {f"{API}/passkeys", f"{API}/passkeys/options", f"{API}/passkeys/{{credential_id}}"}
OWN_ACCOUNT |= {f"{API}/session/passkey"}
# These name files in what is sent, and several of them.
OF_SEVERAL = {key for key, body in BODIES.items() if "file_ids" in str(body)}
MISSING_ID = 987_654
ENDLESS = {("GET", f"{API}/events"), ("GET", "/mcp")}


@dataclass(frozen=True)
class Route:
    """One way into the program."""

    group: RouteGroup
    method: str
    path: str
    right: Right | None

    @property
    def key(self) -> tuple[str, str]:
        return self.method, self.path


ROUTES = [
    Route(group, method, route.path, group.right(route, method))
    for group in GROUPS
    for route in group.router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods or ())
    if not route.path.startswith("/api/") or route.path.startswith("/api/v1") or route.include_in_schema
]


@dataclass(frozen=True)
class Caller:
    """Somebody who asks: what they may do, and None where nobody knows them."""

    rights: frozenset[Right] | None
    open: Callable[[People], httpx.Client]
    is_token: bool = False


def disabled(office: People) -> httpx.Client:
    client = office.as_user("gone")
    office.app.access.users.disable("gone")
    return client


def ended(office: People) -> httpx.Client:
    made = office.app.access.tokens.make("ended", list(Right))
    office.app.access.tokens.revoke("ended")
    return office.with_secret(made.secret)


def with_right(right: Right) -> Callable[[People], httpx.Client]:
    return lambda office: office.as_token(right)


CALLERS = {
    "member": Caller(Role.MEMBER.rights, lambda office: office.as_user("ben")),
    "reader": Caller(Role.READER.rights, lambda office: office.as_user("rita")),
    "token of a member": Caller(
        Role.MEMBER.rights - {Right.ADD},
        lambda office: office.as_token(*(Role.MEMBER.rights - {Right.ADD}), user="ben"),
        is_token=True,
    ),
    **{
        f"token to {right}": Caller(frozenset({right}), with_right(right), is_token=True)
        for right in Right
        if right is not Right.ADMIN
    },
    "ended token": Caller(None, ended, is_token=True),
    "disabled user": Caller(None, disabled),
    "nobody": Caller(None, lambda office: office.as_nobody()),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    with people(tmp_path_factory.mktemp("office"), FILES) as running:
        app, folder = running.app, running.served.folder
        app.access.users.add("gone", Role.MEMBER)
        root = running.as_user("root")
        new = {"id": MARK, "name": MARK, "description": f"papers about {MARK}"}
        assert root.post(f"{API}/taxonomy/add", json=new).status_code == 200
        until(lambda: app.store.pending().jobs == 0)
        hidden = [one for one in app.library.find().files if MARK in str(one.path)]
        for one in hidden:
            category = MARK if "category" in str(one.path) else "contract"
            app.review.correct(one.file_id, category, by=MARK)
            app.facts.tag(one.file_id, [MARK], by=MARK)
            app.facts.correct(one.file_id, "title", f"about {MARK}", by=MARK)
            app.facts.correct(one.file_id, "correspondent", f"{MARK} and Sons", by=MARK)
        own = [one.file_id for one in hidden if one.path.name in {f"{MARK}.txt", f"{MARK} paper.txt"}]
        with app.store.writing() as write:
            write.set_owner(own, "ada")
        app.access.shares.set(ShareKind.FOLDER, str(folder / f"{MARK} folder"), {"ada"}, "root")
        app.access.shares.set(ShareKind.CATEGORY, MARK, {"ada"}, "root")
        app.conversations.start(f"about {MARK}", "ada")
        until(lambda: app.store.pending().jobs == 0)
        root.close()
        yield running


def requests_of(office: People, route: Route, who: str) -> Iterator[dict[str, Any]]:
    """Yield what httpx sends for a route: for the hidden files and for the one that all see."""
    files = office.app.library.find().files
    conversation = office.app.conversations.list("", "ada", limit=1, offset=0).conversations[0]
    ids = sorted((one.file_id for one in files), key=lambda one: one) if "file_id" in str(route.key) else [0]
    if "file_id" not in route.path and "file_id" not in json.dumps(BODIES.get(route.key, {}), default=str):
        ids = [0]
    for file_id in ids:
        known = {"{other}": str(files[0].file_id), "{conversation}": conversation.conversation_id}
        path = route.path.replace("{file_id}", str(file_id))
        for part in re.findall(r"\{([^}]*)\}", path):
            value = PARTS[part]  # a new part of an address needs a value there
            path = path.replace(f"{{{part}}}", known.get(value, value))
        yield {"method": route.method, "url": path, **filled(body_of(route), str(file_id), who)}


def body_of(route: Route) -> Mapping[str, Any]:
    if route.key in BODIES:
        return BODIES[route.key]
    is_plain = route.method in {"GET", "HEAD", "DELETE", "OPTIONS"} or BARE.fullmatch(route.path)
    assert is_plain, f"{route.method} {route.path} is new: say in BODIES what is sent to it"
    return {}


def filled(body: Any, file_id: str, who: str) -> Any:
    """Return a body with what it names filled in."""
    match body:
        case Mapping():
            return {name: filled(value, file_id, who) for name, value in body.items()}
        case list() | tuple():
            return type(body)(filled(value, file_id, who) for value in body)
        case "{file_id}":
            return int(file_id)
        case bytes():
            return body.replace(b"{who}", who.encode())
    return body


def answer(client: httpx.Client, route: Route, request: dict[str, Any]) -> tuple[int, str]:
    """Return the status of an answer, and all that it says: its headers, and its body or how that begins."""
    with client.stream(**request) as response:
        said = [str(response.headers)]
        if route.key in ENDLESS and response.status_code == 200:
            if route.path.endswith("events"):
                said.append(next(response.iter_text()))
        else:
            said.append(response.read().decode("utf-8", "replace"))
    return response.status_code, "\n".join(said)


def is_refused(caller: Caller, route: Route) -> int:
    """Return the status of a refusal; 0 for whoever is let in."""
    if caller.rights is None and caller.is_token:
        return 401
    if route.group.needs_token and not caller.is_token:
        return 401
    if route.right is OPEN or (caller.rights is not None and route.right in caller.rights):
        return 0
    return 401 if caller.rights is None else 403


def last(route: Route) -> tuple[bool, bool, bool]:
    """Put what changes something behind what reads, then what takes files away, and signing out last."""
    is_removal = route.method == "DELETE" or "remove" in route.path
    return "/session" in route.path, route.method not in {"GET", "HEAD"}, is_removal


@pytest.mark.parametrize("name", [name for name, caller in CALLERS.items() if caller.rights])
def test_a_hidden_file_is_to_whoever_may_not_see_it_as_one_that_is_not_there(
    office: People, name: str
) -> None:
    # given
    caller = CALLERS[name]
    hidden = [one.file_id for one in office.app.library.find().files if MARK in str(one.path)]
    other = next(one.file_id for one in office.app.library.find().files if MARK not in str(one.path))
    asked = [route for route in ROUTES if "file_id" in route.path or route.key in OF_SEVERAL]
    missing = MISSING_ID

    # when
    wrong: list[str] = []
    with caller.open(office) as client:
        for route in asked:
            if is_refused(caller, route):
                continue
            for shape in shapes_of(route, other):
                told = [told_of(client, route, shape, file_id) for file_id in (missing, *hidden)]
                wrong += [f"{route.key} of {shape}: {one}, not {told[0]}" for one in told if one != told[0]]

    # then
    assert len(asked) > 20
    assert hidden
    assert not wrong, "\n".join(wrong)


def shapes_of(route: Route, other: int) -> Iterator[dict[str, Any]]:
    """Yield a route's address and body, with `{file_id}` in each place of the file that is asked for."""
    body = body_of(route)
    path = route.path
    for part in re.findall(r"\{([^}]*)\}", path):
        if part not in {"file_id", "other_id"}:
            path = path.replace(f"{{{part}}}", PARTS[part])
    for address in {
        path.replace("{other_id}", str(other)),
        path.replace("{file_id}", str(other)).replace("{other_id}", "{file_id}"),
    }:
        if "{file_id}" in address or route.key in OF_SEVERAL:
            yield {"url": address, **body}
    if route.key in OF_SEVERAL:
        yield {"url": path, "json": {**body["json"], "file_ids": [other, "{file_id}"]}}


def told_of(client: httpx.Client, route: Route, shape: dict[str, Any], file_id: int) -> tuple[int, str]:
    """Return the status and the body of an answer about a file, whatever its number is."""
    url = shape["url"].replace("{file_id}", str(file_id))
    rest = {name: value for name, value in shape.items() if name != "url"}
    answered = client.request(route.method, url, **filled(rest, str(file_id), "somebody"))
    return answered.status_code, re.sub(rf"\b{file_id}\b", "N", answered.text)


@pytest.mark.parametrize("name", CALLERS)
def test_nobody_does_or_sees_what_is_not_theirs(office: People, name: str) -> None:
    # given
    caller = CALLERS[name]
    wrong: list[str] = []

    # when
    with caller.open(office) as client:
        for route in sorted(ROUTES, key=last):
            for request in requests_of(office, route, name):
                status, said = answer(client, route, request)
                expected = is_refused(caller, route)
                if expected == 401 and status == 429:  # an ended token that comes too often
                    expected = 429
                is_right = status == expected if expected else status not in {401, 403, 500}
                if not is_right and not (route.path in OWN_ACCOUNT and status in {401, 403}):
                    wrong.append(f"{route.method} {request['url']}: {status}, not {expected or 'let in'}")
                if MARK in said.casefold():
                    wrong.append(f"{route.method} {request['url']} tells: {excerpt(said)}")

    # then
    assert not wrong, "\n".join(wrong)


def excerpt(said: str) -> str:
    at = said.casefold().index(MARK)
    return said[max(0, at - 200) : at + 100].replace("\n", " ")


def test_tools_show_and_do_what_their_caller_may_also_within_the_session_of_another(office: People) -> None:
    # given
    calls = {
        "list_files": {},
        "search": {"query": "contract salary"},
        "ask": _ASKED,
        "list_categories": {},
    }
    hidden = [one.file_id for one in office.app.library.find().files if MARK in str(one.path)]

    # when
    told: list[str] = []
    with office.as_user("root") as root, office.as_user("rita") as rita:
        stolen = in_session(root, "tools/list")["headers"]
        for name, arguments in [*calls.items(), *(("read_page", {"file_id": one}) for one in hidden)]:
            for post in (
                stateless("tools/call", name, arguments=arguments),
                {
                    "json": {
                        "jsonrpc": "2.0",
                        "id": 7,
                        "method": "tools/call",
                        "params": {"name": name, "arguments": arguments},
                    },
                    "headers": stolen,
                },
            ):
                with rita.stream("POST", "/mcp", **post) as response:
                    told += [json.dumps(message) for message in messages_of(response)]
        tools = {
            one["name"]
            for message in messages_of_post(rita, stateless("tools/list"))
            for one in message.get("result", {}).get("tools", [])
        }
        tag = stateless("tools/call", "correct", arguments={"file_id": hidden[0], "category": "invoice"})
        refused = messages_of_post(rita, tag)

    # then
    assert len(told) >= 2 * (len(calls) + len(hidden))
    assert not [one for one in told if MARK in one.casefold()]
    assert tools == {"list_files", "search", "ask", "read_page", "list_categories"}
    assert refused[-1]["result"]["isError"]


def messages_of_post(client: httpx.Client, post: dict[str, Any]) -> list[dict[str, Any]]:
    with client.stream("POST", "/mcp", **post) as response:
        return list(messages_of(response))


def test_every_right_opens_something_and_what_is_open_is_named() -> None:
    # then
    assert {route.right for route in ROUTES} == ALL_RIGHTS | {OPEN}
    opened = {route.path for route in ROUTES if route.right is OPEN}
    account = {path for path in opened if path.startswith((f"{API}/session", f"{API}/passkeys"))}
    assert opened - account == {
        "/",
        "/signin",
        "/signin/office",
        "/signin/office/back",
        "/manifest.webmanifest",
        "/web/{name:path}",
        "/sw.js",
        "/livez",
        "/readyz",
    }


def test_who_manages_the_library_may_do_everything(office: People) -> None:
    # when
    wrong: list[str] = []
    with office.as_user("root") as root:
        seen = root.get(f"{API}/files").text
        asked = [
            (route, request)
            for route in sorted(ROUTES, key=last)
            if not route.group.needs_token and route.path not in OWN_ACCOUNT
            for request in requests_of(office, route, "root")
        ]
        for route, request in asked:
            status = answer(root, route, request)[0]
            if status in {401, 403, 500}:
                wrong.append(f"{route.method} {request['url']}: {status}")

    # then
    assert MARK in seen
    assert not wrong, "\n".join(wrong)


def test_the_status_tells_only_who_manages_the_library_how_much_was_done(office: People) -> None:
    # given
    with office.as_user("root") as root, office.as_user("rita") as rita:
        # when
        whole = root.get(f"{API}/status").json()["snapshot"]
        seen = rita.get(f"{API}/status").json()["snapshot"]

    # then
    assert sum(jobs["done"] for jobs in whole["jobs"].values()) > 0
    assert {(jobs["done"], jobs["parked"]) for jobs in seen["jobs"].values()} == {(0, 0)}
    assert all(not any(lane["calls"].values()) for lane in seen["lanes"])
    assert not any(seen["answers"].values())
