"""Connections that do nothing, or do it slowly, keep nobody from being answered."""

from __future__ import annotations

import contextlib
import resource
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.integration.api.served import DEADLINE_S, SteeredApp, listening, settings_in, until

from twolane.api.connections import ConnectionLimits
from twolane.api.status_streams import MOST_EACH

FILES = 1024
IDLE, HALF_SENT = 2000, 700
PROGRAM = """
import resource, sys
from pathlib import Path
from tests.integration.api.served import settings_in
from twolane.api.server import serve
from twolane.app import open_app

resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[2]) // 2, int(sys.argv[2])))
tls = dict(zip(("tls_certificate", "tls_key"), sys.argv[3:]))
settings = settings_in(Path(sys.argv[1]))
settings = settings.model_copy(update={"server": settings.server.model_copy(update=tls)})
with open_app(settings) as app:
    serve(app, "127.0.0.1", 0, lambda url: print(url, flush=True))
"""
QUICK = ConnectionLimits(most=4, refused=2, head_s=0.5, window_s=0.5, body_bytes_per_s=256, stalled_s=0.5)


@contextlib.contextmanager
def opened(url: str, count: int, sent: bytes = b"") -> Iterator[list[socket.socket]]:
    """Open many connections, and send the same over each."""
    with contextlib.ExitStack() as stack:
        connections = []
        for _ in range(count):
            host, _, port = url.partition("://")[2].partition(":")
            connection = stack.enter_context(socket.create_connection((host, int(port)), DEADLINE_S))
            with contextlib.suppress(OSError):  # it may have been closed already
                connection.sendall(sent)
            connections.append(connection)
        yield connections


def rest(connection: socket.socket) -> bytes:
    """Return all that still comes, once the server has closed the connection."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)


def certificate_in(folder: Path) -> tuple[str, str]:
    """Make a certificate of this machine; return its file and that of its key."""
    made = folder / "certificate.pem", folder / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(made[0]), "-keyout", str(made[1])]
    subprocess.run(command, check=True, capture_output=True)
    return str(made[0]), str(made[1])


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve with limits that a test can wait for."""
    with SteeredApp(settings_in(tmp_path_factory.mktemp("quick"))) as app, listening(app, QUICK) as url:
        yield url


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
def test_thousands_of_idle_and_half_sent_requests_do_no_harm(tmp_path: Path, encrypted: bool) -> None:
    # given
    files = certificate_in(tmp_path) if encrypted else ()
    trusted: ssl.SSLContext | bool = ssl.create_default_context(cafile=files[0]) if files else True
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2 * (IDLE + HALF_SENT):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * (IDLE + HALF_SENT)), hard))
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "library"), str(FILES), *files]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as program:
        assert program.stdout is not None
        url = program.stdout.readline().strip()

        # when
        with (
            opened(url, IDLE),
            opened(url, HALF_SENT, b"POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\n"),
            httpx.Client(base_url=url, trust_env=False, timeout=DEADLINE_S, verify=trusted) as client,
        ):
            answers = [client.get("/livez").status_code, client.get("/api/v1/files").status_code]
        program.terminate()
        program.wait(DEADLINE_S)

    # then
    assert answers == [200, 200]
    assert program.returncode == 0


def test_where_all_are_busy_with_slow_bodies_the_slowest_gives_way(quick: str) -> None:
    # given
    head = b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000000\r\n\r\n"
    sent, refused = b"a" * 300, {503, 408}
    with opened(quick, QUICK.most, head) as slow:

        def answered() -> int:
            for connection in slow:
                with contextlib.suppress(OSError):
                    connection.sendall(sent)
            return httpx.get(f"{quick}/api/v1/files", trust_env=False).status_code

        # when / then: they send fast enough for ever, and somebody else comes
        until(lambda: answered() not in refused)


