"""Filing and search share their vectors: no text is embedded twice, whatever way a document takes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from tests.support.library import embed, passages, reading, scan, seen, unit_vectors, work

from twolane.chat.index import OWN_PASSAGES, SHORT_PASSAGES
from twolane.config.settings import Settings
from twolane.documents import FileState, ReadStatus
from twolane.errors import ModelUnreachableError
from twolane.extract import Extractor, ReaderCounts
from twolane.files.contents import SharedContents
from twolane.files.library import Library
from twolane.files.scan import stamp
from twolane.filing.cascade import Cascade
from twolane.filing.review import Review
from twolane.filing.taxonomy import Taxonomy
from twolane.ingest import CLASSIFY, EMBED, ingest_steps
from twolane.jobs.base import Step
from twolane.llm.base import EmbeddingUse, Vectors
from twolane.llm.runtimes.scripted import ScriptedLLM, hashed_words
from twolane.llm.turns.admission import Admission
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite
from twolane.store.values import Floats
from twolane.work import READ, NewJob

TAXONOMY = Taxonomy.from_categories(
    [
        {"id": "sport", "name": "Sport", "description": "match team goal player league cup win"},
        {"id": "money", "name": "Money", "description": "bank shares market profit tax price bill"},
        {"id": "table", "name": "Table", "extensions": [".csv"]},
    ]
)
TEXT = "The team has won the match"


class Embedder(ScriptedLLM):
    """The scripted model's vectors; remembers what it was asked, and may be away."""

    def __init__(self, settings: Settings, model: str = "") -> None:
        super().__init__(settings.filing.model_copy(update={"model": model or settings.embedding.model}))
        self.asked: Counter[str] = Counter()
        self.away = False

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:
        if self.away:
            raise ModelUnreachableError("The embedder is away")
        self.asked.update(text for text in texts if TEXT in text)
        return super().embed(texts, use)


class Rig:
    """A library with the steps on its files, and a document of any number of passages in it."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder, self.store = folder, store
        self.settings = Settings(data_dir=folder / "library")
        self.embedder = Embedder(self.settings)
        self.steps = self.with_embedder(self.embedder)

    def with_embedder(self, embedder: Embedder | None) -> tuple[Step, ...]:
        cascade = Cascade(TAXONOMY, None, embedder, self.settings.filing, self.store)
        return ingest_steps(
            self.settings,
            self.store,
            lambda: TAXONOMY,
            contents=SharedContents({}),
            extractor=lambda: Extractor(self.settings.extract),
            classifier=lambda: cascade,
            embedder=lambda: embedder,
            turns=Admission(self.folder, active=False),
            threads=1,
            readers=ReaderCounts(),
        )

    def add(
        self, count: int, name: str = "match.txt", *, status: ReadStatus = ReadStatus.TEXT, text: str = TEXT
    ) -> str:
        """Put a read file of so many passages into the library, to be classified; return its document."""
        texts = [f"{text} {number}" for number in range(count)]
        path = self.folder / name
        path.write_text("\n".join(texts), "utf-8")
        document = hashlib.sha256(path.read_bytes()).hexdigest()
        self.find(name)
        job = work(self.store)
        with self.store.finishing(job) as write:
            write.save_reading(job.file_id, document, 1, reading(*texts, status=status), passages(*texts))
            write.enqueue([NewJob(CLASSIFY, document, job.file_id, job.priority)])
        return document

    def library(self) -> Library:
        model = self.embedder.form.vector_model
        return Library(self.settings, self.store, SharedContents({}), embed_kind=EMBED, vector_model=model)

    def find(self, name: str) -> None:
        """Record a file as a scan finds it."""
        status = (self.folder / name).stat()
        scan(self.store, seen(self.folder / name, stamp=stamp(status), size_bytes=status.st_size))

    def run(
        self, steps: tuple[Step, ...] | None = None, *, only: Sequence[str] = (READ, CLASSIFY, EMBED)
    ) -> list[str]:
        """Do what is queued, one job after the other; return the kinds in their order."""
        handlers = {step.kind: step.handler for step in (steps or self.steps)}
        done = []
        while jobs := self.store.claim(only, "tester", 60.0).jobs:
            handlers[jobs[0].kind](jobs)
            with self.store.finishing(*self.store.held(jobs)):
                pass  # a step without a result
            done += [job.kind for job in jobs]
        return done

    def own(self, document: str) -> Floats | None:
        """Return a document's own vector."""
        return self.store.decisions.vector(document, self.settings.embedding.model)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as store:
        yield Rig(tmp_path, store)


