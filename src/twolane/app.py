"""The composition root: settings become running parts; the only module that picks concrete backends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import Self

from twolane.access.verbs import AccessVerbs
from twolane.answers import AnswerEvent, Turn
from twolane.backup.backups import Backups
from twolane.chat.answer import Answerer
from twolane.chat.asked.library import LibraryNames, QuestionReader
from twolane.chat.asked.names import KnownCategory
from twolane.chat.catalogue.answer import CatalogueAnswerer
from twolane.chat.conversations import Conversations
from twolane.chat.finding import Finder
from twolane.chat.line import WaitingLine
from twolane.chat.retrieve import Retriever
from twolane.chat.rewrite import REWRITING_TOKENS, rewritten
from twolane.chat.turns import InTurns
from twolane.config.lane_settings import EmbeddingSettings, LaneSettings
from twolane.config.settings import Settings
from twolane.copies.known import Copies
from twolane.documents import EVERYTHING, Classification, Filter, LaneName
from twolane.errors import ModelError, TwolaneError
from twolane.extract import Extractor, reader_counts
from twolane.facts import FieldType
from twolane.fields.correspondents import Correspondents
from twolane.fields.known import Facts
from twolane.files.blobs.opening import open_blobs
from twolane.files.contents import BlobContents, Contents, SharedContents
from twolane.files.opening import open_library
from twolane.files.watching.folders import WatchedFolders
from twolane.filing.asked import AskedFields
from twolane.filing.cascade import Cascade
from twolane.filing.categories import Categories
from twolane.filing.criteria import Criteria
from twolane.filing.current import CurrentCascade, CurrentTaxonomy
from twolane.filing.placements import Placements
from twolane.filing.reclassify import Reclassifier
from twolane.filing.review import Review
from twolane.filing.suggest import Suggester
from twolane.filing.taxonomy import Taxonomy
from twolane.hardware.plan.profiles import usable_cores
from twolane.ingest import CLASSIFY, EMBED, FIELDS, FactsModel, ingest_steps, queue_earlier
from twolane.jobs.base import JobEvent, JobEventKind, Step
from twolane.jobs.pools import Pools, Workers
from twolane.jobs.wakeups.opening import open_wakeups
from twolane.lanes.poller import Poller
from twolane.lanes.resolve import (
    embedder_threads,
    filing_threads,
    has_all_cores,
    in_turn,
    is_here,
    resolve_lanes,
)
from twolane.llm.briefly import written_within
from twolane.llm.catalogue.embedding import embedding_form
from twolane.llm.catalogue.models import prompt_form
from twolane.llm.models import Models
from twolane.llm.opening import describe_lane, open_model
from twolane.llm.turns.admission import Admission
from twolane.llm.turns.lock_file import LockFile
from twolane.llm.turns.presence import LockedPresence
from twolane.mail.mails import Mails
from twolane.organize.emptying import Emptying
from twolane.organize.organizer import OrganizeDefaults, Organizer
from twolane.organize.rules import OrganizedCategory
from twolane.parts import Parts
from twolane.pictures import Pictures, open_pictures
from twolane.plans import MoveKind, OrganizeRule
from twolane.principal import hidden_categories
from twolane.store.base import Store
from twolane.store.nouns.filed import FiledTable
from twolane.store.opening import move_library, open_store
from twolane.store.snapshots import LibrarySnapshots
from twolane.telemetry.instruments import Instruments

_KNOWN_AT_ONCE_S = 0.5  # what is silent for longer is asked all the same
# A follow-up is worth no longer a wait: with the words of the conversation alone it is found nearly as well.
_REWRITING_S = 1.5

__all__ = ["App", "JobEvent", "JobEventKind", "describe_lane", "move_library"]
__all__ += ["open_app", "open_backups", "open_model"]


class App:
    """A library of documents with both lanes; parts are opened when they are first needed.

    Safe to use from several threads. Closing it ends its workers and its model processes. The lanes follow
    from the settings unless others are given (for measuring); lanes with equal settings share a model.
    """

    def __init__(self, settings: Settings, lanes: Mapping[LaneName, LaneSettings] | None = None) -> None:
        self.settings = settings
        self.lanes = lanes or resolve_lanes(settings)
        self._version = version("twolane")
        self.backups = open_backups(settings)
        self.store: Store = open_store(settings, self.backups.remedy)
        self.current = _open_taxonomy(settings, self.store)
        open_cascade = partial(self._open_cascade, store=self.store)
        self.classifier = CurrentCascade(self.current, open_cascade)
        self.contents: Contents = _open_contents(settings)
        error = settings.filing.max_error
        self.review = Review(self.store, self.current, embed_kind=EMBED, fields_kind=FIELDS, max_error=error)
        self.placements = Placements(self.store, self.current, self.review, classify_kind=CLASSIFY)
        self.library, self.taking_out, self.keeping_out = open_library(
            settings, self.store, self.contents, self.placements.notice, vector_model=_vector_model(settings)
        )
        self.mails = Mails(settings, self.store, self.library.save_upload)
        self.access = AccessVerbs(self.store, lambda: self.taxonomy.by_id, settings.server)
        self.copies = Copies(self.store)
        self.facts = Facts(self.store, AskedFields(self.current), kind=FIELDS, look=self.copies.look)
        self.reclassifier = Reclassifier(self.store, self.classifier, fields_kind=FIELDS)
        self.correspondents = Correspondents(self.store, self.copies.look)
        self.categories = Categories(self.store, self.current, open_cascade, classify_kind=CLASSIFY)
        self._parts = Parts()
        self.wakeups = open_wakeups(settings.wakeup_url.get_secret_value(), name=settings.wakeup_name)
        self.store.on_queued(self.wakeups.notify)
        self.folders, run_dir = _open_folders(self), settings.data_dir / "run"
        self.conversations = Conversations(self.store, LockedPresence(run_dir))
        self.admission = _open_admission(settings, self.lanes, run_dir)
        self.models = Models(
            settings,
            self.lanes,
            self._parts,
            self.admission,
            run_dir=run_dir,
            embedder_threads=embedder_threads(settings, self.lanes),
            observer=self.instruments,
            computes_here=partial(_takes_turns, settings),
        )
        self.workers = Workers(partial(_open_pools, self), self.wakeups, self.store, self.admission.is_paused)
        self._readers = reader_counts(settings.extract, usable_cores())
        self.steps = self._open_steps()
        self.poller = _open_poller(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End workers and model processes, and close the store; safe to call twice."""
        self.folders.stop()
        self.admission.close()  # first, or the workers would wait for other processes' answers to end
        self.mails.stop()
        self.workers.stop()
        self._parts.close()
        self.contents.close()
        self.wakeups.close()
        self.conversations.close()
        self.access.close()
        self.store.close()

    # the parts

    def _open_steps(self) -> tuple[Step, ...]:
        filing = self.settings.filing
        asks = filing.use_model and filing.ask_fields
        by_chat = prompt_form(self.lanes["filing"].model, self.settings.models_dir) == "chat"
        return ingest_steps(
            self.settings,
            self.store,
            self.current,
            contents=self.contents,
            extractor=self.extractor,
            classifier=self.classifier,
            embedder=self.models.filing_embedder,
            turns=self.admission,
            facts_model=FactsModel(lambda: self.models.asked("filing"), by_chat) if asks else None,
            threads=filing_threads(self.settings, self.lanes),
            readers=self._readers,
            stopping=lambda: self.workers.stopping,
        )

    def instruments(self) -> Instruments:
        """Return the counters and timers of everything that this app does; `render` gives the metrics."""
        settings, recent = self.settings.telemetry, self.poller.recent
        return self._parts.get(
            "instruments", lambda: Instruments(settings, recent, self._version), Instruments.close
        )

    def extractor(self) -> Extractor:
        """Return the pool of extraction processes."""
        opened = partial(Extractor, self.settings.extract, self._readers)
        return self._parts.get("extractor", opened, Extractor.close)

    @property
    def taxonomy(self) -> Taxonomy:
        """The taxonomy that the library files by now. Raises `StoreError`."""
        return self.current()

    @cached_property
    def organizer(self) -> Organizer:
        """Plans: where each file goes, and what brings it there."""
        return _open_organizer(self)

    @cached_property
    def pictures(self) -> Pictures:
        """Pages as pictures."""
        return open_pictures(self.settings, self.library, self.extractor)

    def _open_cascade(self, taxonomy: Taxonomy, store: Store | None = None) -> Cascade:
        return Cascade(
            taxonomy,
            self.models.asked("filing") if self.settings.filing.use_model else None,
            self.models.filing_embedder(),
            self.settings.filing,
            store,
            prompt_form=prompt_form(self.lanes["filing"].model, self.settings.models_dir),
            large=self.models.spare() if store and self.settings.filing.ask_large_model else None,
            large_form=prompt_form(self.lanes["chat"].model, self.settings.models_dir),
            on_classified=self.instruments().classified if store else None,
        )

    def questions(self) -> QuestionReader:
        """Return what reads out of questions which files they mean, and what is wanted of them."""
        return self._parts.get("questions", partial(_open_reader, self))

    def answerer(self) -> Answerer:
        """Return the chat lane."""
        return self._parts.get("answerer", partial(_open_answerer, self))

    def finder(self) -> Finder:
        """Return what finds files for people who look through them."""
        return self._parts.get("finder", lambda: Finder(self.store, self.models.embedder()))

    # what a user does

    def warm(self, name: LaneName) -> None:
        """Load a lane's model, and what it embeds with, so that no first question or file waits.

        Chat's model reads its instructions, too.

        Raises `ModelError`.
        """
        self.models.load(name)
        if name == "filing" and (embedder := self.models.filing_embedder()):
            embedder.embed([""], "passage")
        if name == "chat":
            with suppress(ModelError):  # a search does without the vectors, and says so
                if embedder := self.models.embedder():
                    embedder.embed([""], "question")
            self.answerer().warm()

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        within: Filter = EVERYTHING,
        *,
        without: Collection[str] = (),
    ) -> Iterator[AnswerEvent]:
        """Answer a question over the files that pass as a stream of events; closing the iterator cancels.

        `without` are filters that are not to be read out of the question, each as kind:value.
        """
        self.poller.known_health("chat", 0.0)  # it is known by the time that passages are found
        return self.instruments().answer(self.answerer().ask(question, history, within, without=without))

    def classify_text(self, text: str) -> Classification:
        """Classify a text that is not in a file."""
        return self.classifier().classify(text)

    def shares(self, text: str, criteria: Mapping[str, str]) -> Mapping[str, float]:
        """Return how likely each criterion fits a text; without any, the user's categories are meant."""
        opened = self._parts.get(
            "criteria", lambda: Criteria(self.current, self.classifier, self._open_cascade)
        )
        hidden = hidden_categories()
        return {one: share for one, share in opened.shares(text, criteria).items() if one not in hidden}

    def suggester(self) -> Suggester:
        """Return what proposes categories that the taxonomy lacks."""
        return Suggester(
            self.store,
            self.taxonomy,
            vector_model=_vector_model(self.settings),
            namer=lambda: self.models.asked("chat"),
            wait=self.admission.wait,
        )


