"""Documents: what was read from files, page by page, and the passages that are found."""

from __future__ import annotations

from collections.abc import Sequence

from twolane.documents import EVERYTHING, FileState, Filter, Passage, Reading, ReadStatus, ReviewCause
from twolane.errors import NotFoundError
from twolane.store.filters import VISIBLE, filter_values, passing
from twolane.store.index import Index
from twolane.store.nouns.fields import settle_fields
from twolane.store.nouns.kept_decisions import bring_back
from twolane.store.nouns.naming import follow_names, index_names
from twolane.store.nouns.transaction import Transaction
from twolane.store.paths import fold
from twolane.store.rows import classification_of, path_of, reading_of, stated_text
from twolane.store.session import Database, Session
from twolane.store.values import Counts, DocumentRecord, TextDocument
from twolane.text.full_text import clean


class DocumentTable:
    """Obeys `twolane.store.base.Documents`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def has_document(self, document: str) -> bool:
        row = self._database.row("documents.id", hash=document)
        return row is not None and not row["stale"]

    def document(self, document: str, *, pages: bool = False) -> DocumentRecord:
        def look(session: Session) -> DocumentRecord:
            row = session.row("documents.by_hash", hash=document)
            if row is None:
                raise NotFoundError(f"no document {document} is known", "add its file again")
            document_id = row["document_id"]
            paths = session.rows("documents.paths", document_id=document_id)
            page_rows = session.rows("documents.pages", document_id=document_id) if pages else []
            return DocumentRecord(
                document=document,
                size_bytes=row["size_bytes"],
                reading=reading_of(row, page_rows),
                classification=classification_of(row),
                paths=tuple(path_of(path["path"]) for path in paths),
                earlier=row["earlier"] or "",
            )

        return self._database.read(look, whole=True)

    def text_document(self, document: str) -> DocumentRecord | None:
        try:
            record = self.document(document, pages=True)
        except NotFoundError:
            return None
        return record if record.paths and record.reading.status is ReadStatus.TEXT else None

    def undrawn(self, *, after: str = "", limit: int) -> list[TextDocument]:
        rows = self._database.rows("documents.undrawn", after=after, limit=limit)
        return [TextDocument(row["hash"], row["file_id"]) for row in rows]

    def counts(self, within: Filter = EVERYTHING) -> Counts:
        values = filter_values(within)

        def count(session: Session) -> Counts:
            def files(field: str, always: str = VISIBLE) -> dict[str, int]:
                rows = session.rows(passing(f"files.count_{field}", within, always), values)
                return dict(sorted((row["value"], row["files"]) for row in rows))

            states = {FileState(state): number for state, number in files("states", "").items()}
            total = session.row(passing("documents.counts", within, VISIBLE), values)
            assert total is not None
            return Counts(
                dict.fromkeys(FileState, 0) | states,
                total["documents"],
                total["passages"],
                total["vectors"],
                files("categories"),
                files("tiers"),
                {ReviewCause(cause): number for cause, number in files("causes").items()},
                files("languages"),
                files("correspondents"),
                files("tags"),
            )

        return self._database.read(count, whole=True)


def drop_unused(session: Session, index: Index, document_id: int) -> None:
    """Forget a document where no file has it any more."""
    # locked, so that no file is linked to it between the check and the deletion
    session.row("documents.lock_id", document_id=document_id)
    if not session.number("documents.is_used", document_id=document_id):
        index.forget_words(document_id)
        session.run("jobs.forget_document", document_id=document_id)
        session.run("documents.drop_orphan", document_id=document_id)
        session.run("decisions.note_drop", document_id=document_id)


class DocumentTableWriter(Transaction):
    """Obeys `twolane.store.base.DocumentWriter`.

    A change to anything of a document first locks the document's row, so that workers on many machines act
    one after the other, as the one writer of a SQLite library does.
    """

    def link(self, file_id: int, document: str) -> bool:
        found = self._session.row("documents.lock", hash=document)
        if found is None:
            return False
        document_id = found["document_id"]
        self._give_document(file_id, document_id)
        follow_names(self._session, self._index, document_id)
        bring_back(self._session, self._index, document_id, document, ())
        return True

    def save_reading(
        self, file_id: int, document: str, size_bytes: int, reading: Reading, passages: Sequence[Passage]
    ) -> None:
        title = clean(reading.title)
        document_id: int = self._session.number(
            "documents.save",
            hash=document,
            size_bytes=size_bytes,
            status=reading.status.value,
            media_type=clean(reading.media_type),
            title=title,
            folded_title=fold(title),
            page_count=reading.page_count,
            seen=reading.seen,
            note=clean(reading.note),
            dated_at=reading.dated_at.isoformat() if reading.dated_at else None,
            language=clean(reading.language),
            stated=stated_text(reading.stated),
        )
        settle_fields(self._session, document_id)
        # after saving, which waits for any other worker that saves the same content
        self._index.forget_words(document_id)
        self._session.run("documents.drop_content", document_id=document_id)
        self._give_document(file_id, document_id)
        # last, for they are indexed under the names of the document's files
        self._add_content(document_id, reading, passages)
        bring_back(self._session, self._index, document_id, document, reading.pages)
        self._index.visibility_changed()

    def _give_document(self, file_id: int, document_id: int) -> None:
        file = self._session.row("documents.of_file", file_id=file_id)
        if file is None:
            raise NotFoundError(f"there is no file number {file_id}", "add it again")
        self._session.run("documents.give_to_file", file_id=file_id, document_id=document_id)
        before = file["document_id"]
        if before != document_id:
            self._index.visibility_changed()
            if before is None:
                self._session.run("decisions.copy_earlier", file_id=file_id, document_id=document_id)
                self._session.run("fields.copy_earlier", file_id=file_id, document_id=document_id)
            else:
                self._session.run("decisions.keep_earlier", file_id=file_id, document_id=before)
                self._session.run("fields.forget_earlier", file_id=file_id, document_id=before)
                self._session.run("fields.keep_earlier", file_id=file_id, document_id=before)
                self._session.run("tags.carry", document_id=before, to_id=document_id)
                drop_unused(self._session, self._index, before)

    def _add_content(self, document_id: int, reading: Reading, passages: Sequence[Passage]) -> None:
        pages = [
            {
                "number": page.number,
                "label": clean(page.label),
                "ocr": page.ocr,
                "is_numbered": page.is_numbered,
                "hidden": clean(page.hidden),
                "text": clean(page.text),
            }
            for page in reading.pages
        ]
        self._session.run_many("documents.add_page", pages, document_id=document_id)
        by_ocr = {page.number for page in reading.pages if page.ocr}
        rows = [
            {
                "ordinal": passage.ordinal,
                "page": passage.page,
                "start": passage.start,
                "end": passage.end,
                "ocr": passage.page in by_ocr,
                "heading": clean(passage.heading),
                "place": clean(passage.place),
                "text": clean(passage.text),
            }
            for passage in passages
        ]
        self._index.add_passages(document_id, index_names(self._session, document_id).now, rows)
