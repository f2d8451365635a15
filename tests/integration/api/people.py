"""A served library that several people use: each signed in, or with a token, as a client of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from tests.integration.api.served import DEADLINE_S, Served, SteeredApp, listening, settings_in, until

from twolane.principal import Right, Role


@dataclass(frozen=True)
class People:
    """The server of several people."""

    served: Served

    @property
    def app(self) -> SteeredApp:
        return self.served.app

    def as_user(self, name: str) -> httpx.Client:
        """Return the client of a user who is signed in."""
        begun = self.app.access.sign_ins.begin(name, "test")
        port = urlsplit(self.served.url).port
        return self._client(cookies={f"twolane-{port}": begun.secret})

    def as_token(self, *rights: Right, user: str = "") -> httpx.Client:
        """Return the client of a new token."""
        count = len(self.app.access.tokens.list())
        made = self.app.access.tokens.make(f"token {count}", rights, None, user)
        return self.with_secret(made.secret)

    def with_secret(self, secret: str) -> httpx.Client:
        return self._client(headers={"Authorization": f"Bearer {secret}"})

    def as_nobody(self) -> httpx.Client:
        return self._client()

    def _client(
        self, *, cookies: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Client:
        return httpx.Client(
            base_url=self.served.url, timeout=DEADLINE_S, trust_env=False, cookies=cookies, headers=headers
        )


@contextlib.contextmanager
def people(folder: Path, files: dict[str, str], **server: object) -> Iterator[People]:
    """Serve these files, by name and text, to the admin root, the members ada and ben, the reader rita."""
    documents = folder / "documents"
    for name, text in files.items():
        (documents / name).parent.mkdir(parents=True, exist_ok=True)
        (documents / name).write_text(text, "utf-8")
    settings = settings_in(folder / "library")
    given = settings.server.model_copy(update={"login": True, **server})
    with SteeredApp(settings.model_copy(update={"server": given})) as app:
        users = app.access.users
        users.add("root")
        for name, role in (("ada", Role.MEMBER), ("ben", Role.MEMBER), ("rita", Role.READER)):
            users.add(name, role)
        app.library.add([documents])
        app.workers.start()
        until(lambda: app.store.pending().jobs == 0)
        with listening(app) as url:
            yield People(Served(app, url, documents))
