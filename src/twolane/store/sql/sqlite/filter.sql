-- What a filter lets pass, a condition for each of its fields; `f` is a file. See filters.py.

-- name: documents
f.document_id IN (SELECT document_id FROM documents WHERE hash IN (SELECT value FROM json_each(:documents)))

-- name: categories
f.document_id IN (
    SELECT document_id FROM standing_decisions WHERE as_decided IN (
        SELECT value FROM json_each(:categories)
        UNION SELECT category FROM category_places WHERE lies_within IN (SELECT value FROM json_each(:categories))))

-- name: only_categories
f.document_id IN (
    SELECT document_id FROM standing_decisions WHERE as_decided IN (
        SELECT value FROM json_each(:only_categories)
        UNION SELECT category FROM category_moves WHERE moved_to IN (SELECT value FROM json_each(:only_categories))))

-- name: states
f.state IN (SELECT value FROM json_each(:states))

-- name: folders
f.file_id IN (SELECT g.file_id FROM temp.roots AS r JOIN files AS g ON g.path >= r.low AND g.path < r.high)

-- name: kinds
f.document_id IN (
    SELECT d.document_id FROM json_each(:first_kinds) AS first JOIN json_each(:last_kinds) AS last USING (key)
    JOIN documents AS d ON d.media_type BETWEEN first.value AND last.value)

-- name: languages
f.document_id IN (SELECT document_id FROM documents WHERE language IN (SELECT value FROM json_each(:languages)))

-- name: correspondents
f.document_id IN (
    SELECT d.document_id FROM correspondent_names AS n JOIN documents AS d ON d.correspondent_name_id = n.name_id
    WHERE n.correspondent_id IN (SELECT value FROM json_each(:correspondents)))

-- name: tags
f.document_id IN (SELECT document_id FROM document_tags WHERE folded_tag IN (SELECT value FROM json_each(:tags)))

-- name: fields
-- A document passes where it meets every condition. Numbers are compared as such, all else as text. The two halves of
-- `standing_fields` are joined one by one: SQLite would make all rows of the view first.
f.document_id IN (
    SELECT s.document_id FROM (
        SELECT c.value AS asked, v.document_id, v.value, v.amount_e4, v.currency
        FROM json_each(:field_conditions) AS c JOIN drawn_values AS v ON v.field = json_extract(c.value, '$.field')
        WHERE v.confidence >= :least_confidence AND NOT EXISTS (
            SELECT 1 FROM standing_field_decisions AS d WHERE d.document_id = v.document_id AND d.field = v.field)
        UNION ALL
        SELECT c.value, d.document_id, d.value, d.amount_e4, d.currency
        FROM json_each(:field_conditions) AS c
        JOIN standing_field_decisions AS d ON d.field = json_extract(c.value, '$.field')) AS s
    WHERE s.value <> ''
        AND json_extract(s.asked, '$.currency') IN ('', s.currency)
        AND CASE WHEN s.amount_e4 IS NOT NULL AND json_extract(s.asked, '$.least_e4') IS NOT NULL
            THEN s.amount_e4 >= json_extract(s.asked, '$.least_e4')
            ELSE s.value >= json_extract(s.asked, '$.least') END
        AND CASE WHEN s.amount_e4 IS NOT NULL AND json_extract(s.asked, '$.most_e4') IS NOT NULL
            THEN s.amount_e4 <= json_extract(s.asked, '$.most_e4')
            ELSE json_extract(s.asked, '$.most') = '' OR s.value <= json_extract(s.asked, '$.most') END
    GROUP BY s.document_id HAVING count(*) = json_array_length(:field_conditions))

-- name: owners
f.owner IN (SELECT value FROM json_each(:owners))

-- name: name
(instr(f.folded_path, :name) > 0
    OR f.document_id IN (SELECT document_id FROM documents WHERE instr(folded_title, :name) > 0)
    OR f.document_id IN (
        SELECT d.document_id FROM correspondent_names AS n JOIN documents AS d ON d.correspondent_name_id = n.name_id
        WHERE instr(n.folded_name, :name) > 0 OR n.correspondent_id IN (
            SELECT correspondent_id FROM correspondents WHERE instr(folded_name, :name) > 0)))
