-- What the index can find. A passage is found while a file of its document is visible.

-- name: few_documents
-- The documents of the files that pass, or NULL where more than one file in so many does. The greatest document_id
-- stands for the number of documents.
WITH most AS (SELECT coalesce(max(document_id), 0) / :one_in AS files FROM documents)
SELECT CASE WHEN count(*) <= (SELECT files FROM most) THEN json_group_array(document_id) END
FROM (SELECT f.document_id FROM files AS f WHERE {passes} LIMIT (SELECT files + 1 FROM most));

-- name: by_words
-- Where many pass: all are ranked, and the best looked up until enough have passed.
SELECT rowid AS passage_id, -rank AS score FROM words
WHERE words MATCH :match AND EXISTS (
    SELECT 1 FROM passages AS p JOIN files AS f ON f.document_id = p.document_id
    WHERE p.passage_id = words.rowid AND {passes})
ORDER BY rank LIMIT :limit;

-- name: by_words_of_few
-- Where few pass, only they are ranked. The + and the - keep SQLite from asking the index for each of them by its
-- number, or for all by rank.
SELECT rowid AS passage_id, -rank AS score FROM words
WHERE words MATCH :match AND +rowid IN (
    SELECT passage_id FROM passages WHERE document_id IN (SELECT value FROM json_each(:few)))
ORDER BY -rank DESC LIMIT :limit;

-- name: passages
SELECT
    p.passage_id, p.page, p.text, p.heading, p.ocr, d.hash, d.title,
    (SELECT f.path FROM files AS f WHERE f.document_id = p.document_id AND {passes}
        ORDER BY f.file_id LIMIT 1) AS path
FROM passages AS p JOIN documents AS d ON d.document_id = p.document_id
WHERE p.passage_id IN (SELECT value FROM json_each(:ids));

-- name: passing_documents
SELECT json_group_array(f.document_id) FROM files AS f WHERE {passes};

-- name: next_generation
UPDATE library SET generation = generation + 1 RETURNING generation;

-- name: library
SELECT generation, vector_epoch, vector_model, vector_dimensions FROM library;

-- name: set_vector_model
UPDATE library SET vector_model = :model, vector_dimensions = :dimensions;

-- name: new_epoch
UPDATE library SET vector_model = '', vector_dimensions = 0, vector_epoch = vector_epoch + 1;

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
