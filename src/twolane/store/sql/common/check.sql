-- Faults that no library may have: each query counts the cases of one.

-- name: documents that no file has
SELECT count(*) AS number FROM documents AS d
WHERE NOT EXISTS (SELECT 1 FROM files AS f WHERE f.document_id = d.document_id);

-- name: filed files without a decision
SELECT count(*) AS number FROM file_records WHERE state IN ('filed', 'review') AND category IS NULL;

-- name: waiting files without a job (add them again)
SELECT count(*) AS number FROM files AS f WHERE state = 'waiting' AND NOT EXISTS (
    SELECT 1 FROM jobs AS j LEFT JOIN files AS other ON other.file_id = j.file_id
    WHERE j.state IN ('queued', 'running') AND (j.file_id = f.file_id OR other.document_id = f.document_id));
