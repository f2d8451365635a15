-- What the index can find. A passage is found while a file of its document is visible.

-- name: by_words
SELECT rowid AS passage_id, -rank AS score FROM words WHERE words MATCH :match ORDER BY rank LIMIT :limit;

-- name: visible_passages
SELECT passage_id FROM passages AS p
WHERE passage_id IN (SELECT value FROM json_each(:ids))
    AND EXISTS (SELECT 1 FROM visible_files AS f WHERE f.document_id = p.document_id);

-- name: passages
SELECT
    p.passage_id, p.page, p.text, p.heading, p.ocr, d.hash, d.title,
    (SELECT path FROM visible_files AS f WHERE f.document_id = p.document_id ORDER BY f.file_id LIMIT 1) AS path
FROM passages AS p JOIN documents AS d ON d.document_id = p.document_id
WHERE p.passage_id IN (SELECT value FROM json_each(:ids));

-- name: without_vectors
SELECT p.passage_id, p.heading, p.text
FROM documents AS d JOIN passages AS p ON p.document_id = d.document_id
WHERE d.hash = :hash AND NOT EXISTS (SELECT 1 FROM vectors AS v WHERE v.passage_id = p.passage_id)
ORDER BY p.ordinal;

-- name: next_generation
UPDATE library SET generation = generation + 1 RETURNING generation;

-- name: library
SELECT generation, vector_epoch, vector_model, vector_dimensions FROM library;

-- name: set_vector_model
UPDATE library SET vector_model = :model, vector_dimensions = :dimensions;

-- name: new_epoch
UPDATE library SET vector_model = '', vector_dimensions = 0, vector_epoch = vector_epoch + 1;

-- name: drop_vectors
DELETE FROM vectors;

-- name: add_vector
INSERT INTO vectors (passage_id, document_id, generation, code, scale, vector)
SELECT passage_id, document_id, :generation, :code, :scale, :vector FROM passages WHERE passage_id = :passage_id
ON CONFLICT (passage_id) DO UPDATE SET
    generation = excluded.generation, code = excluded.code, scale = excluded.scale, vector = excluded.vector;

-- name: all_codes
SELECT passage_id, document_id, code FROM vectors;

-- name: codes_since
SELECT passage_id, document_id, code FROM vectors WHERE generation > :generation;

-- name: count_vectors
SELECT count(*) FROM vectors;

-- name: visible_documents
SELECT document_id, first_passage_id FROM documents
WHERE document_id IN (SELECT document_id FROM visible_files);

-- name: vectors
SELECT passage_id, scale, vector FROM vectors WHERE passage_id IN (SELECT value FROM json_each(:ids));

-- name: passage_words
SELECT p.passage_id, d.names, p.heading, p.text
FROM passages AS p JOIN documents AS d ON d.document_id = p.document_id
WHERE p.document_id = :document_id;

-- name: add_words
INSERT INTO words (rowid, names, heading, text) VALUES (:passage_id, :names, :heading, :text);

-- name: drop_words
INSERT INTO words (words, rowid, names, heading, text)
VALUES ('delete', :passage_id, :names, :heading, :text);
