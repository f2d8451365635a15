-- Documents with their pages and passages.

-- name: lock
-- A dialect with several writers at a time locks the row until the transaction ends.
SELECT document_id, stale FROM documents WHERE hash = :hash;

-- name: id
SELECT document_id, stale FROM documents WHERE hash = :hash;

-- name: by_hash
SELECT d.*, c.category, c.confidence, c.tier, c.reason, c.review, c.scores, c.seconds, c.taxonomy
FROM documents AS d LEFT JOIN standing_decisions AS c ON c.document_id = d.document_id
WHERE d.hash = :hash;

-- name: paths
SELECT path FROM visible_files WHERE document_id = :document_id ORDER BY file_id;

-- name: naming_paths
-- Copies by the thousand (empty files) must not make a document's names grow.
SELECT path FROM visible_files WHERE document_id = :document_id ORDER BY file_id LIMIT 4;

-- name: pages
SELECT number, text, label, ocr FROM pages WHERE document_id = :document_id ORDER BY page_id;

-- name: set_names
UPDATE documents SET names = :names WHERE document_id = :document_id;

-- name: title_and_names
SELECT title, names FROM documents WHERE document_id = :document_id;

-- name: drop_pages
DELETE FROM pages WHERE document_id = :document_id;

-- name: drop_passages
DELETE FROM passages WHERE document_id = :document_id;

-- name: drop_orphan
DELETE FROM documents WHERE document_id = :document_id;

-- name: is_used
SELECT EXISTS (SELECT 1 FROM files WHERE document_id = :document_id) AS used;

-- name: unembedded
SELECT d.hash, (SELECT min(file_id) FROM visible_files AS f WHERE f.document_id = d.document_id) AS file_id
FROM documents AS d
WHERE EXISTS (
    SELECT 1 FROM passages AS p WHERE p.document_id = d.document_id
        AND NOT EXISTS (SELECT 1 FROM vectors AS v WHERE v.passage_id = p.passage_id))
    AND EXISTS (SELECT 1 FROM visible_files AS f WHERE f.document_id = d.document_id)
ORDER BY d.document_id;

-- name: counts
WITH visible AS MATERIALIZED (SELECT DISTINCT f.document_id FROM files AS f WHERE {passes})
SELECT
    (SELECT count(*) FROM visible) AS documents,
    (SELECT count(*) FROM passages WHERE document_id IN (SELECT document_id FROM visible)) AS passages,
    (SELECT count(*) FROM vectors WHERE document_id IN (SELECT document_id FROM visible)) AS vectors;

-- name: lock_id
SELECT document_id FROM documents WHERE document_id = :document_id;

-- name: of_file
SELECT document_id FROM files WHERE file_id = :file_id;

-- name: give_to_file
UPDATE files SET document_id = :document_id WHERE file_id = :file_id;

-- name: add_page
INSERT INTO pages (document_id, number, label, ocr, text)
VALUES (:document_id, :number, :label, :ocr, :text);

-- name: add_passage
INSERT INTO passages (document_id, ordinal, page, start_char, end_char, ocr, heading, text)
VALUES (:document_id, :ordinal, :page, :start, :end, :ocr, :heading, :text);
