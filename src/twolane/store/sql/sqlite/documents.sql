-- Documents with their pages, passages and classifications.

-- name: by_hash
SELECT d.*, c.category, c.confidence, c.tier, c.reason, c.review, c.scores, c.seconds, c.taxonomy
FROM documents AS d LEFT JOIN classifications AS c ON c.document_id = d.document_id
WHERE d.hash = :hash;

-- name: paths
SELECT path FROM visible_files WHERE document_id = :document_id ORDER BY file_id;

-- name: naming_paths
-- Copies by the thousand (empty files) must not make a document's names grow.
SELECT path FROM visible_files WHERE document_id = :document_id ORDER BY file_id LIMIT 4;

-- name: pages
SELECT number, text, label, ocr FROM pages WHERE document_id = :document_id ORDER BY page_id;

-- name: save
INSERT INTO documents (hash, size_bytes, status, media_type, title, page_count, seen, note, first_passage_id)
VALUES (:hash, :size_bytes, :status, :media_type, :title, :page_count, :seen, :note, :first_passage_id)
ON CONFLICT (hash) DO UPDATE SET
    size_bytes = excluded.size_bytes, status = excluded.status, media_type = excluded.media_type,
    title = excluded.title, page_count = excluded.page_count, seen = excluded.seen, note = excluded.note,
    first_passage_id = excluded.first_passage_id, stale = 0
RETURNING document_id;

-- name: set_names
UPDATE documents SET names = :names WHERE document_id = :document_id;

-- name: title_and_names
SELECT title, names FROM documents WHERE document_id = :document_id;

-- name: add_page
INSERT INTO pages (document_id, number, label, ocr, text)
VALUES (:document_id, :number, :label, :ocr, :text);

-- name: drop_pages
DELETE FROM pages WHERE document_id = :document_id;

-- name: last_passage_id
SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'passages'), 0);

-- name: add_passage
INSERT INTO passages (passage_id, document_id, ordinal, page, start_char, end_char, ocr, heading, text)
VALUES (:passage_id, :document_id, :ordinal, :page, :start, :end, :ocr, :heading, :text);

-- name: drop_passages
DELETE FROM passages WHERE document_id = :document_id;

-- name: passage_words
SELECT p.passage_id, d.names, p.heading, p.text
FROM passages AS p JOIN documents AS d ON d.document_id = p.document_id
WHERE p.document_id = :document_id;

-- name: add_words
INSERT INTO words (rowid, names, heading, text) VALUES (:passage_id, :names, :heading, :text);

-- name: drop_words
INSERT INTO words (words, rowid, names, heading, text)
VALUES ('delete', :passage_id, :names, :heading, :text);

-- name: drop_orphan
DELETE FROM documents WHERE document_id = :document_id;

-- name: is_used
SELECT EXISTS (SELECT 1 FROM files WHERE document_id = :document_id);

-- name: unembedded
SELECT d.hash, (SELECT min(file_id) FROM visible_files AS f WHERE f.document_id = d.document_id) AS file_id
FROM documents AS d
WHERE EXISTS (
    SELECT 1 FROM passages AS p WHERE p.document_id = d.document_id
        AND NOT EXISTS (SELECT 1 FROM vectors AS v WHERE v.passage_id = p.passage_id))
    AND EXISTS (SELECT 1 FROM visible_files AS f WHERE f.document_id = d.document_id)
ORDER BY d.document_id;

-- name: counts
WITH visible AS (SELECT DISTINCT document_id FROM visible_files)
SELECT
    (SELECT count(*) FROM visible) AS documents,
    (SELECT count(*) FROM passages WHERE document_id IN (SELECT document_id FROM visible)) AS passages,
    (SELECT count(*) FROM vectors WHERE document_id IN (SELECT document_id FROM visible)) AS vectors;