def open_app(settings: Settings, lanes: Mapping[LaneName, LaneSettings] | None = None) -> App:
    """Open the library that the settings name, creating it where there is none.

    Raises `SettingsError` and `StoreError`.
    """
    return App(settings, lanes)


def open_backups(settings: Settings) -> Backups:
    """Return the backups of the library that the settings name, which need not be sound, nor be there."""
    return Backups(settings, LibrarySnapshots(settings), version=version("twolane"))


def _open_poller(app: App) -> Poller:
    return Poller(
        app.settings,
        app.lanes,
        version=version("twolane"),
        store=app.store,
        steps=app.steps,
        workers=app.workers,
        runtime=app.models.runtime,
        embedding=app.models.embedding_runtime,
        activity=lambda: app.instruments().metrics.activity(),  # noqa: PLW0108 - opened later
        proof=app.review.proof,
        folders=app.folders.standings,
        backup_fault=app.backups.fault,
    )


def _open_reader(app: App) -> QuestionReader:
    """Return what reads questions by the names of the library; the day is this machine's."""

    def categories() -> list[KnownCategory]:
        known = [one for one in app.taxonomy.categories if one.id not in hidden_categories()]
        return [KnownCategory.of(one.id, one.name, one.fields) for one in known]

    names = LibraryNames(app.store, categories)
    return QuestionReader(names, lambda: datetime.now().astimezone().date())


