-- What the share about the category of the file `f` says; NULL where there is none.

-- name: let_in
(SELECT CASE WHEN s.as_decided = ANY(:seen_open::text[]) THEN TRUE
    WHEN s.as_decided = ANY(:seen_shut::text[]) THEN FALSE END
FROM {own}standing_decisions AS s WHERE s.document_id = f.document_id)

-- name: let_in_many
(CASE WHEN f.document_id IN (
    SELECT s.document_id FROM {own}standing_decisions AS s WHERE s.as_decided = ANY(:seen_open::text[])) THEN TRUE
WHEN f.document_id IN (
    SELECT s.document_id FROM {own}standing_decisions AS s WHERE s.as_decided = ANY(:seen_shut::text[])) THEN FALSE END)

-- name: let_in_before
(CASE WHEN f.category = ANY(:seen_open::text[]) THEN TRUE
    WHEN f.category = ANY(:seen_shut::text[]) THEN FALSE END)

-- name: own_tags
-- Those that somebody gave the document of the file `r`.
(SELECT coalesce(json_agg(t.tag ORDER BY t.folded_tag COLLATE "C"), '[]')::text FROM (
    SELECT folded_tag, min(tag) AS tag FROM {own}document_tags
    WHERE document_id = r.document_id AND NOT {others tagged_by} GROUP BY folded_tag) AS t)

-- name: own_columns
