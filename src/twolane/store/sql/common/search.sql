-- Passages and their vectors.

-- name: without_vectors
SELECT p.passage_id, p.heading, p.text
FROM documents AS d JOIN passages AS p ON p.document_id = d.document_id
WHERE d.hash = :hash AND NOT EXISTS (SELECT 1 FROM vectors AS v WHERE v.passage_id = p.passage_id)
ORDER BY p.ordinal;

-- name: drop_vectors
DELETE FROM vectors;
