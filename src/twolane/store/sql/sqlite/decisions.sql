-- name: save_vector
INSERT OR REPLACE INTO document_vectors (document_id, model, vector) VALUES (:document_id, :model, :vector);

-- name: lessons
SELECT d.document_id, d.category, d.tier, d.scores, d.taxonomy, v.vector, a.answer, a.taxonomy AS answer_taxonomy
FROM standing_decisions AS d
LEFT JOIN document_vectors AS v ON v.document_id = d.document_id AND v.model = :model
LEFT JOIN decisions AS a ON a.decision_id = (
    SELECT max(asked.decision_id) FROM decisions AS asked
    WHERE asked.document_id = d.document_id AND asked.answer <> '')
WHERE d.document_id IN (SELECT value FROM json_each(:ids));
