-- What the index can find. A passage is found while a file of its document is visible.

-- name: few_documents
-- The documents of the files that pass, or NULL where they have more than so many passages.
WITH passing AS MATERIALIZED (SELECT f.document_id FROM files AS f WHERE {passes} LIMIT :most + 1)
SELECT CASE WHEN (SELECT count(*) FROM passing) <= :most AND (
        SELECT count(*) FROM (
            SELECT FROM passages WHERE document_id IN (SELECT document_id FROM passing) LIMIT :most + 1) AS n) <= :most
    THEN (SELECT coalesce(array_agg(DISTINCT document_id), '{}') FROM passing) END AS documents;

-- name: passages
SELECT p.passage_id, p.ordinal, p.page, p.start_char, p.end_char, p.text, p.heading, p.ocr, p.place,
    d.hash, d.title, d.dated_at, d.language, f.path
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
-- Half the neighbours of pgvector's defaults: adding a vector takes two fifths of the time, and with more candidates
-- in a search (hnsw.ef_search) as much is found.
CREATE INDEX IF NOT EXISTS vectors_near ON vectors USING hnsw ((vector::halfvec({dimensions})) halfvec_cosine_ops)
WITH (m = 8, ef_construction = 48);

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

-- name: vectors
SELECT passage_id, vector::text AS vector FROM vectors WHERE passage_id = ANY(:ids::bigint[]);

-- name: last_vector
SELECT max(passage_id) FROM vectors;

-- name: middles
-- Of each language, and of what is in none that is known, the middle of a sample of vectors.
SELECT l.language, count(*) AS passages, count(DISTINCT s.document_id) AS documents,
    avg(s.vector::vector)::text AS middle
FROM (SELECT DISTINCT language FROM documents) AS l
CROSS JOIN LATERAL (
    SELECT v.document_id, v.vector FROM documents AS d JOIN vectors AS v ON v.document_id = d.document_id
    WHERE d.language = l.language LIMIT :sample) AS s
GROUP BY l.language;

-- name: languages_of
SELECT v.passage_id, d.language FROM vectors AS v JOIN documents AS d ON d.document_id = v.document_id
WHERE v.passage_id = ANY(:ids::bigint[]);