def test_where_all_are_busy_a_newcomer_is_told_so_and_probes_are_answered(quick: str) -> None:
    # given
    follow = b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with opened(quick, QUICK.most, follow) as busy:
        for connection in busy:
            assert connection.recv(15) == b"HTTP/1.1 200 OK"

        # when
        alive = httpx.get(f"{quick}/livez", trust_env=False)
        refused = httpx.get(f"{quick}/api/v1/files", trust_env=False)

    # then
    assert alive.status_code == 200
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    assert set(refused.json()) == {"error", "remedy", "said"}
    until(lambda: httpx.get(f"{quick}/api/v1/files", trust_env=False).status_code == 200)


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b""),
        (b"GET /livez HTTP/1.1\r\nHost: local", b"HTTP/1.1 408 "),
        (b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nGET /livez HTTP/1.1\r\nHo", b"HTTP/1.1 408 "),
        (b"POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n{", b"HTTP/1.1 408 "),
        (
            b"POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n\r\n1\r\n-\r\n",
            b"HTTP/1.1 408 ",
        ),
    ],
    ids=["nothing", "half a head", "half a second head", "half a body", "half a chunked body"],
)
def test_what_does_not_come_in_time_ends_the_connection(quick: str, sent: bytes, answer: bytes) -> None:
    # when
    with opened(quick, 1, sent) as [connection]:
        told = rest(connection)

    # then
    assert told.count(answer) >= 1
    assert b'"remedy"' in told or not answer


def test_a_body_that_comes_steadily_is_waited_for(quick: str) -> None:
    # given
    body = b'{"text": "' + b"a" * 1500 + b'"}'
    head = b"POST /api/v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    head += b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)

    # when
    with opened(quick, 1, head) as [connection]:
        for start in range(0, len(body), 100):
            connection.sendall(body[start : start + 100])
            threading.Event().wait(0.1)
        told = rest(connection)

    # then
    assert told.startswith(b"HTTP/1.1 200 ")


def test_whoever_reads_nothing_of_an_answer_is_let_go(tmp_path: Path) -> None:
    # given
    with SteeredApp(settings_in(tmp_path)) as app:
        content = b"a" * 2_000_000
        app.library.save_upload("long.bin", iter([content]))
        request = b"GET /api/v1/files/1/content HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with listening(app, QUICK) as url, opened(url, 6, request):
            # when / then
            until(lambda: not app_is_sending(url))


def app_is_sending(url: str) -> bool:
    """Say whether an answer is under way beside this one."""
    with httpx.Client(trust_env=False) as client:
        return client.get(f"{url}/api/v1/files").status_code == 503


@pytest.mark.parametrize(
    "sent",
    [
        b"no HTTP at all\r\n\r\n",
        b"POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /" + b"a" * 70_000,
        b"POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["no HTTP", "length and chunks", "two lengths", "a long address", "a bad chunk"],
)
def test_what_is_no_http_is_refused_in_one_shape(quick: str, sent: bytes) -> None:
    # when
    with opened(quick, 1, sent) as [connection]:
        told = rest(connection)

    # then
    head, _, body = told.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 4")
    assert b'"error"' in body
    assert b'"remedy"' in body


@pytest.mark.parametrize(("files", "most"), [(64, 28), (256, 112), (1024, 672), (65_536, 4096)])
def test_how_many_there_may_be_follows_from_how_many_files(files: int, most: int) -> None:
    # when
    limits = ConnectionLimits.for_files(files)

    # then
    assert limits.most == most
    assert limits.most + limits.refused < files


def test_the_oldest_stream_of_too_many_ends_and_is_told_to_come_again_later(tmp_path: Path) -> None:
    # given
    with SteeredApp(settings_in(tmp_path)) as app, listening(app) as url, contextlib.ExitStack() as stack:
        client = stack.enter_context(httpx.Client(base_url=url, trust_env=False, timeout=DEADLINE_S))
        first = stack.enter_context(client.stream("GET", "/api/v1/events"))

        # when
        others = [stack.enter_context(client.stream("GET", "/api/v1/events")) for _ in range(MOST_EACH)]
        told = first.read().decode()

        # then
        assert told.startswith("event: status\n")
        assert told.endswith("retry: 60000\n\n")
        assert next(others[0].iter_lines()) == "event: status"
