-- name: columns
SELECT t.relname AS table_name, c.attname AS name, y.typname AS type,
    array_position(k.indkey::smallint[], c.attnum) AS key_place
FROM pg_class AS t
JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped AND c.attgenerated = ''
JOIN pg_type AS y ON y.oid = c.atttypid
LEFT JOIN pg_index AS k ON k.indrelid = t.oid AND k.indisprimary
-- without the tables of the full text index, which each store makes of the passages, and what triggers write
WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r' AND t.relname NOT LIKE 'words\_%'
    AND t.relname <> 'document_standings'
ORDER BY t.relname, c.attnum;

-- name: references
SELECT t.relname AS table_name, r.relname AS refers_to
FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid JOIN pg_class AS r ON r.oid = c.confrelid
WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace AND t.relname NOT LIKE 'words\_%'
    AND t.relname <> 'document_standings';

-- name: names
SELECT document_id, names FROM documents WHERE document_id = ANY(:ids::bigint[]);

-- name: numbered
SELECT t.relname AS table_name, c.attname AS name,
    pg_get_serial_sequence(quote_ident(t.relname), c.attname) AS sequence
FROM pg_class AS t JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attidentity <> ''
WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r' AND t.relname NOT LIKE 'words\_%';

-- name: number_from
SELECT setval(:sequence::text::regclass, :last::bigint + 1, false);
