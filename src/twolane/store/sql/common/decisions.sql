-- Decisions on documents and the documents' own vectors. A decision is only ever added.

-- name: add
INSERT INTO decisions
    (document_id, category, confidence, uncalibrated, tier, reason, review_cause, left_out, scores, seconds,
    taxonomy, answer, decided_by, decided_at)
VALUES (:document_id, :category, :confidence, :uncalibrated, :tier, :reason, :review_cause, :left_out, :scores,
    :seconds, :taxonomy, :answer, :decided_by, :now);

-- name: undo
-- The last that a person has decided, or this one person.
INSERT INTO decisions
    (document_id, category, confidence, tier, reason, scores, seconds, taxonomy, decided_by, decided_at, undoes)
SELECT document_id, category, confidence, tier, 'taken back', scores, 0, taxonomy, :decided_by, :now,
    decision_id
FROM decisions WHERE decision_id = (
    SELECT max(d.decision_id) FROM decisions AS d
    WHERE d.document_id = :document_id AND d.tier = 'person' AND d.undoes IS NULL
        AND (CAST(:only_by AS TEXT) IS NULL OR d.decided_by = :only_by)
        AND NOT EXISTS (SELECT 1 FROM decisions AS back WHERE back.undoes = d.decision_id));

-- name: settle_document
UPDATE files SET note = '', state = CASE
    WHEN (SELECT review_cause <> '' FROM standing_decisions AS c WHERE c.document_id = files.document_id) THEN 'review'
    WHEN EXISTS (SELECT 1 FROM standing_decisions AS c WHERE c.document_id = files.document_id) THEN 'filed'
    WHEN (SELECT status FROM documents AS d WHERE d.document_id = files.document_id) <> 'text' THEN 'unread'
    ELSE 'waiting' END
WHERE document_id = :document_id AND state NOT IN ('gone', 'skipped');

-- name: standing_on
SELECT s.as_decided FROM standing_decisions AS s JOIN documents AS d ON d.document_id = s.document_id WHERE d.hash = :hash;

-- name: of_document
SELECT c.*, coalesce(back.decided_at, 0) AS undone_at
FROM decisions AS c JOIN documents AS d ON d.document_id = c.document_id
LEFT JOIN decisions AS back ON back.undoes = c.decision_id
WHERE d.hash = :hash AND c.undoes IS NULL ORDER BY c.decision_id;

-- name: keep_earlier
INSERT INTO earlier_categories (file_id, category, decided_by, decided_at)
SELECT :file_id, as_decided, decided_by, decided_at
FROM standing_decisions WHERE document_id = :document_id AND tier = 'person'
ON CONFLICT (file_id) DO UPDATE SET
    category = excluded.category, decided_by = excluded.decided_by, decided_at = excluded.decided_at;

-- name: vector
SELECT v.vector FROM document_vectors AS v JOIN documents AS d ON d.document_id = v.document_id
WHERE d.hash = :hash AND v.model = :model;

-- name: copy_earlier
-- A file that was moved, or copied, shares what is known of the other files with its content.
INSERT INTO earlier_categories (file_id, category, decided_by, decided_at)
SELECT :file_id, e.category, e.decided_by, e.decided_at
FROM earlier_categories AS e JOIN files AS f ON f.file_id = e.file_id
WHERE f.document_id = :document_id AND f.file_id <> :file_id ORDER BY e.decided_at DESC LIMIT 1
ON CONFLICT (file_id) DO NOTHING;

-- name: has_vector
SELECT 1 FROM document_vectors AS v JOIN documents AS d ON d.document_id = v.document_id WHERE d.hash = :hash;

-- name: drop_vectors
DELETE FROM document_vectors;

-- name: labelled
SELECT document_id FROM standing_decisions WHERE tier = 'person';

-- name: filed_vectors
SELECT v.document_id, d.hash, s.category, s.review_cause, v.vector
FROM document_vectors AS v
JOIN standing_decisions AS s ON s.document_id = v.document_id
JOIN documents AS d ON d.document_id = v.document_id
WHERE v.model = :model AND v.document_id > :after AND (s.tier <> 'person' OR s.category = '')
ORDER BY v.document_id LIMIT :limit;

-- name: changed
SELECT 'decisions' AS kind, decision_id AS number, document_id FROM decisions WHERE decision_id > :decisions
UNION ALL
SELECT 'vectors', vector_id, document_id FROM document_vectors WHERE vector_id > :vectors
UNION ALL
SELECT 'drops', drop_id, document_id FROM dropped_documents WHERE drop_id > :drops;

-- name: note_drop
INSERT INTO dropped_documents (document_id) VALUES (:document_id);