def _open_answerer(app: App) -> Answerer:
    def mark_gone(paths: Sequence[Path]) -> None:
        with app.store.writing() as write:
            write.mark_gone(paths)

    settings, is_there, embedder = app.settings.chat, app.contents.is_there, app.models.embedder()
    retriever = Retriever(app.store, embedder, mark_gone, is_there, app.copies.among)
    return Answerer(
        app.instruments().searcher(InTurns(retriever, usable_cores())),
        app.models.asked("chat") if app.lanes["chat"].use_model else None,
        settings,
        app.store.unread,
        retriever.still_found,
        WaitingLine(settings.concurrency * max(1, len(settings.urls)), settings.max_waiting),
        app.admission.answering,
        partial(app.poller.missing, "chat", _KNOWN_AT_ONCE_S),
        partial(_full_question, app),
        app.questions().read,
        CatalogueAnswerer(app.store.counting, AskedFields(app.current).all, app.store.unread),
    )


def _full_question(app: App, question: str, turns: Sequence[Turn]) -> str | None:
    """Have filing's model make a full question of a follow-up, where it has nothing else to do."""
    health = app.poller.known_health("filing", _KNOWN_AT_ONCE_S) if app.lanes["filing"].use_model else None
    if health is None or not health.loaded:
        return None
    model = app.models.asked("filing")
    with app.admission.lent() as is_free:
        if not is_free:
            return None
        return rewritten(
            question, turns, lambda prompt: written_within(model, prompt, REWRITING_TOKENS, _REWRITING_S)
        )


