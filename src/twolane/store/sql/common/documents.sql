-- Documents with their pages and passages.

-- name: lock
-- A dialect with several writers at a time holds the row until the transaction ends.
SELECT document_id, stale FROM documents WHERE hash = :hash;

-- name: id
SELECT document_id, stale FROM documents WHERE hash = :hash;
