-- name: save_vector
INSERT OR REPLACE INTO document_vectors (document_id, model, vector) VALUES (:document_id, :model, :vector);

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
WHERE d.document_id IN (SELECT value FROM json_each(:ids));

-- name: vectors
SELECT document_id, vector FROM document_vectors
WHERE model = :model AND document_id IN (SELECT value FROM json_each(:ids));
