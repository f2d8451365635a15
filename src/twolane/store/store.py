"""A store over any database: the nouns of a library put together, with a writer for each transaction."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from twolane.store.index import Index
from twolane.store.nouns.audit import AuditTable, UsageTable
from twolane.store.nouns.conversations import ConversationTable
from twolane.store.nouns.copies import CopyTable
from twolane.store.nouns.correspondents import CorrespondentTable, CorrespondentTableWriter
from twolane.store.nouns.counting import TallyTable
from twolane.store.nouns.decisions import DecisionTable, DecisionTableWriter
from twolane.store.nouns.documents import DocumentTable, DocumentTableWriter
from twolane.store.nouns.exclusions import ExclusionTable
from twolane.store.nouns.fields import FieldTable, FieldTableWriter
from twolane.store.nouns.files import FileTable, FileTableWriter
from twolane.store.nouns.jobs import JobTable
from twolane.store.nouns.memory import MemoryTable, MemoryTableWriter
from twolane.store.nouns.passages import Passages
from twolane.store.nouns.placements import PlacementTable
from twolane.store.nouns.plans import PlanTable
from twolane.store.nouns.removals import RemovalTable, RemovalTableWriter
from twolane.store.nouns.saved_views import SavedViewTable
from twolane.store.nouns.shares import ShareTable
from twolane.store.nouns.sign_ins import PasskeyTable, SignInTable
from twolane.store.nouns.tags import TagTable, TagTableWriter
from twolane.store.nouns.taxonomies import TaxonomyTable, TaxonomyTableWriter
from twolane.store.nouns.tokens import TokenTable
from twolane.store.nouns.users import GroupTable, UserTable
from twolane.store.nouns.vectors import VectorTableWriter
from twolane.store.session import Database, Session
from twolane.work import Job


class SqlWriter(
    FileTableWriter,
    DocumentTableWriter,
    DecisionTableWriter,
    FieldTableWriter,
    TagTableWriter,
    CorrespondentTableWriter,
    TaxonomyTableWriter,
    VectorTableWriter,
    MemoryTableWriter,
    RemovalTableWriter,
):
    """Obeys `twolane.store.base.Writer`."""

    @property
    def copies(self) -> CopyTable:
        return CopyTable(self.session)

    @property
    def plans(self) -> PlanTable:
        return PlanTable(self.session)


class SqlStore(FileTable, DocumentTable, Passages, JobTable, MemoryTable, ABC):
    """Obeys `twolane.store.base.Store`, but for its searches and checks, which are each dialect's own."""

    most_path_bytes = sys.maxsize

    def __init__(self, database: Database, *, max_attempts: int, backoff_s: float) -> None:
        JobTable.__init__(self, database, max_attempts=max_attempts, backoff_s=backoff_s)
        self.decisions = DecisionTable(database)
        self.conversations = ConversationTable(database)
        self.copies = CopyTable(database)
        self.plans = PlanTable(database)
        self.placements = PlacementTable(database)
        self.fields = FieldTable(database)
        self.correspondents = CorrespondentTable(database)
        self.tags = TagTable(database)
        self.counting = TallyTable(database)
        self.taxonomies = TaxonomyTable(database)
        self.exclusions = ExclusionTable(database)
        self.removals = RemovalTable(database)
        self.tokens = TokenTable(database)
        self.users = UserTable(database)
        self.groups = GroupTable(database)
        self.passkeys = PasskeyTable(database)
        self.sign_ins = SignInTable(database)
        self.shares = ShareTable(database)
        self.audit = AuditTable(database)
        self.usage = UsageTable(database)
        self.saved_views = SavedViewTable(database)

    @property
    def session(self) -> Database:
        return self._database

    def require_writable(self) -> None:
        self._database.require_writable()

    @contextmanager
    def writing(self, *, synced: bool = False) -> Iterator[SqlWriter]:
        with self._database.writing(synced=synced) as session:
            writer = self._writer(session)
            yield writer
        self._notify(writer.queued)

    @contextmanager
    def finishing(self, *jobs: Job) -> Iterator[SqlWriter]:
        with self.ending(jobs) as session:
            writer = self._writer(session)
            yield writer
        self._notify(writer.queued)

    @abstractmethod
    def index(self, session: Session) -> Index:
        """Return the index of the passages within a session's transaction."""

    def _writer(self, session: Session) -> SqlWriter:
        return SqlWriter(session, self.index(session), most_path_bytes=self.most_path_bytes)
