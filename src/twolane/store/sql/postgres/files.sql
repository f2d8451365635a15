-- Files and what scans do to them. `lows` and `highs` are ranges of paths: see paths.py. Rows are locked in the
-- order of their paths, so that two transactions never wait for each other.

-- name: known
SELECT f.path, f.file_id, f.size_bytes, f.stamp, f.state,
    coalesce((SELECT d.note FROM documents AS d WHERE d.document_id = f.document_id), '') AS read_note
FROM files AS f WHERE f.path = ANY(:lows::bytea[]) ORDER BY f.path FOR UPDATE;

-- name: ids_at
SELECT path, file_id FROM files WHERE path = ANY(:lows::bytea[]);

-- name: known_at
SELECT f.file_id, f.path, f.identity, f.state, f.placed_by, coalesce(d.hash, '') AS document
FROM files AS f LEFT JOIN documents AS d ON d.document_id = f.document_id WHERE f.path = ANY(:lows::bytea[]);

-- name: known_as
SELECT f.file_id, f.path, f.identity, f.state, f.placed_by, coalesce(d.hash, '') AS document
FROM files AS f LEFT JOIN documents AS d ON d.document_id = f.document_id
WHERE f.identity = ANY(:identities::text[]) AND f.identity <> '' ORDER BY f.file_id;

-- name: places
SELECT d.hash, f.file_id, f.path FROM documents AS d JOIN visible_files AS f ON f.document_id = d.document_id
WHERE d.hash = ANY(:hashes::text[]) ORDER BY f.file_id;

-- name: planned
SELECT file_id, target AS path, 'plan' AS placed_by FROM plan_moves
WHERE file_id = ANY(:ids::bigint[]) AND kind = 'move' AND state IN ('started', 'done')
UNION ALL
SELECT file_id, source AS path, '' AS placed_by FROM plan_moves
WHERE file_id = ANY(:ids::bigint[]) AND kind = 'move' AND state IN ('undoing', 'undone');

-- name: records
-- Apart from what found them: joined, a server would make the records of all files of somebody who may not see all.
SELECT * FROM file_records WHERE file_id = ANY(:ids::bigint[]);

-- name: list_by_name
-- By the last part of their paths.
SELECT f.file_id, regexp_replace(f.folded_path, '^.*[/\\]', '', 's') COLLATE "C" AS name
FROM files AS f WHERE {passes} ORDER BY name, f.path LIMIT :limit OFFSET :offset;

-- name: list_by_correspondent
-- Last those without one.
SELECT f.file_id, p.folded_name COLLATE "C" AS name
FROM files AS f LEFT JOIN documents AS d ON d.document_id = f.document_id
LEFT JOIN correspondent_names AS n ON n.name_id = d.correspondent_name_id
LEFT JOIN correspondents AS p ON p.correspondent_id = n.correspondent_id
WHERE {passes} ORDER BY name NULLS LAST, f.path LIMIT :limit OFFSET :offset;

-- name: list_by_category
-- Last those without one.
SELECT f.file_id, lower(c.category) COLLATE "C" AS name
FROM files AS f LEFT JOIN standing_decisions AS c ON c.document_id = f.document_id
WHERE {passes} ORDER BY name NULLS LAST, f.path LIMIT :limit OFFSET :offset;

-- name: add
-- Another scan may have added the same file a moment ago.
INSERT INTO files (path, folded_path, size_bytes, stamp, identity, state, note, owner, scan, added_at)
SELECT path, folded_path, size_bytes, stamp, identity, state, note, owner, :scan::bigint, moment(:now::float8)
FROM unnest(:path::bytea[], :folded_path::text[], :size_bytes::bigint[], :stamp::text[], :identity::text[],
    :state::text[], :note::text[], :owner::text[])
    AS n (path, folded_path, size_bytes, stamp, identity, state, note, owner)
