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

-- name: documents of which another decision stands than is written down
SELECT count(*) AS number FROM documents AS c LEFT JOIN document_standings AS s ON s.document_id = c.document_id
WHERE coalesce(s.decision_id, 0) <> coalesce((
    SELECT d.decision_id FROM decisions AS d
    WHERE d.document_id = c.document_id AND d.undoes IS NULL
        AND NOT EXISTS (SELECT 1 FROM decisions AS back WHERE back.undoes = d.decision_id)
    ORDER BY CASE WHEN d.tier = 'person' THEN 0 ELSE 1 END, d.decision_id DESC LIMIT 1), 0);
