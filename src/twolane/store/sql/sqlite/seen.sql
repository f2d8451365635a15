-- name: let_in
-- What the share about a category says; NULL where there is none.
(SELECT CASE WHEN {category} IN (SELECT value FROM json_each(:seen_open)) THEN TRUE
    WHEN {category} IN (SELECT value FROM json_each(:seen_shut)) THEN FALSE END {source})