ORDER BY path
ON CONFLICT (path) DO UPDATE SET scan = greatest(files.scan, excluded.scan)
RETURNING file_id, path;

-- name: change
UPDATE files SET
    size_bytes = n.size_bytes, stamp = n.stamp, identity = n.identity, state = n.state, note = n.note,
    scan = greatest(scan, :scan::bigint)
FROM unnest(:file_id::bigint[], :size_bytes::bigint[], :stamp::text[], :identity::text[], :state::text[],
    :note::text[]) AS n (file_id, size_bytes, stamp, identity, state, note)
WHERE files.file_id = n.file_id;

-- name: meet
UPDATE files SET scan = greatest(scan, :scan::bigint)
FROM unnest(:file_id::bigint[]) AS n (file_id) WHERE files.file_id = n.file_id;

-- name: mark_stale
UPDATE documents SET stale = true
WHERE document_id IN (
    SELECT document_id FROM files WHERE file_id IN (SELECT n.file_id FROM unnest(:file_id::bigint[]) AS n (file_id)));

-- name: waiting_under
SELECT count(DISTINCT f.file_id) AS number
FROM unnest(:lows::bytea[], :highs::bytea[]) AS r (low, high)
JOIN files AS f ON f.path >= r.low AND f.path < r.high
WHERE f.state = 'waiting';

-- name: meet_under
WITH spared AS MATERIALIZED (
    SELECT f.file_id FROM unnest(:lows::bytea[], :highs::bytea[]) AS r (low, high)
    JOIN files AS f ON f.path >= r.low AND f.path < r.high
    ORDER BY f.path FOR UPDATE OF f)
UPDATE files SET scan = greatest(scan, :scan::bigint) FROM spared WHERE files.file_id = spared.file_id;

-- name: gone_since
-- A file that a plan is just moving is not gone: where it is now is written once it is there.
WITH met AS MATERIALIZED (
    SELECT file_id FROM files
    WHERE scan < :scan AND state <> 'gone' AND file_id IN (
        SELECT f.file_id FROM unnest(:lows::bytea[], :highs::bytea[]) AS r (low, high)
        JOIN files AS f ON f.path >= r.low AND f.path < r.high)
        AND NOT EXISTS (
            SELECT 1 FROM plan_moves AS m WHERE m.file_id = files.file_id AND m.state IN ('started', 'undoing'))
    ORDER BY path FOR UPDATE)
UPDATE files SET state = 'gone', note = '' FROM met WHERE files.file_id = met.file_id;

-- name: to_rename
-- The files of some numbers, and those at the paths `lows`.
SELECT f.file_id, f.path, f.state, f.size_bytes, f.document_id, f.owner, d.hash,
    coalesce((SELECT c.as_decided FROM standing_decisions AS c WHERE c.document_id = f.document_id), '') AS category
FROM files AS f LEFT JOIN documents AS d ON d.document_id = f.document_id
WHERE f.file_id = ANY(:ids::bigint[]) OR f.path = ANY(:lows::bytea[]) ORDER BY f.path FOR UPDATE OF f;

-- name: vacate
-- No path has a NUL: files can take each other's paths, of which no two may be the same at any moment.
UPDATE files SET path = n.parked
FROM unnest(:file_id::bigint[], :parked::bytea[]) AS n (file_id, parked) WHERE files.file_id = n.file_id;

-- name: rename
UPDATE files SET
    path = n.path, folded_path = n.folded_path, stamp = n.stamp, identity = n.identity, placed_by = n.placed_by
FROM unnest(:file_id::bigint[], :path::bytea[], :folded_path::text[], :stamp::text[], :identity::text[],
    :placed_by::text[]) AS n (file_id, path, folded_path, stamp, identity, placed_by)
WHERE files.file_id = n.file_id;

-- name: forget
WITH unread AS (DELETE FROM jobs WHERE file_id = :file_id AND kind IN ('read', 'read_slowly'))
DELETE FROM files WHERE file_id = :file_id;
