-- What must never be true of a library: each query counts cases.

-- name: passages without words
SELECT count(*) AS number FROM passages WHERE passage_id NOT IN (SELECT passage_id FROM words_kept);

-- name: vectors of another length than their model's
SELECT count(*) AS number FROM vectors, library WHERE vector_dims(vector) <> vector_dimensions;

-- name: indexes that are not whole (run REINDEX)
SELECT count(*) AS number FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
WHERE c.relnamespace = current_schema()::regnamespace AND NOT i.indisvalid;
