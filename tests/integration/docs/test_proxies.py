"""The proxies of docs/office.md, as they stand there, in front of a real server."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.integration.api.served import (
    DEADLINE_S,
    SteeredApp,
    events_of,
    listening,
    settings_in,
    until,
)
from tests.support.documented import ROOT, blocks

from twolane.answers import AnswerEvent, DoneEvent, TextEvent, Turn
from twolane.config.server_settings import ServerSettings

NAME = "papers.example.org"
PERSON = ("ada", "a password of hers")
PAGE = ROOT / "docs" / "office.md"


@dataclass(frozen=True, slots=True)
class Office:
    """A served library behind a proxy."""

    app: SteeredApp
    port: int

    @property
    def origin(self) -> str:
        return f"https://{NAME}:{self.port}"

    def client(self, person: tuple[str, str] | None = None) -> httpx.Client:
        """Return a browser's client, of a person who has signed in: its name leads to this machine."""
        client = httpx.Client(
            base_url=f"https://127.0.0.1:{self.port}",
            headers={"Host": f"{NAME}:{self.port}", "Origin": self.origin},
            verify=False,
            timeout=DEADLINE_S,
            trust_env=False,
            event_hooks={"request": [self._named]},
        )
        if person:
            with self.client() as entering:
                given = {"name": person[0], "password": person[1]}
                answer = entering.post("/api/v1/session", json=given)
            assert answer.status_code == 200, answer.text
            assert answer.headers["set-cookie"].startswith("__Host-")
            # set by hand: it is for TLS and this name alone, and the client knows an address
            client.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
        return client

    @staticmethod
    def _named(request: httpx.Request) -> None:
        request.extensions["sni_hostname"] = NAME


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SteeredApp, str]]:
    settings = settings_in(tmp_path_factory.mktemp("office"))
    settings = settings.model_copy(update={"server": ServerSettings(names=(NAME,), proxies=("127.0.0.1",))})
    with SteeredApp(settings) as app, listening(app) as url:
        app.access.users.add(PERSON[0], password=PERSON[1])
        yield app, url.partition("/?")[0]


@pytest.fixture(scope="module", params=["caddy", "nginx"])
def office(
    request: pytest.FixtureRequest,
    served: tuple[SteeredApp, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Office]:
    program = shutil.which(request.param, path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(f"no {request.param} on this machine")
        pytest.skip(f"no {request.param} on this machine")
    app, url = served
    folder, port = tmp_path_factory.mktemp(request.param), a_free_port()
    configured = {"caddy": caddy, "nginx": nginx}[request.param]
    command = configured(program, folder, port, url.removeprefix("http://"))
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=os.environ | home)
    try:
        until(lambda: listens(port) or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        yield Office(app, port)
    finally:
        process.terminate()
        process.wait(DEADLINE_S)


def test_nobody_comes_in_without_a_password(office: Office) -> None:
    with office.client() as client:
        assert client.get("/").headers["location"] == "/signin"
        assert client.get("/api/v1/files").status_code == 401
        assert client.post("/api/v1/ask", json={"question": "what?"}).status_code == 401


def test_a_person_sees_the_page_and_changes_something(office: Office) -> None:
    with office.client(PERSON) as client:
        assert "<title>" in client.get("/").text
        added = client.post(
            "/api/v1/taxonomy/add?preview=true", json={"name": "Recipes", "description": "Food"}
        )
        assert added.status_code == 200, added.text


def test_another_website_changes_nothing(office: Office) -> None:
    with office.client(PERSON) as client:
        client.headers["Origin"] = "https://evil.example"
        assert client.post("/api/v1/jobs/retry").status_code == 403


def test_an_answer_comes_while_it_is_written(office: Office) -> None:
    # given a model that stops after its first word until that word has arrived
    arrived = threading.Event()

    def answer(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield TextEvent("The")
        assert arrived.wait(DEADLINE_S)
        yield TextEvent(" end")
        yield DoneEvent("The end")

    office.app.script = answer

    # when
    said: list[str] = []
    with (
        office.client(PERSON) as client,
        client.stream("POST", "/api/v1/ask", json={"question": "And?"}) as response,
    ):
        for name, data in events_of(response):
            if name == "text":
                said.append(data["text"])
                arrived.set()

    # then
    assert "".join(said) == "The end"


def test_a_large_file_is_taken_in(office: Office) -> None:
    with office.client(PERSON) as client:
        # given more than what a proxy lets through that was told nothing, and what nginx keeps in memory
        large = b"%%PDF-1.4\n%d" % office.port + bytes(20_000_000)

        # when
        taken = client.post("/api/v1/files", files={"files": (f"{office.port}.pdf", large)})

        # then
        assert taken.status_code == 201, taken.text[:300]


def test_a_device_with_a_token_needs_no_password(office: Office) -> None:
    # given
    secret = office.app.access.tokens.make(f"scanner {office.port}").secret

    # when
    with office.client() as client:
        client.headers["Authorization"] = f"Bearer {secret}"
        put_in = client.post("/api/v1/inbox?name=scan.txt", content=f"scanned {office.port}")
        looked = client.get("/api/v1/files")

    # then
    assert put_in.status_code == 201, put_in.text
    assert looked.status_code == 403


def caddy(program: str, folder: Path, port: int, server: str) -> list[str]:
    """Write the page's Caddyfile, with this machine's port and a certificate of its own."""
    text = documented("caddyfile", server)
    text = text.replace(f"{NAME} {{", f"https://{NAME}:{port} {{\n\tbind 127.0.0.1\n\ttls internal", 1)
    own = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n"
    (folder / "Caddyfile").write_text(own + text, "utf-8")
    return [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def nginx(program: str, folder: Path, port: int, server: str) -> list[str]:
    """Write the page's server block into a configuration that needs nothing of the system."""
    subject = ["-subj", f"/CN={NAME}", "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    kind = ["-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run(["openssl", "req", "-x509", *kind, *subject], check=True, capture_output=True)
    text = documented("nginx", server).replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    text = text.replace("/etc/ssl/twolane", str(folder))
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    own = f"daemon off;\nuser {getpass.getuser()};\npid {folder}/pid;\nevents {{}}\n"
    (folder / "nginx.conf").write_text(f"{own}http {{\naccess_log off;\n{places}{text}}}\n", "utf-8")
    return [program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"), "-p", str(folder)]


def documented(language: str, server: str) -> str:
    """Return a block of the page, in front of this server."""
    [block] = [block for block in blocks(PAGE) if block.language == language]
    return block.text.replace("127.0.0.1:8642", server) + "\n"


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
