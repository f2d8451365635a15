"""The registry of the steps that every file goes through.

Every step writes its results and ends its jobs in one transaction, so that an interrupted step is simply done
again; a step without a result returns, and the worker ends the job.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from twolane.config.settings import Settings
from twolane.copies.find import CopyFinder
from twolane.extract import Extractor, ReaderCounts
from twolane.files.contents import Contents
from twolane.filing.asked import AskedFields
from twolane.filing.cascade import Cascade
from twolane.filing.reclassify import Reclassifier
from twolane.filing.taxonomy import Taxonomy
from twolane.ingest.classify import ClassifyStep
from twolane.ingest.drawn import Draws
from twolane.ingest.embed import EmbedStep
from twolane.ingest.fields import FactsModel, FieldsStep
from twolane.ingest.picture import PictureStep
from twolane.ingest.read import ReadStep
from twolane.ingest.results import Turns
from twolane.ingest.settle import Settle
from twolane.jobs.base import Step
from twolane.llm.base import Embedder
from twolane.store.base import Catalogue, Copied, Decided, Documents, Jobs, Search, Unembedded
from twolane.store.known import Described
from twolane.store.taken_out import TakingOutRows
from twolane.work import CLASSIFY, EMBED, FIELDS, PICTURE, READ, READ_SLOWLY

LANE = "filing"
_BATCH = 32
_POOL = "filing"  # what is left to embed gets a thread when no file waits to be filed


class Ingested(
    Catalogue, Copied, Documents, Decided, Search, Unembedded, Jobs, Described, TakingOutRows, Protocol
):
    """What the steps need of the store."""


def ingest_steps(
    settings: Settings,
    store: Ingested,
    taxonomy: Callable[[], Taxonomy],
    *,
    contents: Contents,
    extractor: Callable[[], Extractor],
    classifier: Callable[[], Cascade],
    embedder: Callable[[], Embedder | None],
    turns: Turns,
    threads: int,
    readers: ReaderCounts,
    facts_model: FactsModel | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> tuple[Step, ...]:
    """Return every kind of job, in the order in which a file goes through them.

    A worker's pools, the labels of metrics and the rows of `twolane top` are made from it. `threads` is how
    many files are in work at once after they were read, `readers` how many are read at once. The parts that a
    step needs are opened when it first runs. `facts_model` is asked for facts that nothing else has found.
    Once `stopping` returns true, long work ends early.
    """
    draws = Draws(store, AskedFields(taxonomy))
    read = ReadStep(
        settings,
        store,
        taxonomy,
        contents=contents,
        extractor=extractor,
        embedder=embedder,
        turns=turns,
        draws=draws,
    )
    settle = Settle(Reclassifier(store, classifier, fields_kind=FIELDS), turns, stopping)
    copies = CopyFinder(store)
    fields = FieldsStep(store, draws, copies, model=facts_model)
    classify = ClassifyStep(
        store, settle, copies, draws, classifier=classifier, embedder=embedder, turns=turns, asks=fields.asks
    )
    embed = EmbedStep(store, embedder=embedder, stopping=stopping)
    quiet = partial(_is_quiet, store, turns)
    return (
        Step(READ, LANE, readers.quick, read, batch=_BATCH),
        Step(READ_SLOWLY, LANE, readers.slow, read),
        Step(CLASSIFY, LANE, threads, classify, decides=True, batch=_BATCH, pool=_POOL),
        Step(EMBED, LANE, threads, embed, batch=_BATCH, pool=_POOL),
        Step(FIELDS, LANE, 1, fields, ready=quiet),
        Step(PICTURE, LANE, 1, PictureStep(settings, store, contents, extractor), ready=quiet),
    )


def _is_quiet(store: Ingested, turns: Turns) -> bool:
    """Say whether no file waits to be filed, and nobody is answered."""
    return not store.pending().files and not turns.is_paused()
