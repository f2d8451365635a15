"""Signing in by an office's own sign-in: a real provider of OpenID Connect, asked as a browser asks it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from tests.integration.api.served import DEADLINE_S, SteeredApp, listening, settings_in
from tests.support.node import ROOT

from twolane.config.server_settings import ServerSettings
from twolane.principal import Role

PROVIDER = ROOT / "tests" / "support" / "office" / "provider.mjs"


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SteeredApp, str, str]]:
    """Serve a library whose people sign in at their office; yields its address and the office's."""
    if not (ROOT / "node_modules" / "oidc-provider").is_dir():
        if os.environ.get("CI"):
            pytest.fail("oidc-provider is not installed: npm ci")
        pytest.skip("oidc-provider is not installed: npm ci")
    port = a_free_port()
    issuer = f"http://127.0.0.1:{port}"
    server = ServerSettings.model_validate(
        {
            "oidc_issuer": issuer,
            "oidc_client_id": "twolane",
            "oidc_client_secret": "a secret of the office",
            "oidc_name": "Harbour Homes",
            "oidc_role_claim": "twolane_role",
        }
    )
    settings = settings_in(tmp_path_factory.mktemp("office")).model_copy(update={"server": server})
    with SteeredApp(settings) as app, listening(app) as url:
        app.access.users.add("ada", password="some words of ada")
        page = url.partition("/?")[0]
        command = ["node", str(PROVIDER), str(port), f"{page}/signin/office/back"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as provider:
            assert provider.stdout
            assert provider.stdout.readline() == b"ready\n"
            try:
                yield app, page, issuer
            finally:
                provider.terminate()


def came_back(browser: httpx.Client, page: str, issuer: str, name: str) -> httpx.Response:
    """Go to the office's sign-in, say who one is, agree, and come back."""
    answer = browser.get(f"{page}/signin/office")
    for _ in range(12):
        if answer.is_redirect:
            to = urljoin(str(answer.url), answer.headers["location"])
            answer = browser.get(to)
        elif str(answer.url).startswith(page):
            return answer
        else:
            form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.text))
            action = re.search(r'action="([^"]+)"', answer.text)
            assert action, answer.text
            said = form | ({"login": name, "password": "any"} if form.get("prompt") == "login" else {})
            answer = browser.post(urljoin(issuer, action[1]), data=said)
    raise AssertionError("the office's sign-in leads nowhere")


@pytest.mark.parametrize(("name", "role"), [("chief", Role.MEMBER), ("clerk", Role.READER)])
def test_who_the_office_lets_in_is_a_user(office: tuple[SteeredApp, str, str], name: str, role: Role) -> None:
    # given
    app, page, issuer = office
    with httpx.Client(timeout=DEADLINE_S, trust_env=False) as browser:
        assert browser.get(f"{page}/api/v1/session").json()["ways"]["office"] == "Harbour Homes"

        # when
        entered = came_back(browser, page, issuer, name)

        # then
        assert entered.headers["refresh"] == "0; url=/"
        session = browser.get(f"{page}/api/v1/session").json()
        assert (session["user"], session["role"], session["full_name"]) == (name, role, f"The {name}")

    # when the role is changed here and they come again, then it stays
    app.access.users.set_role(name, Role.ADMIN)
    with httpx.Client(timeout=DEADLINE_S, trust_env=False) as browser:
        came_back(browser, page, issuer, name)
        assert browser.get(f"{page}/api/v1/session").json()["role"] == "admin"


@pytest.mark.parametrize("name", ["ada", "gone"])
def test_a_name_of_somebody_else_and_a_disabled_user_stay_out(
    office: tuple[SteeredApp, str, str], name: str
) -> None:
    # given
    app, page, issuer = office
    if name == "gone":
        app.access.users.add(name, subject=f"{issuer} {name}")
        app.access.users.disable(name)

    # when
    with httpx.Client(timeout=DEADLINE_S, trust_env=False) as browser:
        answer = came_back(browser, page, issuer, name)

        # then
        assert str(answer.url) == f"{page}/signin?office=failed"
        assert not browser.get(f"{page}/api/v1/session").json()["signed_in"]


def test_no_neighbouring_host_can_begin_an_errand_for_somebody(
    office: tuple[SteeredApp, str, str], tmp_path: Path
) -> None:
    # given: the name of the cookie is one that browsers take from this host alone
    _, _, issuer = office
    given = ServerSettings.model_validate(
        {"oidc_issuer": issuer, "oidc_client_id": "twolane", "proxies": "127.0.0.1", "names": "papers.test"}
    )
    settings = settings_in(tmp_path).model_copy(update={"server": given})
    says = {"X-Forwarded-Proto": "https", "Host": "papers.test"}
    with SteeredApp(settings) as app, listening(app) as url:
        app.access.users.add("ada")

        # when
        with httpx.Client(base_url=url.partition("/?")[0], timeout=DEADLINE_S, trust_env=False) as browser:
            cookie = browser.get("/signin/office", headers=says).headers["set-cookie"]

    # then
    assert cookie.startswith("__Host-twolane-")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_an_answer_that_nobody_asked_for_is_taken_from_nobody(office: tuple[SteeredApp, str, str]) -> None:
    # given
    _, page, _ = office
    with httpx.Client(timeout=DEADLINE_S, trust_env=False) as browser:
        # when
        forged = browser.get(f"{page}/signin/office/back?code=x&state=y")

    # then
    assert forged.headers["location"] == "/signin?office=failed"
