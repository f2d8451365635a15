-- Documents with their pages, passages and standing decisions.

-- name: save
-- Numbers of passages only grow: those of an earlier reading are smaller than `first_passage_id`.
INSERT INTO documents (hash, size_bytes, status, media_type, title, folded_title, page_count, seen, note, dated_at,
    language, read_title, read_dated_at, read_language, stated, first_passage_id)
VALUES (:hash, :size_bytes, :status, :media_type, :title, :folded_title, :page_count, :seen, :note, :dated_at,
    :language, :title, :dated_at, :language, :stated, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'passages'), 0) + 1)
ON CONFLICT (hash) DO UPDATE SET
    size_bytes = excluded.size_bytes, status = excluded.status, media_type = excluded.media_type,
    title = excluded.title, folded_title = excluded.folded_title, page_count = excluded.page_count,
    seen = excluded.seen, note = excluded.note, dated_at = excluded.dated_at, language = excluded.language,
    read_title = excluded.read_title, read_dated_at = excluded.read_dated_at,
    read_language = excluded.read_language, stated = excluded.stated,
    first_passage_id = excluded.first_passage_id, stale = 0
RETURNING document_id;

-- name: drop_content
DELETE FROM passages WHERE document_id = :document_id;
DELETE FROM pages WHERE document_id = :document_id;

-- name: add_passage
INSERT INTO passages (document_id, ordinal, page, start_char, end_char, ocr, heading, place, text)
VALUES (:document_id, :ordinal, :page, :start, :end, :ocr, :heading, :place, :text)
RETURNING passage_id;
