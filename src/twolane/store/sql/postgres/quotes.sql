-- What conversations quote of documents.

-- name: known
SELECT hash FROM documents WHERE hash = ANY(:documents::text[]);
