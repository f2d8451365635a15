-- Documents with their pages, passages and standing decisions.

-- name: save
-- Numbers of passages only grow: those of an earlier reading are smaller than `first_passage_id`.
INSERT INTO documents (hash, size_bytes, status, media_type, title, folded_title, page_count, seen, note, dated_at,
    language, first_passage_id)
VALUES (:hash, :size_bytes, :status, :media_type, :title, :folded_title, :page_count, :seen, :note, :dated_at,
    :language, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'passages'), 0) + 1)
ON CONFLICT (hash) DO UPDATE SET
    size_bytes = excluded.size_bytes, status = excluded.status, media_type = excluded.media_type,
    title = excluded.title, folded_title = excluded.folded_title, page_count = excluded.page_count,
    seen = excluded.seen, note = excluded.note, dated_at = excluded.dated_at, language = excluded.language,
    first_passage_id = excluded.first_passage_id, stale = 0
RETURNING document_id;
