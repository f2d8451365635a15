"""One twolane that serves at an address: what is asked of it, and what its refusals mean."""

from __future__ import annotations

import json
import socket
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit

import httpx

from twolane import cancel
from twolane.answers import AnswerEvent, Turn
from twolane.client.events import event_of, lines_to_events
from twolane.config.addresses import printable_address
from twolane.errors import (
    AccessError,
    ConflictError,
    NotFoundError,
    ServerError,
    SettingsError,
    SignInError,
    TwolaneError,
)

_API = "/api/v1"
_CONNECT_TIMEOUT_S = 5.0
_SILENCE_TIMEOUT_S = 60.0  # a server says something every ten seconds while it answers
_MAKE_ONE = "twolane tokens make NAME --right ask --right read"
_CALL_TIMEOUT_S = 600.0  # a text to classify may wait for its model
_REFUSALS: Final[Mapping[int, type[TwolaneError]]] = {
    401: SignInError,
    403: AccessError,
    429: AccessError,
    404: NotFoundError,
    409: ConflictError,
    422: SettingsError,
}


class LibraryServer:
    """A twolane at an address; safe to use from several threads.

    Nothing is read from the environment: no proxy, no key. Raises `SettingsError` for what is no address.
    Every call raises `ServerError` where nothing answers there or what does is no twolane, and what the
    server refuses as the error that a library here would raise.

    `headers` go along with every request: what shows who asks. Where the server has proven itself, its
    certificate need not (`proven`): on this machine it is asked by an address that no certificate names.
    """

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, *, proven: bool = False) -> None:
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            said = repr(printable_address(url)) if printable_address(url) else "what was given"
            raise SettingsError(f"{said} is no address of a server", "write it as http://127.0.0.1:8642")
        self.url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=self.url,
            headers=headers,
            verify=not proven,
            trust_env=False,
            timeout=httpx.Timeout(_CALL_TIMEOUT_S, connect=_CONNECT_TIMEOUT_S),
        )

    @classmethod
    def by_token(cls, url: str, token: str) -> LibraryServer:
        """Return the server at an address, which lets in who has a token; "" shows none."""
        return cls(url, {"Authorization": f"Bearer {token}"} if token else None)

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """Return what the API has at a path below its prefix."""
        return self._call("GET", path, params=query)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send something to a path of the API, and return the answer."""
        return self._call("POST", path, json=body)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Set what the API has at a path, and return the answer."""
        return self._call("PUT", path, json=body)

    def upload(self, name: str, content: BinaryIO) -> Any:
        """Send a file's content, and return what became of it."""
        return self._call("POST", "/files", files=[("files", (name, content))])

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        conversation_id: str = "",
        without: Sequence[str] = (),
    ) -> Generator[AnswerEvent, None, None]:
        """Stream the events of an answer; closing the iterator frees the server's model."""
        body: dict[str, Any] = {"question": question, "without": list(without)}
        if conversation_id:
            body["conversation_id"] = conversation_id
        else:
            body["history"] = [{"question": turn.question, "answer": turn.answer} for turn in history]
        with (
            self._reached(),
            self._http.stream(
                "POST",
                f"{_API}/ask",
                json=body,
                headers={"accept": "text/event-stream"},
                timeout=httpx.Timeout(_SILENCE_TIMEOUT_S, connect=_CONNECT_TIMEOUT_S),
            ) as response,
            cancel.current().calling(partial(_cut, response)),
        ):
            if response.status_code != httpx.codes.OK:
                raise self._refusal(response.status_code, response.read().decode("utf-8", "replace"))
            for name, data in lines_to_events(response.iter_lines()):
                if event := self._event(name, data):
                    yield event
            cancel.current().check()

    def close(self) -> None:
        """Close its connections; safe to call twice."""
        self._http.close()

    def _event(self, name: str, data: str) -> AnswerEvent | None:
        try:
            return event_of(name, json.loads(data))
        except (ValueError, AttributeError) as error:
            raise self._no_twolane(f"an event {name} that cannot be read") from error

    def _call(self, method: str, path: str, **given: Any) -> Any:
        with self._reached():
            response = self._http.request(method, f"{_API}{path}", **given)
        if not response.is_success:
            raise self._refusal(response.status_code, response.text)
        try:
            return response.json()
        except ValueError as error:
            raise self._no_twolane(f"{response.text[:100]!r}") from error

    @contextmanager
    def _reached(self) -> Generator[None, None, None]:
        try:
            yield
        except httpx.ConnectError as error:
            cancel.current().check()
            raise ServerError(
                f"no twolane answers at {self.url}",
                "start one with `twolane serve`, or mend the address",
            ) from error
        except httpx.TimeoutException as error:
            raise ServerError(f"{self.url} does not answer in time", "look at its log") from error
        except httpx.HTTPError as error:
            cancel.current().check()
            raise ServerError(
                f"{self.url} closed the connection before its answer ended", "ask again; it may be restarting"
            ) from error

    def _refusal(self, status: int, text: str) -> TwolaneError:
        try:
            said = json.loads(text)
            what, remedy = str(said["error"]), str(said.get("remedy", ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            return self._no_twolane(f"status {status}")
        if status == httpx.codes.UNAUTHORIZED:
            remedy = f"make a token there and give it as TWOLANE_TOKEN: {_MAKE_ONE}"
        return _REFUSALS.get(status, ServerError)(what, remedy)

    def _no_twolane(self, why: str) -> ServerError:
        return ServerError(
            f"what answers at {self.url} is no twolane of this kind: {why}",
            "check the address, and that both are of one version",
        )


def _cut(response: httpx.Response) -> None:
    """End a wait for the next piece of a response, from another thread: the server sees that nobody reads."""
    with suppress(OSError):
        response.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)


def uploadable(paths: Sequence[Path]) -> list[Path]:
    """Return the files at or below paths, but hidden ones. Raises `NotFoundError`."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(one for one in path.rglob("*") if one.is_file() and not _is_hidden(one, path))
        elif path.is_file():
            files.append(path)
        else:
            raise NotFoundError(f"there is no file {path}", "check the path")
    return files


def _is_hidden(file: Path, below: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(below).parts)
