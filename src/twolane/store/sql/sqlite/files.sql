-- Files and what scans do to them. `temp.roots` holds ranges of paths: see Connections.

-- name: known
SELECT f.path, f.file_id, f.size_bytes, f.stamp, f.state
FROM temp.roots AS r JOIN files AS f ON f.path = r.low;

-- name: last_file_id
SELECT coalesce(max(file_id), 0) FROM files;

-- name: add
INSERT INTO files (file_id, path, size_bytes, stamp, state, note, scan, added_at)
VALUES (:file_id, :path, :size_bytes, :stamp, :state, :note, :scan, :now);

-- name: change
UPDATE files
SET size_bytes = :size_bytes, stamp = :stamp, state = :state, note = :note, scan = max(scan, :scan)
WHERE file_id = :file_id;

-- name: meet
UPDATE files SET scan = max(scan, :scan) WHERE file_id = :file_id;

-- name: next_scan
UPDATE library SET scan = scan + 1 RETURNING scan;

-- name: clear_roots
DELETE FROM temp.roots;

-- name: add_root
INSERT INTO temp.roots (low, high) VALUES (:low, :high);

-- name: mark_stale
UPDATE documents SET stale = 1 WHERE document_id = (SELECT document_id FROM files WHERE file_id = :file_id);

-- name: remember
INSERT INTO memory (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: recall
SELECT value FROM memory WHERE key = :key;

-- name: recall_all
SELECT key, value FROM memory WHERE substr(key, 1, length(:prefix)) = :prefix ORDER BY key;

-- name: forget
DELETE FROM memory WHERE key = :key;

-- name: waiting
SELECT count(*) FROM files WHERE state = 'waiting';

-- name: waiting_under
SELECT count(DISTINCT f.file_id) FROM temp.roots AS r JOIN files AS f ON f.path >= r.low AND f.path < r.high
WHERE f.state = 'waiting';

-- name: meet_under
UPDATE files SET scan = max(scan, :scan)
WHERE file_id IN (SELECT f.file_id FROM temp.roots AS r JOIN files AS f ON f.path >= r.low AND f.path < r.high);

-- name: gone_since
UPDATE files SET state = 'gone', note = ''
WHERE scan < :scan AND state <> 'gone'
    AND file_id IN (SELECT f.file_id FROM temp.roots AS r JOIN files AS f ON f.path >= r.low AND f.path < r.high);

-- name: set_state
UPDATE files SET state = :state, note = :note WHERE file_id = :file_id;

-- name: set_document
UPDATE files SET document_id = :document_id WHERE file_id = :file_id;

-- name: settle
-- What is known of a file's document decides where the file stands.
UPDATE files SET note = '', state = CASE
    WHEN (SELECT review FROM classifications AS c WHERE c.document_id = files.document_id) THEN 'review'
    WHEN EXISTS (SELECT 1 FROM classifications AS c WHERE c.document_id = files.document_id) THEN 'filed'
    WHEN (SELECT status FROM documents AS d WHERE d.document_id = files.document_id) <> 'text' THEN 'unread'
    ELSE 'waiting' END
WHERE file_id = :file_id AND state NOT IN ('gone', 'skipped');

-- name: document_of
SELECT document_id FROM files WHERE file_id = :file_id;

-- name: by_id
SELECT * FROM file_records WHERE file_id = :file_id;

-- name: by_path
SELECT * FROM file_records WHERE path = :path;

-- name: list
SELECT * FROM file_records
WHERE CASE WHEN :states = '[]' THEN state <> 'gone' ELSE state IN (SELECT value FROM json_each(:states)) END
    AND (:category = '' OR category = :category)
    AND (NOT :by_roots OR file_id IN (
        SELECT f.file_id FROM temp.roots AS r JOIN files AS f ON f.path >= r.low AND f.path < r.high))
    AND (:text = '' OR instr(fold(path), :text) > 0 OR instr(fold(title), :text) > 0)
ORDER BY path LIMIT :limit OFFSET :offset;

-- name: count
SELECT count(*) FROM file_records
WHERE CASE WHEN :states = '[]' THEN state <> 'gone' ELSE state IN (SELECT value FROM json_each(:states)) END
    AND (:category = '' OR category = :category)
    AND (NOT :by_roots OR file_id IN (
        SELECT f.file_id FROM temp.roots AS r JOIN files AS f ON f.path >= r.low AND f.path < r.high))
    AND (:text = '' OR instr(fold(path), :text) > 0 OR instr(fold(title), :text) > 0);

-- name: count_states
SELECT state, count(*) AS files FROM files GROUP BY state;

-- name: count_categories
SELECT category, count(*) AS files FROM file_records
WHERE category IS NOT NULL AND state NOT IN ('gone', 'skipped')
GROUP BY category ORDER BY category;

-- name: count_tiers
SELECT tier, count(*) AS files FROM file_records
WHERE tier IS NOT NULL AND state NOT IN ('gone', 'skipped')
GROUP BY tier ORDER BY tier;
