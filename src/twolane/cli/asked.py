"""The library that is asked: here, or a server's, which has its models in memory already."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from twolane.answers import AnswerEvent, Conversation, Turn
from twolane.cli.context import Context, warn_of_fit
from twolane.cli.named import say_if_empty
from twolane.cli.output import Output

if TYPE_CHECKING:
    from twolane.app import App
    from twolane.client.server import LibraryServer

NEW = "new"
# What may be said before a command and changes nothing about how questions are answered.
_ELSEWHERE = frozenset({"data_dir", "telemetry.log_format", "telemetry.log_level"})


class AskedLibrary(Protocol):
    """What answers questions."""

    def conversation(self, named: str) -> Conversation:
        """Return a kept conversation by its id, or a new one for `NEW`. Raises `NotFoundError`."""

    def ask(
        self, question: str, history: Sequence[Turn], conversation_id: str, without: Sequence[str] = ()
    ) -> Iterator[AnswerEvent]:
        """Answer a question, in a conversation if one is named; closing the iterator cancels.

        `without` are filters that are not to be read out of it.
        """


@contextmanager
def asked_library(
    context: Context, url: str, token: str, output: Output
) -> Generator[AskedLibrary, None, None]:
    """Open what answers: the server at an address, the one that serves this library, or the library itself.

    A `token` shows the server at an address who asks. Settings given to the command are those of an app of
    its own: a running server has others. Raises `SettingsError` and `ServerError`.
    """
    from twolane.client.found import serving
    from twolane.client.server import LibraryServer

    if url:
        server: LibraryServer | None = LibraryServer.by_token(url, token)
    else:
        is_as_served = all(value is None or name in _ELSEWHERE for name, value in context.flags.items())
        server = serving(context.settings().data_dir) if is_as_served else None
    if server:
        with closing(server):
            output.line(f"asking the server at {server.url}", "dim")
            yield _There(server)
        return
    with context.app() as app:
        say_if_empty(app, output)  # before anybody waits for a model
        warn_of_fit(app.settings, output, ("chat",))
        yield _Here(app)


class _Here:
    """A library that this process has opened."""

    def __init__(self, app: App) -> None:
        self._app = app

    def conversation(self, named: str) -> Conversation:
        conversations = self._app.conversations
        return conversations.start() if named == NEW else conversations.find(named)

    def ask(
        self, question: str, history: Sequence[Turn], conversation_id: str, without: Sequence[str] = ()
    ) -> Iterator[AnswerEvent]:
        if not conversation_id:
            return self._app.ask(question, history, without=without)
        return self._app.conversations.answer(
            conversation_id, question, lambda before: self._app.ask(question, before, without=without)
        )


class _There:
    """A server's library."""

    def __init__(self, server: LibraryServer) -> None:
        self._server = server

    def conversation(self, named: str) -> Conversation:
        if named == NEW:
            return _conversation(self._server.post("/conversations", {}))
        return _conversation(self._server.get(f"/conversations/{named}"))

    def ask(
        self, question: str, history: Sequence[Turn], conversation_id: str, without: Sequence[str] = ()
    ) -> Iterator[AnswerEvent]:
        return self._server.ask(question, history, conversation_id, without)


def _conversation(data: dict[str, Any]) -> Conversation:
    turns = data["turns"]
    return Conversation(
        data["id"],
        data["title"],
        datetime.fromisoformat(data["created_at"]).timestamp(),
        datetime.fromisoformat(data["updated_at"]).timestamp(),
        turns if isinstance(turns, int) else len(turns),
    )
