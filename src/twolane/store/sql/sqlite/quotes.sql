-- What conversations quote of documents.

-- name: taken_out
SELECT DISTINCT document FROM removals
WHERE document IN (SELECT value FROM json_each(:documents))
    AND NOT EXISTS (SELECT 1 FROM documents AS d WHERE d.hash = removals.document);