def _open_pools(app: App, on_event: Callable[[JobEvent], None] | None) -> Pools:
    app.store.require_writable()  # before workers say it again and again
    instruments = app.instruments()
    return Pools(
        app.store,
        app.wakeups,
        [instruments.step(step) for step in app.steps],
        lease_s=app.settings.lease_s,
        grace_s=app.settings.worker.grace_s,
        on_event=instruments.jobs(app.steps, on_event),
        beside=partial(queue_earlier, app.store),
    )


def _open_admission(settings: Settings, lanes: Mapping[LaneName, LaneSettings], run_dir: Path) -> Admission:
    filing, chat = lanes["filing"], lanes["chat"]
    return Admission(
        Path(settings.turns_dir) if settings.turns_dir else run_dir,
        longest_wait_s=settings.filing.longest_wait_s,
        exclusive=in_turn(settings, chat),
        apart=has_all_cores(settings, filing, chat),
        active=settings.chat_first and _takes_turns(settings, chat),
    )


def _takes_turns(settings: Settings, lane: LaneSettings | EmbeddingSettings) -> bool:
    """Say whether a lane computes on the machine whose turns an app takes part in."""
    return is_here(lane) or bool(settings.turns_dir)


def _open_contents(settings: Settings) -> Contents:
    blobs = open_blobs(settings.blobs_url.get_secret_value())
    if blobs is None:
        return SharedContents({path.recorded: path.here for path in settings.shared_path})
    return BlobContents(blobs, limit_bytes=settings.extract.file_limit_bytes)


def _open_taxonomy(settings: Settings, store: Store) -> CurrentTaxonomy:
    try:
        return CurrentTaxonomy(store, Path(settings.filing.taxonomy) if settings.filing.taxonomy else None)
    except TwolaneError:
        store.close()
        raise


def _open_folders(app: App) -> WatchedFolders:
    return WatchedFolders(
        app.settings, app.library, app.store, LockFile, Emptying(lambda: app.organizer).empty
    )


def _open_organizer(app: App) -> Organizer:
    def categories() -> list[OrganizedCategory]:
        known = app.current()
        return [
            OrganizedCategory(one.id, one.name, known.lineage(one.id), known.path_names(one.id))
            for one in known.categories
        ]

    def fields() -> dict[str, FieldType]:
        return {field: asked.spec.type for field, asked in AskedFields(app.current).all().items()}

    given = app.settings.organize
    defaults = OrganizeDefaults(
        Path(given.root) if given.root else None,
        given.preset,
        given.template,
        MoveKind(given.kind),
        tuple(OrganizeRule(one.category, one.template) for one in given.rule),
        own=app.settings.data_dir,
    )
    filed, on_moved = FiledTable(app.store.session), app.library.keep_moved
    return Organizer(app.store, filed, categories, fields, defaults, on_moved)


def _vector_model(settings: Settings) -> str:
    embedding = settings.embedding
    return "" if embedding.runtime == "off" else embedding_form(embedding.model).vector_model
