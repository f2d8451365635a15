-- Files and their states.

-- name: waiting
SELECT count(*) FROM files WHERE state = 'waiting';

-- name: set_state
UPDATE files SET state = :state, note = :note WHERE file_id = :file_id;

-- name: settle
-- Sets a file's state by what is known of its document.
UPDATE files SET note = '', state = CASE
    WHEN (SELECT review FROM standing_decisions AS c WHERE c.document_id = files.document_id) THEN 'review'
    WHEN EXISTS (SELECT 1 FROM standing_decisions AS c WHERE c.document_id = files.document_id) THEN 'filed'
    WHEN (SELECT status FROM documents AS d WHERE d.document_id = files.document_id) <> 'text' THEN 'unread'
    ELSE 'waiting' END
WHERE file_id = :file_id AND state NOT IN ('gone', 'skipped');

-- name: by_id
SELECT * FROM file_records WHERE file_id = :file_id;

-- name: scanned
SELECT path, size_bytes, stamp, owner FROM files WHERE file_id = :file_id;

-- name: by_path
SELECT * FROM file_records WHERE path = :path;

-- name: count_states
SELECT f.state AS value, count(*) AS files FROM files AS f WHERE {passes} GROUP BY f.state;

-- name: next_scan
UPDATE library SET scan = scan + 1 RETURNING scan;

-- name: count_categories
SELECT c.category AS value, count(*) AS files
FROM files AS f JOIN standing_decisions AS c ON c.document_id = f.document_id
WHERE {passes} GROUP BY c.category;

-- name: count_tiers
SELECT c.tier AS value, count(*) AS files
FROM files AS f JOIN standing_decisions AS c ON c.document_id = f.document_id
WHERE {passes} GROUP BY c.tier;

-- name: list
SELECT r.* FROM files AS f JOIN file_records AS r ON r.file_id = f.file_id
WHERE {passes} ORDER BY f.path LIMIT :limit OFFSET :offset;

-- name: count
SELECT count(*) FROM files AS f WHERE {passes};
