-- Passages and their vectors.

-- name: without_vectors
SELECT p.passage_id, p.heading, p.text
FROM documents AS d JOIN passages AS p ON p.document_id = d.document_id
WHERE d.hash = :hash AND NOT EXISTS (SELECT 1 FROM vectors AS v WHERE v.passage_id = p.passage_id)
ORDER BY p.ordinal LIMIT :limit;

-- name: first_passages
SELECT p.passage_id, p.heading, p.text,
    EXISTS (SELECT 1 FROM vectors AS v WHERE v.passage_id = p.passage_id) AS embedded
FROM documents AS d JOIN passages AS p ON p.document_id = d.document_id
WHERE d.hash = :hash ORDER BY p.ordinal LIMIT :limit;

-- name: drop_vectors
DELETE FROM vectors;

-- name: page_text
SELECT substr(p.text, :first, :length) AS text
FROM documents AS d JOIN pages AS p ON p.document_id = d.document_id
WHERE d.hash = :hash AND p.number = :number ORDER BY p.page_id LIMIT 1;
