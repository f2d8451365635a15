-- What must never be true of a library: each query counts cases.

-- name: passages without words
SELECT count(*) FROM passages WHERE passage_id NOT IN (SELECT passage_id FROM words_kept);

-- name: words without passages
SELECT count(*) FROM words_kept WHERE passage_id NOT IN (SELECT passage_id FROM passages);

-- name: vectors without passages
SELECT count(*) FROM vectors WHERE passage_id NOT IN (SELECT passage_id FROM passages);

-- name: vectors of another length than their model's
SELECT count(*) FROM vectors, library WHERE length(vector) <> vector_dimensions;

-- name: files that name a missing document
SELECT count(*) FROM files WHERE document_id IS NOT NULL
    AND document_id NOT IN (SELECT document_id FROM documents);
