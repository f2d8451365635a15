"""Who comes in: by the start token of a library without users, by a password, by this machine's key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.integration.api.served import DEADLINE_S, SteeredApp, listening, settings_in, until

from twolane.announced import announced
from twolane.api.server import serve
from twolane.client.found import serving as found_serving
from twolane.config.server_settings import ServerSettings
from twolane.errors import SettingsError
from twolane.principal import Role, ShareKind

PASSWORD = "some words of ada"


@contextmanager
def library(folder: Path, **server: object) -> Iterator[tuple[SteeredApp, str]]:
    """Serve an empty library where people have to sign in; yields the address that lets in, too."""
    settings = settings_in(folder).model_copy(update={"server": ServerSettings.model_validate(server)})
    with SteeredApp(settings) as app, listening(app) as url:
        yield app, url


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[tuple[SteeredApp, str]]:
    with library(tmp_path) as served:
        yield served


def browser(url: str) -> httpx.Client:
    return httpx.Client(base_url=url.partition("/?")[0], timeout=DEADLINE_S, trust_env=False)


@contextmanager
def signed_in(url: str, name: str) -> Iterator[httpx.Client]:
    with browser(url) as client:
        answer = client.post("/api/v1/session", json={"name": name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        yield client


def test_the_start_address_lets_in_once_and_nobody_else_comes_in(fresh: tuple[SteeredApp, str]) -> None:
    # given
    _, url = fresh
    with browser(url) as first, browser(url) as second, browser(url) as stranger:
        # when
        entered, late = first.get(url), second.get(url)

        # then
        cookie = entered.headers["set-cookie"]
        assert entered.headers["refresh"] == "0; url=/"
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Path=/" in cookie
        assert first.get("/api/v1/files").status_code == 200
        assert first.get("/").status_code == 200
        assert (late.status_code, late.headers["location"]) == (303, "/signin?start=used")
        for client in (second, stranger):
            assert client.get("/api/v1/files").status_code == 401
            assert client.get("/").headers["location"] == "/signin"
            assert client.get("/signin").status_code == 200
            assert client.get("/livez").json()["live"]


def test_a_program_that_reads_the_librarys_folder_comes_in_and_makes_a_new_start(
    fresh: tuple[SteeredApp, str],
) -> None:
    # given
    app, _ = fresh
    server = found_serving(app.settings.data_dir)
    said = announced(app.settings.data_dir)
    assert server
    assert said

    # when
    with browser(said.url) as client:
        made = server.post("/session/start", {})
        forged = client.get(
            "/api/v1/files", headers={"X-Twolane-Key": said.proof("a program of this machine")}
        )

        # then
        assert forged.status_code == 401
        assert client.get(made["url"]).headers["refresh"] == "0; url=/"
        assert client.get("/api/v1/session").json()["signed_in"]
    server.close()


def test_the_first_user_ends_what_came_in_without_a_name(fresh: tuple[SteeredApp, str]) -> None:
    # given
    app, url = fresh
    with browser(url) as nameless:
        nameless.get(url)
        assert nameless.get("/api/v1/files").status_code == 200

        # when
        made = nameless.post("/api/v1/users", json={"name": "ada", "password": PASSWORD})

        # then
        assert (made.status_code, made.json()["role"]) == (201, "admin")
        assert nameless.get("/api/v1/files").status_code == 401
        assert not nameless.get("/api/v1/session").json()["signed_in"]
    with signed_in(url, "ADA") as ada:
        assert ada.get("/api/v1/session").json()["user"] == "ada"
        assert app.access.users.get("ada").seen_at


def test_the_first_user_ends_what_is_open_without_a_login(tmp_path: Path) -> None:
    # given
    with library(tmp_path, login=False) as (app, url), browser(url) as anybody:
        assert anybody.get("/api/v1/files").status_code == 200
        with anybody.stream("GET", "/api/v1/events") as live:
            # when
            app.access.users.add("ada", password=PASSWORD)

            # then
            until(lambda: anybody.get("/api/v1/files").status_code == 401)
            assert [line for line in live.iter_lines() if line]  # and ends
        assert not anybody.get("/api/v1/session").json()["signed_in"]
        assert anybody.get("/").headers["location"] == "/signin"
        assert anybody.get("/livez").status_code == 200
        with signed_in(url, "ada") as ada:
            assert ada.get("/api/v1/files").status_code == 200


def test_what_somebody_may_follows_role_and_standing_at_once(fresh: tuple[SteeredApp, str]) -> None:
    # given
    app, url = fresh
    users = app.access.users
    users.add("ada", password=PASSWORD)
    users.add("ben", Role.READER, password=PASSWORD)

    with signed_in(url, "ben") as ben:
        # when / then
        assert ben.get("/api/v1/files").status_code == 200
        assert ben.get("/api/v1/users").status_code == 403
        users.set_role("ben", Role.ADMIN)
        assert ben.get("/api/v1/users").status_code == 200
        users.disable("ben")
        assert ben.get("/api/v1/files").status_code == 401
        users.enable("ben")
        assert ben.get("/api/v1/files").status_code == 401


def test_one_sees_and_ends_ones_own_sign_ins(fresh: tuple[SteeredApp, str]) -> None:
    # given
    app, url = fresh
    app.access.users.add("ada", password=PASSWORD)
    app.access.users.add("ben", password=PASSWORD)
    with (
        signed_in(url, "ada") as here,
        signed_in(url, "ada") as there,
        signed_in(url, "ada") as elsewhere,
        signed_in(url, "ben") as ben,
    ):
        # when
        listed = here.get("/api/v1/sessions").json()
        others = [one["sign_in_id"] for one in listed if not one["is_this"]]

        # then
        assert len(listed) == 3
        assert ben.delete(f"/api/v1/sessions/{others[0]}").status_code == 404
        assert here.delete(f"/api/v1/sessions/{others[0]}").status_code == 204
        assert sorted(one.get("/api/v1/files").status_code for one in (there, elsewhere)) == [200, 401]
        changed = here.put("/api/v1/session/password", json={"old": PASSWORD, "new": "other words of ada"})
        assert changed.status_code == 204
        assert [one.get("/api/v1/files").status_code for one in (here, there, elsewhere)] == [200, 401, 401]
        assert here.delete("/api/v1/session").status_code == 204
        assert here.get("/api/v1/files").status_code == 401
        assert ben.get("/api/v1/files").status_code == 200


def test_wrong_passwords_are_told_alike_and_bounded(fresh: tuple[SteeredApp, str]) -> None:
    # given
    app, url = fresh
    app.access.users.add("ada", password=PASSWORD)
    with browser(url) as client:

        def tried(name: str, password: str) -> httpx.Response:
            return client.post("/api/v1/session", json={"name": name, "password": password})

        # when
        wrong, unknown = tried("ada", "a wrong password"), tried("nobody", "a wrong password")
        for _ in range(10):
            last = tried("ada", "a wrong password")
        right = tried("ada", PASSWORD)

        # then
        assert wrong.json() == unknown.json()
        assert wrong.status_code == unknown.status_code == 401
        assert last.status_code == right.status_code == 429
        assert 0 < int(right.headers["retry-after"]) <= 60
        assert right.headers["retry-after"] in right.json()["remedy"]


def test_a_token_of_a_user_opens_no_more_than_they_may(fresh: tuple[SteeredApp, str]) -> None:
    # given
    app, url = fresh
    app.access.users.add("ada", password=PASSWORD)
    app.access.users.add("ben", Role.READER, password=PASSWORD)
    with signed_in(url, "ada") as ada, browser(url) as program:
        made = ada.post(
            "/api/v1/tokens", json={"name": "of ben", "rights": ["read", "admin"], "user": "Ben"}
        ).json()
        program.headers["Authorization"] = f"Bearer {made['secret']}"

        # when / then
        assert program.get("/api/v1/files").status_code == 200
        assert program.get("/api/v1/users").status_code == 403
        assert program.get("/api/v1/sessions").status_code == 403
        app.access.users.disable("ben")
        assert program.get("/api/v1/files").status_code == 401


def test_a_named_proxy_is_believed_and_nobody_else(tmp_path: Path) -> None:
    # given
    says = {"Remote-User": "ada", "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
    with library(tmp_path / "named", proxies="127.0.0.1", user_header="Remote-User") as (app, url):
        app.access.users.add("ada")
        with browser(url) as client:
            # when
            session = client.get("/api/v1/session", headers=says).json()
            unknown = client.get("/api/v1/files", headers={"Remote-User": "eve"})
            twice = client.get("/api/v1/files", headers=[("Remote-User", "ada"), ("Remote-User", "eve")])

    # then
    assert twice.status_code == 401
    assert (session["user"], session["can_sign_out"]) == ("ada", False)
    assert unknown.status_code == 401
    with library(tmp_path / "other", proxies="192.0.2.1", user_header="Remote-User") as (app, url):
        app.access.users.add("ada")
        with browser(url) as client:
            assert client.get("/api/v1/files", headers=says).status_code == 401


@pytest.mark.parametrize(
    ("host", "proto", "told"),
    [("papers.test", "https", True), ("papers.test:8443", "https", False), ("papers.test", "http", False)],
)
def test_a_name_that_has_no_other_port_is_asked_for_by_tls_alone_from_then_on(
    tmp_path: Path, host: str, proto: str, told: bool
) -> None:
    # given
    with library(tmp_path, proxies="127.0.0.1", names="papers.test") as (_, url), browser(url) as client:
        # when
        answer = client.get("/signin", headers={"Host": host, "X-Forwarded-Proto": proto})

    # then
    assert answer.status_code == 200
    assert ("strict-transport-security" in answer.headers) is told


def test_a_share_is_about_the_folder_however_it_is_written(
    fresh: tuple[SteeredApp, str], tmp_path: Path
) -> None:
    # given
    app, _ = fresh
    (tmp_path / "papers" / "own").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "papers")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    shares, real = app.access.shares, str(tmp_path / "papers" / "own")

    # when / then
    for written in ("papers/own", "papers//own/", "papers/../papers/own", "link/own"):
        assert shares.set(ShareKind.FOLDER, f"{tmp_path}/{written}", ()).place == real
        shares.unset(ShareKind.FOLDER, f"{tmp_path}/{written}")
    for wrong in ("papers", f"{tmp_path}/a\0b"):
        with pytest.raises(SettingsError):
            shares.set(ShareKind.FOLDER, wrong, ())
    assert not shares.list()


def test_a_cookie_is_for_encrypted_ways_alone_where_there_are_some(tmp_path: Path) -> None:
    # given
    with library(tmp_path, proxies="127.0.0.1") as (app, url):
        app.access.users.add("ada", password=PASSWORD)
        with browser(url) as client:
            # when
            answer = client.post(
                "/api/v1/session",
                json={"name": "ada", "password": PASSWORD},
                headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"},
            )
            sender = app.access.sign_ins.of("ada")[0].sender

    # then
    assert answer.headers["set-cookie"].startswith("__Host-twolane-")
    assert "Secure" in answer.headers["set-cookie"]
    assert sender == "192.0.2.7"


@pytest.mark.parametrize(
    ("host", "server", "has_users", "remedy"),
    [
        ("0.0.0.0", {}, True, "server.proxies"),
        ("192.0.2.1", {"proxies": "192.0.2.2"}, False, "twolane users add"),
        ("0.0.0.0", {"login": False}, False, "server.proxies"),
        ("127.0.0.1", {"login": False}, True, "--no-login"),
        ("127.0.0.1", {"tls_key": "key.pem"}, False, "set both"),
    ],
)
def test_no_server_lets_in_by_accident(
    tmp_path: Path, host: str, server: dict[str, object], has_users: bool, remedy: str
) -> None:
    # given
    settings = settings_in(tmp_path).model_copy(update={"server": ServerSettings.model_validate(server)})
    with SteeredApp(settings) as app:
        if has_users:
            app.access.users.add("ada", password=PASSWORD)

        # when / then
        with pytest.raises(SettingsError) as refused:
            serve(app, host, 0, lambda _: None)
    assert remedy in refused.value.remedy
