-- Documents with their pages, passages and standing decisions. A change to anything of a document first locks
-- its row: `lock`.

-- name: lock
SELECT document_id, stale FROM documents WHERE hash = :hash FOR UPDATE;

-- name: lock_id
SELECT document_id FROM documents WHERE document_id = :document_id FOR UPDATE;

-- name: save
-- Waits for any other worker that is saving the same content.
INSERT INTO documents (hash, size_bytes, status, media_type, title, folded_title, page_count, seen, note,
    dated_at, language, read_title, read_dated_at, read_language, stated)
VALUES (:hash, :size_bytes, :status, :media_type, :title, :folded_title, :page_count,
    :seen, :note, :dated_at, :language, :title, :dated_at, :language, :stated)
ON CONFLICT (hash) DO UPDATE SET
    size_bytes = excluded.size_bytes, status = excluded.status, media_type = excluded.media_type,
    title = excluded.title, folded_title = excluded.folded_title, page_count = excluded.page_count,
    seen = excluded.seen, note = excluded.note, dated_at = excluded.dated_at, language = excluded.language,
    read_title = excluded.read_title, read_dated_at = excluded.read_dated_at,
    read_language = excluded.read_language, stated = excluded.stated,
    stale = false
RETURNING document_id;

-- name: of_file
SELECT document_id FROM files WHERE file_id = :file_id FOR UPDATE;

-- name: add_page
INSERT INTO pages (document_id, number, label, ocr, is_numbered, hidden, text)
SELECT :document_id::bigint, number, label, ocr, is_numbered, hidden, text
FROM unnest(:number::bigint[], :label::text[], :ocr::boolean[], :is_numbered::boolean[], :hidden::text[],
    :text::text[])
    WITH ORDINALITY AS n (number, label, ocr, is_numbered, hidden, text, turn)
ORDER BY turn;

-- name: drop_content
WITH passages AS (DELETE FROM passages WHERE document_id = :document_id)
DELETE FROM pages WHERE document_id = :document_id;

-- name: add_passage
INSERT INTO passages (document_id, ordinal, page, start_char, end_char, ocr, heading, place, text)
SELECT :document_id::bigint, ordinal, page, start_char, end_char, ocr, heading, place, text
FROM unnest(:ordinal::bigint[], :page::bigint[], :start::bigint[], :end::bigint[], :ocr::boolean[],
    :heading::text[], :place::text[], :text::text[])
    WITH ORDINALITY AS n (ordinal, page, start_char, end_char, ocr, heading, place, text, turn)
ORDER BY turn;
