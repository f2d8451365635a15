-- name: let_in
-- What the share about a category says; NULL where there is none.
(SELECT CASE WHEN {category} = ANY(:seen_open::text[]) THEN TRUE
    WHEN {category} = ANY(:seen_shut::text[]) THEN FALSE END {source})
