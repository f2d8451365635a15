-- Whether a share lets somebody look into the category of the file `f`, or one keeps them out.

-- name: open
SELECT s.as_decided IN (SELECT value FROM json_each(:seen_open)) FROM {own}document_standings AS s WHERE s.document_id = f.document_id

-- name: open_many
f.document_id IN (SELECT s.document_id FROM {own}document_standings AS s WHERE s.as_decided IN (SELECT value FROM json_each(:seen_open)))

-- name: open_before
f.category IN (SELECT value FROM json_each(:seen_open))

-- name: shut
SELECT s.as_decided IN (SELECT value FROM json_each(:seen_shut)) FROM {own}document_standings AS s WHERE s.document_id = f.document_id

-- name: shut_many
f.document_id IN (SELECT s.document_id FROM {own}document_standings AS s WHERE s.as_decided IN (SELECT value FROM json_each(:seen_shut)))

-- name: shut_before
f.category IN (SELECT value FROM json_each(:seen_shut))

-- name: own_tags
-- Those that somebody gave the document of the file `r`.
(SELECT json_group_array(t.tag) FROM (
    SELECT min(tag) AS tag FROM {own}document_tags
    WHERE document_id = r.document_id AND NOT {others tagged_by} GROUP BY folded_tag ORDER BY folded_tag) AS t)

-- name: own_columns
-- Those of documents that only this dialect has.
x.first_passage_id,
