-- Decisions on documents and the documents' own vectors. A decision is only ever added.

-- name: add
INSERT INTO decisions
    (document_id, category, confidence, tier, reason, review, scores, seconds, taxonomy, answer, decided_by,
    decided_at)
VALUES (:document_id, :category, :confidence, :tier, :reason, :review, :scores, :seconds, :taxonomy, :answer,
    :decided_by, :now);

-- name: settle_document
UPDATE files SET note = '', state = CASE
    WHEN (SELECT review FROM standing_decisions AS c WHERE c.document_id = files.document_id) THEN 'review'
    ELSE 'filed' END
WHERE document_id = :document_id AND state NOT IN ('gone', 'skipped');

-- name: of_document
SELECT c.* FROM decisions AS c JOIN documents AS d ON d.document_id = c.document_id
WHERE d.hash = :hash ORDER BY c.decision_id;

-- name: has_vector
SELECT 1 FROM document_vectors AS v JOIN documents AS d ON d.document_id = v.document_id
WHERE d.hash = :hash AND v.model = :model;

-- name: has_any_vector
SELECT 1 FROM document_vectors AS v JOIN documents AS d ON d.document_id = v.document_id WHERE d.hash = :hash;

-- name: drop_vectors
DELETE FROM document_vectors;

-- name: changed
SELECT 'decisions' AS kind, decision_id AS number, document_id FROM decisions WHERE decision_id > :decisions
UNION ALL
SELECT 'vectors', vector_id, document_id FROM document_vectors WHERE vector_id > :vectors
UNION ALL
SELECT 'drops', drop_id, document_id FROM dropped_documents WHERE drop_id > :drops;

-- name: note_drop
INSERT INTO dropped_documents (document_id) VALUES (:document_id);
