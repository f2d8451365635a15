-- What the share about the category of the file `f` says; NULL where there is none.

-- name: let_in
(SELECT CASE WHEN s.as_decided IN (SELECT value FROM json_each(:seen_open)) THEN TRUE
    WHEN s.as_decided IN (SELECT value FROM json_each(:seen_shut)) THEN FALSE END
FROM {own}standing_decisions AS s WHERE s.document_id = f.document_id)

-- name: let_in_many
(CASE WHEN f.document_id IN (
    SELECT s.document_id FROM {own}standing_decisions AS s WHERE s.as_decided IN (SELECT value FROM json_each(:seen_open))) THEN TRUE
WHEN f.document_id IN (
    SELECT s.document_id FROM {own}standing_decisions AS s WHERE s.as_decided IN (SELECT value FROM json_each(:seen_shut))) THEN FALSE END)

-- name: let_in_before
(CASE WHEN f.category IN (SELECT value FROM json_each(:seen_open)) THEN TRUE
    WHEN f.category IN (SELECT value FROM json_each(:seen_shut)) THEN FALSE END)

-- name: own_tags
-- Those that somebody gave the document of the file `r`.
(SELECT json_group_array(t.tag) FROM (
    SELECT min(tag) AS tag FROM {own}document_tags
    WHERE document_id = r.document_id AND NOT {others tagged_by} GROUP BY folded_tag ORDER BY folded_tag) AS t)

-- name: own_columns
-- Those of documents that only this dialect has.
x.first_passage_id,
