-- The values that name files.

-- name: values
SELECT document_id, field, value FROM standing_fields
WHERE document_id IN (SELECT value FROM json_each(:ids)) AND confidence >= :least AND value <> '';
