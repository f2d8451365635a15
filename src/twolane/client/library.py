"""The library of a server, with the verbs that `LLMService` has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from twolane.answers import AnswerEvent, Turn
from twolane.cancel import pause
from twolane.client.server import LibraryServer, uploadable
from twolane.client.values import classification_of, file_of, passage_of, query_of
from twolane.documents import Classification, FileList, FileRecord, FileState, Filter, FoundPassage, LaneName
from twolane.errors import ServerError, SettingsError
from twolane.facts import DocumentFact

_POLL_S = 0.5

T = TypeVar("T")


class ServedLibrary:
    """A library that a twolane serves elsewhere; what it raises is what `LibraryServer` raises."""

    def __init__(self, url: str, token: str = "") -> None:
        self._server = LibraryServer.by_token(url, token)

    def model(self, lane: LaneName) -> str:
        """Return the name of a lane's model."""
        with self._read():
            lanes = self._server.get("/status")["snapshot"]["lanes"]
            return next(str(one["model"]) for one in lanes if one["name"] == lane)

    def classify(self, text: str) -> Classification:
        """Have a text's category chosen."""
        return self._one(classification_of, self._server.post("/classify", {"text": text}))

    def facts(self, text: str) -> tuple[DocumentFact, ...]:
        """Raise `SettingsError`: a server draws facts from files alone."""
        raise SettingsError(
            f"a server draws facts from files, not from a text of {len(text)} characters",
            "add it as a file, or use LLMService() without an address",
        )

    def stream(self, query: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        """Stream the events of an answer; closing the iterator frees the server's model."""
        return self._server.ask(query, history)

    def add(self, paths: Sequence[Path]) -> list[FileRecord]:
        """Upload files, wait until they are filed, and return them as they are then."""
        added: list[FileRecord] = []
        for path in uploadable(paths):
            with path.open("rb") as content:
                taken = self._server.upload(path.name, content)
            with self._read():
                shown = [*taken["files"], *(one["file"] for one in taken["already"])]
            added += [self._one(file_of, one) for one in shown]
        return [self._filed(record) for record in added]

    def search(self, query: str, limit: int, within: Filter) -> list[FoundPassage]:
        """Return the passages that say most about something, best first."""
        found = self._server.get("/search", {"query": query, "limit": limit, **query_of(within)})
        with self._read():
            return [passage_of(one) for one in found["passages"]]

    def files(self, within: Filter, limit: int, offset: int) -> FileList:
        """Return files that pass the filter, by path."""
        found = self._server.get("/files", {"limit": limit, "offset": offset, **query_of(within)})
        with self._read():
            return FileList(tuple(file_of(one) for one in found["files"]), found["total"])

    def correct(self, file_id: int, category: str) -> FileRecord:
        """Add a person's decision on a file."""
        return self._one(file_of, self._server.put(f"/files/{file_id}/category", {"category": category}))

    def close(self) -> None:
        """Close its connections; safe to call twice."""
        self._server.close()

    def _filed(self, record: FileRecord) -> FileRecord:
        while record.state is FileState.WAITING:
            pause(_POLL_S)
            record = self._one(file_of, self._server.get(f"/files/{record.file_id}"))
        return record

    def _one(self, read: Callable[[Any], T], data: Any) -> T:
        with self._read():
            return read(data)

    @contextmanager
    def _read(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, KeyError, TypeError, StopIteration) as error:
            raise ServerError(
                f"{self._server.url} answers in a form that is not known here: {error}",
                "check the address, and that both are of one version",
            ) from error
