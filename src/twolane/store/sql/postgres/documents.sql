-- Documents with their pages, passages and classifications. Whoever changes what belongs to a document holds
-- its row: `lock`.

-- name: lock
SELECT document_id, stale FROM documents WHERE hash = %(hash)s FOR UPDATE;

-- name: lock_id
SELECT document_id FROM documents WHERE document_id = %(document_id)s FOR UPDATE;

-- name: by_hash
SELECT d.*, c.category, c.confidence, c.tier, c.reason, c.review, c.scores, c.seconds, c.taxonomy
FROM documents AS d LEFT JOIN classifications AS c ON c.document_id = d.document_id
WHERE d.hash = %(hash)s;

-- name: paths
SELECT path FROM visible_files WHERE document_id = %(document_id)s ORDER BY file_id;

-- name: naming_paths
-- Copies by the thousand (empty files) must not make a document's names grow.
SELECT path FROM visible_files WHERE document_id = %(document_id)s ORDER BY file_id LIMIT 4;

-- name: pages
SELECT number, text, label, ocr FROM pages WHERE document_id = %(document_id)s ORDER BY page_id;

-- name: save
-- Where another worker saves the same content just now, this waits for it.
INSERT INTO documents (hash, size_bytes, status, media_type, title, folded_title, page_count, seen, note)
VALUES (%(hash)s, %(size_bytes)s, %(status)s, %(media_type)s, %(title)s, %(folded_title)s, %(page_count)s,
    %(seen)s, %(note)s)
ON CONFLICT (hash) DO UPDATE SET
    size_bytes = excluded.size_bytes, status = excluded.status, media_type = excluded.media_type,
    title = excluded.title, folded_title = excluded.folded_title, page_count = excluded.page_count,
    seen = excluded.seen, note = excluded.note, stale = false
RETURNING document_id;

-- name: set_names
UPDATE documents SET names = %(names)s WHERE document_id = %(document_id)s;

-- name: title_and_names
SELECT title, names FROM documents WHERE document_id = %(document_id)s;

-- name: add_pages
INSERT INTO pages (document_id, number, label, ocr, text)
SELECT %(document_id)s::bigint, number, label, ocr, text
FROM unnest(%(numbers)s::bigint[], %(labels)s::text[], %(ocr)s::boolean[], %(texts)s::text[])
    WITH ORDINALITY AS n (number, label, ocr, text, place)
ORDER BY place;

-- name: drop_pages
DELETE FROM pages WHERE document_id = %(document_id)s;

-- name: add_passages
INSERT INTO passages (document_id, ordinal, page, start_char, end_char, ocr, heading, text)
SELECT %(document_id)s::bigint, ordinal, page, start_char, end_char, ocr, heading, text
FROM unnest(%(ordinals)s::bigint[], %(pages)s::bigint[], %(starts)s::bigint[], %(ends)s::bigint[],
    %(ocr)s::boolean[], %(headings)s::text[], %(texts)s::text[])
    WITH ORDINALITY AS n (ordinal, page, start_char, end_char, ocr, heading, text, place)
ORDER BY place;

-- name: drop_passages
DELETE FROM passages WHERE document_id = %(document_id)s;

-- name: passage_texts
SELECT passage_id, heading, text FROM passages WHERE document_id = %(document_id)s ORDER BY passage_id;

-- name: set_words
UPDATE passages SET
    words = passage_words(%(name_words)s::text[], %(heading_words)s::text[], %(body_words)s::text[])
WHERE passage_id = %(passage_id)s;

-- name: drop_orphan
DELETE FROM documents WHERE document_id = %(document_id)s;

-- name: is_used
SELECT EXISTS (SELECT 1 FROM files WHERE document_id = %(document_id)s) AS used;

-- name: unembedded
SELECT d.hash, (SELECT min(file_id) FROM visible_files AS f WHERE f.document_id = d.document_id) AS file_id
FROM documents AS d
WHERE EXISTS (
    SELECT 1 FROM passages AS p WHERE p.document_id = d.document_id
        AND NOT EXISTS (SELECT 1 FROM vectors AS v WHERE v.passage_id = p.passage_id))
    AND EXISTS (SELECT 1 FROM visible_files AS f WHERE f.document_id = d.document_id)
ORDER BY d.document_id;

-- name: counts
WITH visible AS MATERIALIZED (SELECT DISTINCT document_id FROM visible_files)
SELECT
    (SELECT count(*) FROM visible) AS documents,
    (SELECT count(*) FROM passages WHERE document_id IN (SELECT document_id FROM visible)) AS passages,
    (SELECT count(*) FROM vectors WHERE document_id IN (SELECT document_id FROM visible)) AS vectors;
