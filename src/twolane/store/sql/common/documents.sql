-- Documents with their pages and passages.

-- name: lock
-- A dialect with several writers at a time locks the row until the transaction ends.
SELECT document_id, stale FROM documents WHERE hash = :hash;

-- name: id
SELECT document_id, stale FROM documents WHERE hash = :hash;

-- name: by_hash
SELECT d.*, c.category, c.confidence, c.tier, c.reason, c.review_cause, c.left_out, c.scores,
    c.seconds, c.taxonomy,
    (SELECT coalesce((SELECT m.moved_to FROM category_moves AS m WHERE m.category = e.category), e.category)
    FROM visible_files AS f JOIN earlier_categories AS e ON e.file_id = f.file_id
    WHERE f.document_id = d.document_id ORDER BY e.decided_at DESC LIMIT 1) AS earlier
FROM documents AS d LEFT JOIN standing_decisions AS c ON c.document_id = d.document_id
WHERE d.hash = :hash;

-- name: paths
SELECT path FROM visible_files WHERE document_id = :document_id ORDER BY file_id;

-- name: naming
-- Copies by the thousand (empty files) must not make a document's names grow.
SELECT d.title, d.names, coalesce(n.name, '') AS correspondent, f.path
FROM documents AS d LEFT JOIN visible_files AS f ON f.document_id = d.document_id
LEFT JOIN correspondent_names AS n ON n.name_id = d.correspondent_name_id
WHERE d.document_id = :document_id ORDER BY f.file_id LIMIT 4;

-- name: pages
SELECT number, text, label, ocr, is_numbered, hidden FROM pages WHERE document_id = :document_id ORDER BY page_id;

-- name: set_names
UPDATE documents SET names = :names WHERE document_id = :document_id;

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

-- name: undrawn
SELECT d.hash, (SELECT min(file_id) FROM visible_files AS f WHERE f.document_id = d.document_id) AS file_id
FROM documents AS d
WHERE d.hash > :after AND d.status = 'text'
    AND EXISTS (SELECT 1 FROM decisions AS c WHERE c.document_id = d.document_id)
    AND EXISTS (SELECT 1 FROM visible_files AS f WHERE f.document_id = d.document_id)
    AND (NOT EXISTS (SELECT 1 FROM drawn_values AS v WHERE v.document_id = d.document_id)
        OR NOT EXISTS (SELECT 1 FROM sketches AS s WHERE s.document_id = d.document_id))
ORDER BY d.hash LIMIT :limit;

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
-- Sets the file's state by what is known of the document.
UPDATE files SET
    document_id = :document_id,
    note = CASE WHEN state IN ('gone', 'skipped') THEN note ELSE '' END,
    state = CASE
        WHEN state IN ('gone', 'skipped') THEN state
        WHEN (SELECT review_cause <> '' FROM standing_decisions AS c WHERE c.document_id = :document_id) THEN 'review'
        WHEN EXISTS (SELECT 1 FROM standing_decisions AS c WHERE c.document_id = :document_id) THEN 'filed'
        WHEN (SELECT status FROM documents AS d WHERE d.document_id = :document_id) <> 'text' THEN 'unread'
        ELSE 'waiting' END
WHERE file_id = :file_id;

-- name: add_page
INSERT INTO pages (document_id, number, label, ocr, is_numbered, hidden, text)
VALUES (:document_id, :number, :label, :ocr, :is_numbered, :hidden, :text);
