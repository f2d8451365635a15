-- The values that name files.

-- name: values
SELECT document_id, field, value FROM standing_fields
WHERE document_id = ANY(:ids::bigint[]) AND confidence >= :least AND value <> '';
