"""How long a question takes before the model reads it: retrieval by parts, over HTTP, alone and in a crowd.

The library is a SQLite file of made-up passages, with the embedding model that is installed. `retrieval_ms`
takes each question as the chat lane does: without a filter, within filters that one in ten and one in two
documents pass, with common words only, right after another process's commit, and as the first after opening.
`http` asks `twolane serve`, whose chat model is a stand-in that reads every prompt in the same time and
writes at a steady pace: `first_byte` is when the sources come, `first_text` when the first word does, less
the stand-in's own time. Only the ratios within one run mean anything.

    python -m bench chat [--passages N ...] [--per-document N] [--askers N] [--keep FOLDER] [--out FILE]
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
from standins.model_process import ModelProcess
from standins.models import embedding_model, models_dir
from standins.program import Program

from bench._passages import Made, add_document, language, recall
from twolane.app import App
from twolane.chat.retrieve import Retriever
from twolane.config.settings import Settings
from twolane.documents import EVERYTHING, Filter
from twolane.llm.catalogue.embedding import embedding_form
from twolane.llm.runtimes.onnx import OnnxEmbedder
from twolane.store.sqlite.store import SqliteStore, open_sqlite

PARTS = {
    "embed": "embed",
    "query_words": "words",
    "search_words": "words",
    "search_vector": "vectors",
}
READING_MS, TOKEN_MS = 200.0, 20.0  # of the stand-in: a prompt, and a word of its answer
PASSAGES = 5


@dataclass
class Watched:
    """A part of retrieval, with the milliseconds that its calls have taken."""

    inner: Any
    spent: dict[str, float]

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        part = PARTS.get(name)
        if part is None:
            return found

        def timed(*given: Any, **named: Any) -> Any:
            begun = time.perf_counter()
            try:
                return found(*given, **named)
            finally:
                self.spent[part] = self.spent.get(part, 0.0) + (time.perf_counter() - begun) * 1000

        return timed


@dataclass
class Bench:
    """A library with a home of its own, filled once."""

    home: Path
    made: Made
    model: str
    added: int = 0

    @property
    def path(self) -> Path:
        return self.home / "library" / "library.db"

    def open(self) -> SqliteStore:
        return open_sqlite(self.path, max_attempts=3)

    def fill(self) -> None:
        """Add every document, unless a kept library holds them already."""
        with closing(self.open()) as store:
            if store.counts().passages >= self.made.passages:
                return
            for number, (texts, vectors) in enumerate(self.made.documents()):
                self.add(store, number, texts, vectors)

    def add(self, store: SqliteStore, number: int, texts: Sequence[str], vectors: Any) -> None:
        path = self.made.folder / str(number // 1_000) / str(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        add_document(store, path, number, texts, vectors, self.model)

    def answered(self, count: int) -> list[str]:
        """Return questions that passages answer: some words of one, which gets the question's vector."""
        embedder = OnnxEmbedder(embedding_model()[1], models_dir=models_dir())
        ids = [1 + n * (self.made.passages - 1) // count for n in range(count)]
        with closing(self.open()) as store, closing(embedder):
            passages = store.passages(ids)
            questions = [" ".join(passage.text.split()[:6]) for passage in passages]
            with store.writing() as write:
                vectors = embedder.embed(questions, "question")
                write.save_vectors(self.model, [passage.passage_id for passage in passages], vectors)
        return questions

    def commit(self, store: SqliteStore) -> None:
        """Add one more document, as another process does."""
        self.added += 1
        number = 10_000_000 + time.time_ns() % 1_000_000_000
        [texts], vectors = self.made.texts[self.added % 9 :][:1], self.made.vectors[:1]
        self.add(store, number, [texts], vectors[0][None])


def retrieval(bench: Bench, questions: Sequence[str]) -> dict[str, object]:
    """Measure retrieval in this process."""
    settings = Settings(data_dir=bench.home / "library", models_dir=models_dir())
    with closing(App(settings)) as app, closing(bench.open()) as other:
        spent: dict[str, float] = {}
        embedder = Watched(app.models.embedder(), spent)
        store = Watched(app.store, spent)
        retriever = Retriever(store, embedder, None, app.contents.is_there, app.copies.among)

        def ask(question: str, within: Filter = EVERYTHING) -> float:
            begun = time.perf_counter()
            retriever.search(question, PASSAGES, within)
            return (time.perf_counter() - begun) * 1000

        def after_a_commit(question: str) -> float:
            bench.commit(other)
            return ask(question)

        common = [" ".join(f"w{(n + place) % 12}x" for place in range(5)) for n in range(len(questions))]
        ask(questions[0])
        result: dict[str, object] = {"plain": parts(ask, questions, spent)}
        for share in (10, 2):
            within = Filter(languages=(language(share),))
            asked = lambda question, within=within: ask(question, within)  # noqa: E731
            result[f"one_document_in_{share}"] = parts(asked, questions, spent)
        result["common_words"] = parts(ask, common, spent)
        result["after_a_commit"] = parts(after_a_commit, questions, spent)
        result["first_after_opening_ms"] = spread([first(bench, embedder) for _ in range(5)])
        result["vector_recall_at_10"] = recall(other, bench.made.vectors[:20])
    return result


def first(bench: Bench, embedder: Watched) -> float:
    """Return milliseconds of the first search in a library that has just been opened."""
    with closing(bench.open()) as store:
        begun = time.perf_counter()
        Retriever(store, embedder).search(bench.made.texts[0], PASSAGES)
        return (time.perf_counter() - begun) * 1000


def parts(
    ask: Callable[[str], float], questions: Sequence[str], spent: dict[str, float]
) -> dict[str, dict[str, float]]:
    """Return the spread of milliseconds of the whole and of each part."""
    taken: dict[str, list[float]] = {name: [] for name in ("all", *dict.fromkeys(PARTS.values()), "rest")}
    for question in questions:
        spent.clear()
        whole = ask(question)
        rest = whole - sum(spent.values())
        for name, value in {"all": whole, **spent, "rest": rest}.items():
            taken[name].append(value)
    return {name: spread(values) for name, values in taken.items() if values}


def spread(values: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return {"p50": round(cuts[9], 1), "p95": round(cuts[18], 1)}


@dataclass(frozen=True, slots=True)
class Answered:
    """When the events of one answer came, in milliseconds after its question."""

    first_byte: float
    first_text: float | None
    end: float


def asked(url: str, question: str) -> Answered:
    """Ask a server one question, and read the answer to its end."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
    body = json.dumps({"question": question})
    begun = time.perf_counter()
    connection.request(
        "POST",
        "/api/v1/ask",
        body,
        {"Content-Type": "application/json", "Accept": "text/event-stream", "Origin": url.rstrip("/")},
    )
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    came: dict[str, float] = {}
    for line in answer:
        if line.startswith(b"event: "):
            came.setdefault(line[7:].decode().strip(), (time.perf_counter() - begun) * 1000)
    connection.close()
    return Answered(came["sources"], came.get("text"), (time.perf_counter() - begun) * 1000)


def crowd(url: str, questions: Sequence[str], askers: int) -> dict[str, object]:
    """Have so many people ask one question after another, and say when their answers came."""
    answers: list[Answered] = []
    left = iter(list(questions))
    lock = threading.Lock()

    def ask_on() -> None:
        while True:
            with lock:
                question = next(left, None)
            if question is None:
                return
            answers.append(asked(url, question))

    threads = [threading.Thread(target=ask_on) for _ in range(askers)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    texts = [answer.first_text - READING_MS for answer in answers if answer.first_text is not None]
    return {
        "first_byte_ms": spread([answer.first_byte for answer in answers]),
        "first_text_less_reading_ms": spread(texts) if texts else None,
        "questions_per_second": round(len(answers) / (time.perf_counter() - begun), 2),
    }


@contextmanager
def serving(bench: Bench, settings: dict[str, str]) -> Iterator[tuple[psutil.Process, str]]:
    """Serve the library in a process of its own."""
    program = Program(bench.home, {"filing.use_model": "false", **settings})
    with program.serving("--workers", "0") as (process, url):
        yield psutil.Process(process.pid), url


def over_http(bench: Bench, questions: Sequence[str], askers: int) -> dict[str, object]:
    """Measure the server with a stand-in for the chat model: one asker, then many at once."""
    with ModelProcess("openai", answer_ms=READING_MS, token_ms=TOKEN_MS) as model:
        chat = {
            "chat.runtime": "openai",
            "chat.url": model.url,
            "chat.model": model.model,
            "chat.concurrency": str(askers),
            "chat.answer_tokens": "40",
        }
        with serving(bench, chat) as (process, url):
            asked(url, questions[0])
            before = process.cpu_times()
            alone = crowd(url, questions, 1)
            after = process.cpu_times()
            cpu = (after.user + after.system - before.user - before.system) * 1000 / len(questions)
            together = crowd(url, [*questions, *questions], askers)
            memory = process.memory_info().rss / 2**20
            peak = getattr(process.memory_full_info(), "peak_wset", 0) / 2**20 or high_water(process.pid)
    return {
        "one_asker": alone,
        "cpu_ms_a_question": round(cpu, 1),
        f"{askers}_askers": together,
        "memory_mib": round(memory),
        "peak_memory_mib": round(peak),
    }


def high_water(pid: int) -> float:
    """Return the most MiB that a process of Linux has held, 0 elsewhere."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def measure(home: Path, passages: int, given: argparse.Namespace) -> dict[str, object]:
    model = embedding_form(embedding_model()[1]).vector_model
    made = Made(passages, given.questions, given.per_document, home / "files")
    bench = Bench(home, made, model)
    bench.fill()
    result: dict[str, object] = {"passages": passages, "per_document": given.per_document}
    result["retrieval_ms"] = retrieval(bench, made.texts)
    result["http"] = over_http(bench, bench.answered(given.questions), given.askers)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, nargs="+", default=[20_000])
    parser.add_argument("--per-document", type=int, default=10, help="passages of a document")
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--askers", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="a folder where libraries are kept for the next time")
    parser.add_argument("--out", type=Path, help="a file for the result")
    given = parser.parse_args()
    results = []
    for passages in given.passages:
        with tempfile.TemporaryDirectory() as folder:
            home = (given.keep or Path(folder)) / f"{passages}-{given.per_document}"
            home.mkdir(parents=True, exist_ok=True)
            results.append(measure(home.resolve(), passages, given))
            print(json.dumps(results[-1]), flush=True)
    if given.out:
        given.out.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
