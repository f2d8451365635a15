-- Rows of files are locked in the order of their paths, so that two transactions never wait for each other.

-- name: add
INSERT INTO decisions
    (document_id, category, confidence, uncalibrated, tier, reason, review_cause, left_out, scores, seconds,
    taxonomy, answer, decided_by, decided_at)
VALUES (:document_id, :category, :confidence, :uncalibrated, :tier, :reason, :review_cause, :left_out, :scores,
    :seconds, :taxonomy, :answer, :decided_by, moment(:now::float8));

-- name: undo
INSERT INTO decisions
    (document_id, category, confidence, tier, reason, scores, seconds, taxonomy, decided_by, decided_at, undoes)
SELECT document_id, category, confidence, tier, 'taken back', scores, 0, taxonomy, :decided_by,
    moment(:now::float8), decision_id
FROM decisions WHERE decision_id = (
    SELECT max(d.decision_id) FROM decisions AS d
    WHERE d.document_id = :document_id AND d.tier = 'person' AND d.undoes IS NULL
        AND (CAST(:only_by AS TEXT) IS NULL OR d.decided_by = :only_by)
        AND NOT EXISTS (SELECT 1 FROM decisions AS back WHERE back.undoes = d.decision_id));

-- name: settle_document
WITH copies AS MATERIALIZED (
    SELECT file_id FROM files WHERE document_id = :document_id AND state NOT IN ('gone', 'skipped')
    ORDER BY path FOR UPDATE)
UPDATE files SET note = '', state = CASE
    WHEN (SELECT review_cause <> '' FROM standing_decisions AS c WHERE c.document_id = files.document_id) THEN 'review'
    WHEN EXISTS (SELECT 1 FROM standing_decisions AS c WHERE c.document_id = files.document_id) THEN 'filed'
    WHEN (SELECT status FROM documents AS d WHERE d.document_id = files.document_id) <> 'text' THEN 'unread'
    ELSE 'waiting' END
FROM copies WHERE files.file_id = copies.file_id;

-- name: save_vector
INSERT INTO document_vectors (document_id, model, vector) VALUES (:document_id, :model, :vector)
ON CONFLICT (document_id, model) DO UPDATE SET vector_id = excluded.vector_id, vector = excluded.vector;

-- name: changed
-- The last row, where there is any other, bounds the transactions that the others leave out: the oldest that still
-- runs, and this one's own number, which is greater than those of all that had begun to write. (The snapshot's own
-- bound is not: it knows nothing of transactions later than the last that has ended.)
WITH found AS MATERIALIZED (
    SELECT 'decisions' AS kind, decision_id AS number, document_id FROM decisions WHERE decision_id > :decisions
    UNION ALL
    SELECT 'vectors', vector_id, document_id FROM document_vectors WHERE vector_id > :vectors
    UNION ALL
    SELECT 'drops', drop_id, document_id FROM dropped_documents WHERE drop_id > :drops)
SELECT kind, number, document_id FROM found
UNION ALL
SELECT 'running', pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_current_xact_id()::text::bigint
WHERE EXISTS (SELECT FROM found);

-- name: lessons
-- Beside a person's decision stands what the machine had decided last before any person did.
SELECT d.document_id, d.category, d.tier, a.answer, a.taxonomy AS answer_taxonomy, EXISTS (
    SELECT 1 FROM document_vectors AS v WHERE v.document_id = d.document_id AND v.model = :model) AS has_vector,
    coalesce((SELECT to_.moved_to FROM category_moves AS to_ WHERE to_.category = m.category), m.category) AS guess,
    m.tier AS guess_tier, m.uncalibrated AS guess_probability, m.review_cause AS guess_cause
FROM standing_decisions AS d
LEFT JOIN decisions AS a ON a.decision_id = (
    SELECT max(asked.decision_id) FROM decisions AS asked
    WHERE asked.document_id = d.document_id AND asked.answer <> ''
        AND NOT EXISTS (SELECT 1 FROM decisions AS back WHERE back.undoes = asked.decision_id))
LEFT JOIN decisions AS m ON d.tier = 'person' AND m.decision_id = (
    SELECT max(made.decision_id) FROM decisions AS made
    WHERE made.document_id = d.document_id AND made.tier <> 'person' AND made.undoes IS NULL
        AND NOT EXISTS (SELECT 1 FROM decisions AS back WHERE back.undoes = made.decision_id)
        AND made.decision_id < (
            SELECT min(own.decision_id) FROM decisions AS own
            WHERE own.document_id = d.document_id AND own.tier = 'person'))
WHERE d.document_id = ANY(:ids::bigint[]);

-- name: vectors
SELECT document_id, vector FROM document_vectors
WHERE model = :model AND document_id = ANY(:ids::bigint[]);
