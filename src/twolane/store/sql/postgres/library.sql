-- The library as a whole; its tables may not exist yet.

-- name: lock
-- Other processes may be opening the same new library.
SELECT pg_advisory_xact_lock(hashtextextended('twolane ' || current_schema(), 0));

-- name: look
SELECT current_schema() AS schema,
    btrim(split_part(current_setting('search_path'), ',', 1), ' "') AS wanted,
    current_setting('server_encoding') AS encoding,
    current_setting('server_version_num')::integer / 10000 AS server_version,
    obj_description(to_regclass(quote_ident(current_schema()) || '.library')) AS mark,
    EXISTS (
        SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r') AS used;

-- name: schema
SELECT current_schema() AS schema;

-- name: version
SELECT version FROM library;

-- name: set_version
UPDATE library SET version = :version;

-- name: set_session
SELECT set_config(name, value, false)
FROM unnest(:names::text[], :values::text[]) AS n (name, value);

-- name: tables
SELECT quote_ident(relname) AS name FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY relname;

-- name: sync
-- This transaction's commit waits for the disk, also where the server is set not to.
SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off';
