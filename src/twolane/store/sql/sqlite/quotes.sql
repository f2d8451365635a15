-- What conversations quote of documents.

-- name: known
SELECT hash FROM documents WHERE hash IN (SELECT value FROM json_each(:documents));
