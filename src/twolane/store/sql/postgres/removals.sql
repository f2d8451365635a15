-- Files that are to go, by their numbers. Rows of files are locked in the order of their paths, so that two
-- transactions never wait for each other.

-- name: files
SELECT f.file_id, f.path, f.size_bytes, f.document_id, d.hash
FROM files AS f LEFT JOIN documents AS d ON d.document_id = f.document_id
WHERE f.file_id = ANY(:ids::bigint[]) ORDER BY f.path;

-- name: hold_files
SELECT f.file_id, f.path, f.size_bytes, f.document_id, f.owner, d.hash,
    coalesce((SELECT c.as_decided FROM standing_decisions AS c WHERE c.document_id = f.document_id), '') AS category
FROM files AS f LEFT JOIN documents AS d ON d.document_id = f.document_id
WHERE f.file_id = ANY(:ids::bigint[]) ORDER BY f.path FOR UPDATE OF f;

-- name: hold_jobs
SELECT job_id FROM jobs WHERE key = ANY(:keys::text[]) ORDER BY job_id FOR UPDATE;

-- name: senders
SELECT correspondent_name_id AS name_id FROM documents WHERE document_id = ANY(:ids::bigint[]);

-- name: end_reading
-- Running jobs too: what they make is not kept, since their leases are gone.
DELETE FROM jobs WHERE file_id = ANY(:ids::bigint[]) AND key = ANY(:keys::text[]);

-- name: drop_files
DELETE FROM files WHERE file_id = ANY(:ids::bigint[]);

-- name: give_jobs
UPDATE jobs SET file_id = (SELECT min(f.file_id) FROM files AS f WHERE f.document_id = :document_id)
WHERE key = :key AND file_id = ANY(:ids::bigint[]);
