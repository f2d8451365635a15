-- Files, and where each of them stands.

-- name: waiting
SELECT count(*) FROM files WHERE state = 'waiting';

-- name: set_state
UPDATE files SET state = :state, note = :note WHERE file_id = :file_id;

-- name: settle
-- What is known of a file's document decides where the file stands.
UPDATE files SET note = '', state = CASE
    WHEN (SELECT review FROM classifications AS c WHERE c.document_id = files.document_id) THEN 'review'
    WHEN EXISTS (SELECT 1 FROM classifications AS c WHERE c.document_id = files.document_id) THEN 'filed'
    WHEN (SELECT status FROM documents AS d WHERE d.document_id = files.document_id) <> 'text' THEN 'unread'
    ELSE 'waiting' END
WHERE file_id = :file_id AND state NOT IN ('gone', 'skipped');

-- name: by_id
SELECT * FROM file_records WHERE file_id = :file_id;

-- name: by_path
SELECT * FROM file_records WHERE path = :path;

-- name: count_states
SELECT state, count(*) AS files FROM files GROUP BY state;

-- name: next_scan
UPDATE library SET scan = scan + 1 RETURNING scan;

-- name: count_categories
SELECT category, count(*) AS files FROM file_records
WHERE category IS NOT NULL AND state NOT IN ('gone', 'skipped')
GROUP BY category;

-- name: count_tiers
SELECT tier, count(*) AS files FROM file_records
WHERE tier IS NOT NULL AND state NOT IN ('gone', 'skipped')
GROUP BY tier;
