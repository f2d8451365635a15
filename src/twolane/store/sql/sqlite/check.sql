-- What must never be true of a library: each query counts cases.

-- name: passages without words
SELECT count(*) FROM passages WHERE passage_id NOT IN (SELECT id FROM words_docsize);

-- name: words without passages
SELECT count(*) FROM words_docsize WHERE id NOT IN (SELECT passage_id FROM passages);

-- name: vectors without passages
SELECT count(*) FROM vectors WHERE passage_id NOT IN (SELECT passage_id FROM passages);

-- name: vectors of another length than their model's
SELECT count(*) FROM vectors, library WHERE length(vector) <> vector_dimensions;

-- name: documents that no file has
SELECT count(*) FROM documents WHERE document_id NOT IN (
    SELECT document_id FROM files WHERE document_id IS NOT NULL);

-- name: files that name a missing document
SELECT count(*) FROM files WHERE document_id IS NOT NULL
    AND document_id NOT IN (SELECT document_id FROM documents);

-- name: filed files without a classification
SELECT count(*) FROM file_records WHERE state IN ('filed', 'review') AND category IS NULL;

-- name: waiting files without a job (add them again)
SELECT count(*) FROM files AS f WHERE state = 'waiting' AND NOT EXISTS (
    SELECT 1 FROM jobs AS j LEFT JOIN files AS other ON other.file_id = j.file_id
    WHERE j.state IN ('queued', 'running') AND (j.file_id = f.file_id OR other.document_id = f.document_id));
