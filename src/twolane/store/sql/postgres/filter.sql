-- What a filter lets pass, a condition for each of its fields; `f` is a file. See filters.py.

-- name: documents
f.document_id IN (SELECT document_id FROM documents WHERE hash = ANY(:documents::text[]))

-- name: categories
f.document_id IN (
    SELECT document_id FROM standing_decisions WHERE as_decided IN (
        SELECT unnest(:categories::text[])
        UNION SELECT category FROM category_places WHERE lies_within = ANY(:categories::text[])))

-- name: only_categories
f.document_id IN (
    SELECT document_id FROM standing_decisions WHERE as_decided IN (
        SELECT unnest(:only_categories::text[])
        UNION SELECT category FROM category_moves WHERE moved_to = ANY(:only_categories::text[])))

-- name: states
f.state = ANY(:states::text[])

-- name: folders
f.file_id IN (
    SELECT g.file_id FROM unnest(:lows::bytea[], :highs::bytea[]) AS r (low, high)
    JOIN files AS g ON g.path >= r.low AND g.path < r.high)

-- name: kinds
f.document_id IN (
    SELECT d.document_id FROM unnest(:first_kinds::text[], :last_kinds::text[]) AS k (first, last)
    JOIN documents AS d ON d.media_type COLLATE "C" BETWEEN k.first AND k.last)

-- name: languages
f.document_id IN (SELECT document_id FROM documents WHERE language = ANY(:languages::text[]))

-- name: correspondents
f.document_id IN (
    SELECT d.document_id FROM correspondent_names AS n JOIN documents AS d ON d.correspondent_name_id = n.name_id
    WHERE n.correspondent_id = ANY(:correspondents::bigint[]))

-- name: tags
f.document_id IN (SELECT document_id FROM document_tags WHERE folded_tag = ANY(:tags::text[]))

-- name: fields
-- A document passes where it meets every condition. Numbers are compared as such, all else as text.
f.document_id IN (
    SELECT s.document_id
    FROM jsonb_to_recordset(array_to_json(:field_conditions::json[])::jsonb)
        AS c (field text, least text, most text, least_e4 bigint, most_e4 bigint, currency text)
    JOIN standing_fields AS s ON s.field = c.field
    WHERE s.value <> '' AND s.confidence >= :least_confidence
        AND (c.currency = '' OR s.currency = c.currency)
        AND CASE WHEN s.amount_e4 IS NOT NULL AND c.least_e4 IS NOT NULL
            THEN s.amount_e4 >= c.least_e4 ELSE s.value COLLATE "C" >= c.least END
        AND CASE WHEN s.amount_e4 IS NOT NULL AND c.most_e4 IS NOT NULL
            THEN s.amount_e4 <= c.most_e4 ELSE c.most = '' OR s.value COLLATE "C" <= c.most END
    GROUP BY s.document_id HAVING count(*) = cardinality(:field_conditions::json[]))

-- name: owners
f.owner = ANY(:owners::text[])

-- name: name
(strpos(f.folded_path, :name::text) > 0
    OR f.document_id IN (SELECT document_id FROM documents WHERE strpos(folded_title, :name::text) > 0)
    OR f.document_id IN (
        SELECT d.document_id FROM correspondent_names AS n JOIN documents AS d ON d.correspondent_name_id = n.name_id
        WHERE strpos(n.folded_name, :name::text) > 0 OR n.correspondent_id IN (
            SELECT correspondent_id FROM correspondents WHERE strpos(folded_name, :name::text) > 0)))
