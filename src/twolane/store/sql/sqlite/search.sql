-- What the index can find. A passage is found while a file of its document is visible.

-- name: few_documents
-- The documents of the files that pass, or NULL where more than one file in so many does. The greatest document_id
-- stands for the number of documents.
WITH most AS (SELECT coalesce(max(document_id), 0) / :one_in AS files FROM documents)
SELECT CASE WHEN count(*) <= (SELECT files FROM most) THEN json_group_array(document_id) END
FROM (SELECT f.document_id FROM files AS f WHERE {passes} LIMIT (SELECT files + 1 FROM most));

-- name: passages
SELECT
    p.passage_id, p.ordinal, p.page, p.start_char, p.end_char, p.text, p.heading, p.ocr, p.place,
    d.hash, d.title, d.dated_at, d.language,
    (SELECT f.path FROM files AS f WHERE f.document_id = p.document_id AND {passes}
        ORDER BY f.file_id LIMIT 1) AS path
FROM passages AS p JOIN documents AS d ON d.document_id = p.document_id
WHERE p.passage_id IN (SELECT value FROM json_each(:ids));

-- name: passing_documents
SELECT json_group_array(f.document_id) FROM files AS f WHERE {passes};

-- name: next_generation
-- By the clock, so that no two libraries that were ever in one place number their transactions alike.
UPDATE library SET generation = max(generation + 1, CAST(:now * 1000 AS INTEGER)) RETURNING generation;

-- name: library
SELECT generation, vector_epoch, vector_model, vector_dimensions FROM library;

-- name: set_vector_model
UPDATE library SET vector_model = :model, vector_dimensions = :dimensions;

-- name: new_epoch
UPDATE library SET vector_model = '', vector_dimensions = 0, vector_epoch = vector_epoch + 1;

-- name: add_vector
INSERT INTO vectors (passage_id, document_id, generation, scale, vector)
SELECT passage_id, document_id, :generation, :scale, :vector FROM passages WHERE passage_id = :passage_id
ON CONFLICT (passage_id) DO UPDATE SET
    generation = excluded.generation, scale = excluded.scale, vector = excluded.vector;

-- name: vector_owners
SELECT passage_id, document_id FROM vectors WHERE passage_id > :after ORDER BY passage_id LIMIT :limit;

-- name: codes_after
SELECT passage_id, document_id, scale, vector FROM vectors
WHERE passage_id > :after ORDER BY passage_id LIMIT :limit;

-- name: count_codes_since
SELECT count(*) FROM vectors WHERE generation > :generation;

-- name: codes_since
SELECT passage_id, document_id, scale, vector FROM vectors WHERE generation > :generation;

-- name: count_vectors
SELECT count(*) FROM vectors;

-- name: documents_after
-- The first passage of those that cannot be found is NULL.
SELECT document_id, language, CASE WHEN EXISTS (
    SELECT 1 FROM visible_files AS f WHERE f.document_id = d.document_id) THEN first_passage_id END AS first_passage_id
FROM documents AS d WHERE document_id > :after ORDER BY document_id LIMIT :limit;

-- name: documents_since
-- All is NULL of those that are no more.
SELECT c.document_id, d.language, CASE WHEN EXISTS (
    SELECT 1 FROM visible_files AS f WHERE f.document_id = d.document_id) THEN first_passage_id END AS first_passage_id
FROM document_changes AS c LEFT JOIN documents AS d USING (document_id) WHERE c.generation > :generation;

-- name: vectors
SELECT v.passage_id, v.document_id, v.scale, v.vector
FROM json_each(:ids) AS j CROSS JOIN vectors AS v ON v.passage_id = j.value;
