-- Files that are to go, by their numbers.

-- name: files
SELECT f.file_id, f.path, f.size_bytes, f.document_id, d.hash
FROM files AS f LEFT JOIN documents AS d ON d.document_id = f.document_id
WHERE f.file_id IN (SELECT value FROM json_each(:ids)) ORDER BY f.path;

-- name: hold_files
SELECT f.file_id, f.path, f.size_bytes, f.document_id, f.owner, d.hash,
    coalesce((SELECT c.as_decided FROM standing_decisions AS c WHERE c.document_id = f.document_id), '') AS category
FROM files AS f LEFT JOIN documents AS d ON d.document_id = f.document_id
WHERE f.file_id IN (SELECT value FROM json_each(:ids)) ORDER BY f.path;

-- name: hold_jobs
-- There is one writer at a time.
SELECT job_id FROM jobs WHERE key IN (SELECT value FROM json_each(:keys));

-- name: senders
SELECT correspondent_name_id AS name_id FROM documents
WHERE document_id IN (SELECT value FROM json_each(:ids));

-- name: end_reading
-- Running jobs too: what they make is not kept, since their leases are gone.
DELETE FROM jobs
WHERE file_id IN (SELECT value FROM json_each(:ids)) AND key IN (SELECT value FROM json_each(:keys));

-- name: drop_files
DELETE FROM files WHERE file_id IN (SELECT value FROM json_each(:ids));

-- name: give_jobs
UPDATE jobs SET file_id = (SELECT min(f.file_id) FROM files AS f WHERE f.document_id = :document_id)
WHERE key = :key AND file_id IN (SELECT value FROM json_each(:ids));
