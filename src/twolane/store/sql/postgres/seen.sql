-- Whether a share lets somebody look into the category of the file `f`, or one keeps them out.

-- name: open
SELECT s.as_decided = ANY(:seen_open::text[]) FROM {own}document_standings AS s WHERE s.document_id = f.document_id

-- name: open_many
f.document_id IN (SELECT s.document_id FROM {own}document_standings AS s WHERE s.as_decided = ANY(:seen_open::text[]))

-- name: open_before
f.category = ANY(:seen_open::text[])

-- name: shut
SELECT s.as_decided = ANY(:seen_shut::text[]) FROM {own}document_standings AS s WHERE s.document_id = f.document_id

-- name: shut_many
f.document_id IN (SELECT s.document_id FROM {own}document_standings AS s WHERE s.as_decided = ANY(:seen_shut::text[]))

-- name: shut_before
f.category = ANY(:seen_shut::text[])

-- name: own_tags
-- Those that somebody gave the document of the file `r`.
(SELECT coalesce(json_agg(t.tag ORDER BY t.folded_tag COLLATE "C"), '[]')::text FROM (
    SELECT folded_tag, min(tag) AS tag FROM {own}document_tags
    WHERE document_id = r.document_id AND NOT {others tagged_by} GROUP BY folded_tag) AS t)

-- name: own_columns
