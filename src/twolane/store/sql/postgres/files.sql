-- Files and what scans do to them. `lows` and `highs` are ranges of paths: see paths.py. Rows are locked in the
-- order of their paths, so that two transactions never wait for each other.

-- name: known
SELECT path, file_id, size_bytes, stamp, state FROM files
WHERE path = ANY(%(paths)s::bytea[]) ORDER BY path FOR UPDATE;

-- name: add
-- Another scan may have met the same file a moment ago.
INSERT INTO files (path, folded_path, size_bytes, stamp, state, note, scan, added_at)
SELECT path, folded, size_bytes, stamp, state, note, %(scan)s::bigint, moment(%(now)s::float8)
FROM unnest(%(paths)s::bytea[], %(folded)s::text[], %(sizes)s::bigint[], %(stamps)s::text[], %(states)s::text[],
    %(notes)s::text[]) AS n (path, folded, size_bytes, stamp, state, note)
ORDER BY path
ON CONFLICT (path) DO UPDATE SET scan = greatest(files.scan, excluded.scan)
RETURNING file_id, path;

-- name: change
UPDATE files SET
    size_bytes = n.size_bytes, stamp = n.stamp, state = n.state, note = n.note,
    scan = greatest(scan, %(scan)s::bigint)
FROM unnest(%(ids)s::bigint[], %(sizes)s::bigint[], %(stamps)s::text[], %(states)s::text[], %(notes)s::text[])
    AS n (file_id, size_bytes, stamp, state, note)
WHERE files.file_id = n.file_id;

-- name: meet
UPDATE files SET scan = greatest(scan, %(scan)s::bigint) WHERE file_id = ANY(%(ids)s::bigint[]);

-- name: next_scan
UPDATE library SET scan = scan + 1 RETURNING scan AS number;

-- name: mark_stale
UPDATE documents SET stale = true
WHERE document_id IN (SELECT document_id FROM files WHERE file_id = ANY(%(ids)s::bigint[]));

-- name: remember
INSERT INTO memory (key, value) VALUES (%(key)s, %(value)s)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: recall
SELECT value FROM memory WHERE key = %(key)s;

-- name: recall_all
SELECT key, value FROM memory WHERE starts_with(key, %(prefix)s::text) ORDER BY key COLLATE "C";

-- name: forget
DELETE FROM memory WHERE key = %(key)s;

-- name: waiting
SELECT count(*) AS number FROM files WHERE state = 'waiting';

-- name: waiting_under
SELECT count(DISTINCT f.file_id) AS number
FROM unnest(%(lows)s::bytea[], %(highs)s::bytea[]) AS r (low, high)
JOIN files AS f ON f.path >= r.low AND f.path < r.high
WHERE f.state = 'waiting';

-- name: meet_under
WITH spared AS MATERIALIZED (
    SELECT f.file_id FROM unnest(%(lows)s::bytea[], %(highs)s::bytea[]) AS r (low, high)
    JOIN files AS f ON f.path >= r.low AND f.path < r.high
    ORDER BY f.path FOR UPDATE OF f)
UPDATE files SET scan = greatest(scan, %(scan)s::bigint) FROM spared WHERE files.file_id = spared.file_id;

-- name: gone_since
WITH met AS MATERIALIZED (
    SELECT file_id FROM files
    WHERE scan < %(scan)s AND state <> 'gone' AND file_id IN (
        SELECT f.file_id FROM unnest(%(lows)s::bytea[], %(highs)s::bytea[]) AS r (low, high)
        JOIN files AS f ON f.path >= r.low AND f.path < r.high)
    ORDER BY path FOR UPDATE)
UPDATE files SET state = 'gone', note = '' FROM met WHERE files.file_id = met.file_id;

-- name: set_state
UPDATE files SET state = %(state)s, note = %(note)s WHERE file_id = %(file_id)s;

-- name: set_document
UPDATE files SET document_id = %(document_id)s WHERE file_id = %(file_id)s;

-- name: settle
-- What is known of a file's document decides where the file stands.
UPDATE files SET note = '', state = CASE
    WHEN (SELECT review FROM classifications AS c WHERE c.document_id = files.document_id) THEN 'review'
    WHEN EXISTS (SELECT 1 FROM classifications AS c WHERE c.document_id = files.document_id) THEN 'filed'
    WHEN (SELECT status FROM documents AS d WHERE d.document_id = files.document_id) <> 'text' THEN 'unread'
    ELSE 'waiting' END
WHERE file_id = %(file_id)s AND state NOT IN ('gone', 'skipped');

-- name: document_of
SELECT document_id FROM files WHERE file_id = %(file_id)s FOR UPDATE;

-- name: by_id
SELECT * FROM file_records WHERE file_id = %(file_id)s;

-- name: by_path
SELECT * FROM file_records WHERE path = %(path)s;

-- name: list
SELECT * FROM file_records
WHERE CASE WHEN cardinality(%(states)s::text[]) = 0 THEN state <> 'gone' ELSE state = ANY(%(states)s::text[]) END
    AND (%(category)s::text = '' OR category = %(category)s::text)
    AND (NOT %(by_roots)s::boolean OR file_id IN (
        SELECT f.file_id FROM unnest(%(lows)s::bytea[], %(highs)s::bytea[]) AS r (low, high)
        JOIN files AS f ON f.path >= r.low AND f.path < r.high))
    AND (%(text)s::text = ''
        OR strpos(folded_path, %(text)s::text) > 0 OR strpos(folded_title, %(text)s::text) > 0)
ORDER BY path LIMIT %(limit)s::bigint OFFSET %(offset)s::bigint;

-- name: count
SELECT count(*) AS number FROM file_records
WHERE CASE WHEN cardinality(%(states)s::text[]) = 0 THEN state <> 'gone' ELSE state = ANY(%(states)s::text[]) END
    AND (%(category)s::text = '' OR category = %(category)s::text)
    AND (NOT %(by_roots)s::boolean OR file_id IN (
        SELECT f.file_id FROM unnest(%(lows)s::bytea[], %(highs)s::bytea[]) AS r (low, high)
        JOIN files AS f ON f.path >= r.low AND f.path < r.high))
    AND (%(text)s::text = ''
        OR strpos(folded_path, %(text)s::text) > 0 OR strpos(folded_title, %(text)s::text) > 0);

-- name: count_states
SELECT state, count(*) AS files FROM files GROUP BY state;

-- name: count_categories
SELECT category, count(*) AS files FROM file_records
WHERE category IS NOT NULL AND state NOT IN ('gone', 'skipped')
GROUP BY category ORDER BY category COLLATE "C";

-- name: count_tiers
SELECT tier, count(*) AS files FROM file_records
WHERE tier IS NOT NULL AND state NOT IN ('gone', 'skipped')
GROUP BY tier ORDER BY tier;