def assert_each_once(rig: Rig, passages: int) -> None:
    assert set(rig.embedder.asked.values()) == {1}
    assert len(rig.embedder.asked) == rig.store.counts().vectors == passages


def mean(texts: Sequence[str]) -> Floats:
    """Return the mean of the texts' vectors, of which the first counts most."""
    total = np.sum([0.7**number * hashed_words(text) for number, text in enumerate(texts)], axis=0)
    unit: Floats = total / np.linalg.norm(total)
    return unit


@pytest.mark.parametrize("count", [1, OWN_PASSAGES, SHORT_PASSAGES])
def test_a_short_document_is_embedded_whole_when_it_is_filed(rig: Rig, count: int) -> None:
    # given
    document = rig.add(count)

    # when
    done = rig.run()

    # then
    own = rig.own(document)
    assert done == [CLASSIFY]
    assert_each_once(rig, count)
    assert own is not None
    assert np.allclose(own, mean([f"{TEXT} {n}" for n in range(min(count, OWN_PASSAGES))]), atol=1e-3)
    assert rig.store.document(document).classification is not None


def test_a_long_document_is_filed_by_its_first_passages_and_the_rest_follows_after_other_files(
    rig: Rig,
) -> None:
    # given
    document = rig.add(SHORT_PASSAGES + 1)
    rig.add(0, "other.txt")

    # when
    done = rig.run()

    # then
    assert done == [CLASSIFY, CLASSIFY, EMBED]
    assert_each_once(rig, SHORT_PASSAGES + 1)
    own = rig.own(document)
    assert own is not None
    assert np.allclose(own, mean([f"{TEXT} {n}" for n in range(OWN_PASSAGES)]), atol=1e-3)


def test_what_rules_are_sure_of_is_filed_before_anything_of_it_is_embedded(rig: Rig) -> None:
    # given
    document = rig.add(2, "results.csv")
    rig.embedder.away = True

    # when
    filed = rig.run(only=[CLASSIFY])
    rig.embedder.away = False
    rest = rig.run()

    # then
    assert (filed, rest) == ([CLASSIFY], [EMBED])
    assert rig.own(document) is not None
    assert_each_once(rig, 2)


@pytest.mark.parametrize("name", ["copy.txt", "moved.txt"])
def test_a_copied_or_moved_document_needs_no_job_beyond_its_reading(rig: Rig, name: str) -> None:
    # given
    document = rig.add(2)
    rig.run()
    content = rig.folder / "match.txt"
    (rig.folder / name).write_bytes(content.read_bytes())
    if name.startswith("moved"):
        content.unlink()
        with rig.store.writing() as write:
            write.mark_gone([content])

    # when
    rig.find(name)
    done = rig.run()

    # then
    copy = rig.store.file_at(rig.folder / name)
    assert done == [READ]
    assert copy is not None
    assert (copy.document, copy.state) == (document, FileState.FILED)
    assert_each_once(rig, 2)


def test_a_document_that_comes_back_after_everything_was_embedded_anew_gets_its_vectors(rig: Rig) -> None:
    # given
    rig.add(2)
    rig.run()
    with rig.store.writing() as write:
        write.mark_gone([rig.folder / "match.txt"])
    queued = rig.library().reembed()

    # when
    rig.find("match.txt")
    done = rig.run()

    # then
    assert queued == 0
    assert done == [READ, EMBED]
    assert rig.store.counts().vectors == 2


