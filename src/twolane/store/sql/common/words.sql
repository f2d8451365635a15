-- The words of passages: what both dialects say alike.

-- name: passages
SELECT p.passage_id, d.names, d.read_language AS language, p.heading, p.text
FROM passages AS p JOIN documents AS d ON d.document_id = p.document_id
WHERE p.document_id = :document_id;

-- name: passages_after
SELECT p.passage_id, d.names, d.read_language AS language, p.heading, p.text
FROM passages AS p JOIN documents AS d ON d.document_id = p.document_id
WHERE p.passage_id > :after ORDER BY p.passage_id LIMIT :limit;

-- name: language
SELECT read_language FROM documents WHERE document_id = :document_id;

-- name: set_form
UPDATE library SET words_form = :form;

-- name: form
SELECT words_form FROM library;

-- name: every_kept
SELECT passage_id FROM words_kept;

-- name: sizes
SELECT segment_id, passages, length FROM words_segments ORDER BY segment_id;

-- name: add_segment
INSERT INTO words_segments (passages, length, ids, stems, counts)
VALUES (:passages, :length, :ids, :stems, :counts) RETURNING segment_id;

-- name: languages
SELECT algorithm FROM words_languages WHERE algorithm <> '' ORDER BY algorithm;

-- name: beginning
SELECT word, stem, language FROM words_spelt
WHERE word >= :low AND word < :high AND length(word) BETWEEN :least AND :most LIMIT :limit;

-- name: ending
SELECT word, stem, language FROM words_spelt
WHERE backwards >= :low AND backwards < :high AND length(backwards) BETWEEN :least AND :most LIMIT :limit;
