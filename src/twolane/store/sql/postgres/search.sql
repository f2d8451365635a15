-- What the index can find. A passage is found while a file of its document is visible.

-- name: stems
SELECT stem(word) AS stem FROM unnest(:words::text[]) WITH ORDINALITY AS n (word, place) ORDER BY place;

-- name: common_words
-- How many of the passages hold each of the most common words, as the planner last counted.
SELECT s.most_common_elems::text::text[] AS words, s.most_common_elem_freqs::float8[] AS shares,
    (SELECT reltuples FROM pg_class WHERE oid = to_regclass('passages')) AS passages
FROM pg_stats AS s
WHERE s.schemaname = current_schema() AND s.tablename = 'passages' AND s.attname = 'words';

-- name: few_documents
-- The documents of the files that pass, or NULL where they have more than so many passages.
WITH passing AS MATERIALIZED (SELECT f.document_id FROM files AS f WHERE {passes} LIMIT :most + 1)
SELECT CASE WHEN (SELECT count(*) FROM passing) <= :most AND (
        SELECT count(*) FROM (
            SELECT FROM passages WHERE document_id IN (SELECT document_id FROM passing) LIMIT :most + 1) AS n) <= :most
    THEN (SELECT coalesce(array_agg(DISTINCT document_id), '{}') FROM passing) END AS documents;

-- name: by_words_of_few
-- Where few pass, only their words are ranked.
WITH few AS MATERIALIZED (SELECT passage_id, words FROM passages WHERE document_id = ANY(:few::bigint[]))
SELECT p.passage_id, (
    SELECT sum(t.weight * ts_rank('{1.0, 1.0, 0.8, 0.5}', p.words, t.word, 1))
    FROM unnest(:queries::tsquery[], :weights::float8[]) AS t (word, weight)) AS score
FROM few AS p WHERE p.words @@ :match::tsquery
ORDER BY score DESC, p.passage_id LIMIT :limit;

-- name: by_words
-- Each word is weighted by its rarity; text, headings and names are weighted as in SQLite.
SELECT p.passage_id, (
    SELECT sum(t.weight * ts_rank('{1.0, 1.0, 0.8, 0.5}', p.words, t.word, 1))
    FROM unnest(:queries::tsquery[], :weights::float8[]) AS t (word, weight)) AS score
FROM passages AS p
WHERE p.words @@ :match::tsquery
    AND EXISTS (SELECT 1 FROM files AS f WHERE f.document_id = p.document_id AND {passes})
ORDER BY score DESC, p.passage_id LIMIT :limit;

-- name: passages
SELECT p.passage_id, p.page, p.text, p.heading, p.ocr, d.hash, d.title, f.path
FROM passages AS p JOIN documents AS d ON d.document_id = p.document_id
CROSS JOIN LATERAL (
    SELECT f.path FROM files AS f WHERE f.document_id = p.document_id AND {passes}
    ORDER BY f.file_id LIMIT 1) AS f
WHERE p.passage_id = ANY(:ids::bigint[]);

-- name: library
SELECT vector_model, vector_dimensions FROM library;

-- name: hold_vector_model
-- Locked, so that the index cannot be given to another model before the transaction ends.
SELECT vector_model, vector_dimensions FROM library FOR SHARE;

-- name: set_vector_model
UPDATE library SET vector_model = :model, vector_dimensions = :dimensions WHERE vector_model = '';

-- name: forget_vector_model
UPDATE library SET vector_model = '', vector_dimensions = 0;

-- name: make_index
CREATE INDEX IF NOT EXISTS vectors_near ON vectors USING hnsw ((vector::halfvec({dimensions})) halfvec_cosine_ops);

-- name: drop_index
DROP INDEX IF EXISTS vectors_near;

-- name: add_vectors
INSERT INTO vectors (passage_id, document_id, vector)
SELECT p.passage_id, p.document_id, n.vector::halfvec
FROM unnest(:ids::bigint[], :vectors::text[]) AS n (passage_id, vector)
JOIN passages AS p ON p.passage_id = n.passage_id
FOR KEY SHARE OF p
ON CONFLICT (passage_id) DO UPDATE SET vector = excluded.vector;

-- name: near
-- The filter applies within the scan of the index, which goes on until enough have passed it.
WITH near AS MATERIALIZED (
    SELECT v.passage_id, v.vector::halfvec({dimensions}) <=> :vector::halfvec({dimensions}) AS distance
    FROM vectors AS v
    WHERE EXISTS (SELECT 1 FROM files AS f WHERE f.document_id = v.document_id AND {passes})
    ORDER BY v.vector::halfvec({dimensions}) <=> :vector::halfvec({dimensions})
    LIMIT :limit)
SELECT passage_id, 1 - distance AS score FROM near ORDER BY distance + 0, passage_id;

-- name: near_of_few
-- Where few pass, they are compared one by one.
SELECT passage_id, 1 - (vector <=> :vector::halfvec) AS score FROM vectors WHERE document_id = ANY(:few::bigint[])
ORDER BY (vector <=> :vector::halfvec) + 0, passage_id LIMIT :limit;

-- name: near_exactly
-- Every vector is compared: for what the index did not find, and for more dimensions than it can hold.
WITH near AS MATERIALIZED (
    SELECT v.passage_id, (v.vector <=> :vector::halfvec) + 0 AS distance
    FROM vectors AS v
    WHERE v.document_id IN (SELECT f.document_id FROM files AS f WHERE {passes}))
SELECT passage_id, 1 - distance AS score FROM near ORDER BY distance, passage_id LIMIT :limit;

-- name: passage_texts
SELECT passage_id, heading, text FROM passages WHERE document_id = :document_id ORDER BY passage_id;

-- name: set_words
UPDATE passages SET
    words = passage_words(:name_words::text[], :heading_words::text[], :body_words::text[])
WHERE passage_id = :passage_id;