def test_everything_is_embedded_anew_once_by_another_model(rig: Rig) -> None:
    # given
    document = rig.add(SHORT_PASSAGES + 1)
    rig.run()
    before = rig.own(document)
    rig.embedder.asked.clear()

    # when
    rig.library().reembed()
    forgotten = rig.own(document)
    done = rig.run()

    # then
    assert (forgotten, done) == (None, [EMBED])
    after = rig.own(document)
    assert before is not None
    assert after is not None
    assert np.allclose(after, before)
    assert_each_once(rig, SHORT_PASSAGES + 1)


def test_a_library_with_vectors_of_another_model_files_on_and_keeps_them(rig: Rig) -> None:
    # given
    old = rig.add(1, "old.txt")
    rig.run()
    other = Embedder(rig.settings, model="another")
    document = rig.add(SHORT_PASSAGES + 1)

    # when
    done = rig.run(rig.with_embedder(other))

    # then
    assert done == [CLASSIFY]
    assert len(other.asked) == OWN_PASSAGES
    assert rig.store.document(document).classification is not None
    assert rig.store.decisions.vector(document, "another") is not None
    assert rig.store.passages_without_vectors(old) == []
    assert len(rig.store.passages_without_vectors(document)) == SHORT_PASSAGES + 1


def test_without_an_embedder_a_document_is_filed_and_nothing_waits(rig: Rig) -> None:
    # given
    document = rig.add(SHORT_PASSAGES + 1)

    # when
    done = rig.run(rig.with_embedder(None))

    # then
    assert done == [CLASSIFY]
    assert rig.store.document(document).classification is not None
    assert rig.store.pending().jobs == 0


def test_a_correction_of_what_rules_had_filed_teaches_by_its_vector(rig: Rig) -> None:
    # given a file whose passages are not embedded yet
    document = rig.add(2, "results.csv")
    rig.run(only=[CLASSIFY])
    file = rig.store.file_at(rig.folder / "results.csv")
    assert file is not None

    # when
    Review(rig.store, lambda: TAXONOMY, embed_kind=EMBED).correct(file.file_id, "sport")
    done = rig.run()

    # then
    assert done == [EMBED]
    assert rig.own(document) is not None
    assert_each_once(rig, 2)


def test_a_document_with_vectors_of_its_passages_alone_gets_its_own(rig: Rig) -> None:
    # given what an earlier version has made of a file that rules decided
    document = rig.add(2, "results.csv")
    rig.run(only=[CLASSIFY])
    embed(rig.store, document, unit_vectors(2), model=rig.settings.embedding.model)

    # when
    rig.run()

    # then
    assert rig.own(document) is not None


def test_a_document_that_is_classified_again_uses_the_vector_it_has(rig: Rig) -> None:
    # given
    document = rig.add(SHORT_PASSAGES + 1)
    rig.run()
    with rig.store.writing() as write:
        write.enqueue([NewJob(CLASSIFY, document, 1)])

    # when
    done = rig.run()

    # then
    assert done == [CLASSIFY]
    assert len(rig.store.decisions.of(document)) == 2
    assert_each_once(rig, SHORT_PASSAGES + 1)


def test_a_document_without_text_is_not_classified(rig: Rig) -> None:
    # given
    rig.add(0, status=ReadStatus.EMPTY)

    # when
    done = rig.run()

    # then
    assert done == [CLASSIFY]
    assert rig.embedder.asked == {}


def test_what_came_first_is_filed_again_when_much_more_is_known(rig: Rig) -> None:
    # given
    first = rig.add(1, "first.txt", text="zither zither zither strings team goal")
    rig.run()
    alone = rig.store.document(first).classification

    # when
    for number in range(40):
        money = f"zither strings bank shares market profit tax price bill {number}"
        rig.add(1, f"bank {number}.txt", text=money)
        rig.add(1, f"team {number}.txt", text=f"match team goal player league cup win {number}")
    rig.run()
    among = rig.store.document(first).classification

    # then
    assert alone is not None
    assert among is not None
    assert (alone.category, among.category) == ("sport", "money")
    assert len(rig.store.decisions.of(first)) > 1
