-- Rows of files are locked in the order of their paths, so that two transactions never wait for each other.

-- name: add
INSERT INTO decisions
    (document_id, category, confidence, tier, reason, review, scores, seconds, taxonomy, answer, decided_by,
    decided_at)
VALUES (:document_id, :category, :confidence, :tier, :reason, :review, :scores, :seconds, :taxonomy, :answer,
    :decided_by, moment(:now::float8));

-- name: settle_document
WITH copies AS MATERIALIZED (
    SELECT file_id FROM files WHERE document_id = :document_id AND state NOT IN ('gone', 'skipped')
    ORDER BY path FOR UPDATE)
UPDATE files SET note = '', state = CASE
    WHEN (SELECT review FROM standing_decisions AS c WHERE c.document_id = files.document_id) THEN 'review'
    ELSE 'filed' END
FROM copies WHERE files.file_id = copies.file_id;

-- name: save_vector
INSERT INTO document_vectors (document_id, model, vector) VALUES (:document_id, :model, :vector)
ON CONFLICT (document_id, model) DO UPDATE SET vector_id = excluded.vector_id, vector = excluded.vector;

-- name: changed
-- The last row bounds the transactions that the others leave out: the oldest that still runs, and the next one.
SELECT 'decisions' AS kind, decision_id AS number, document_id FROM decisions WHERE decision_id > :decisions
UNION ALL
SELECT 'vectors', vector_id, document_id FROM document_vectors WHERE vector_id > :vectors
UNION ALL
SELECT 'drops', drop_id, document_id FROM dropped_documents WHERE drop_id > :drops
UNION ALL
SELECT 'running', pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint;

-- name: lessons
SELECT d.document_id, d.category, d.tier, d.scores, d.taxonomy, v.vector, a.answer, a.taxonomy AS answer_taxonomy
FROM standing_decisions AS d
LEFT JOIN document_vectors AS v ON v.document_id = d.document_id AND v.model = :model
LEFT JOIN decisions AS a ON a.decision_id = (
    SELECT max(asked.decision_id) FROM decisions AS asked
    WHERE asked.document_id = d.document_id AND asked.answer <> '')
WHERE d.document_id = ANY(:ids::bigint[]);
