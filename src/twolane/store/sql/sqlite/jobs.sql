-- The queue. A running job whose lease has run out is claimed again without being queued again, so that a newer
-- job for the same thing waits until this one is done or parked.

-- name: enqueue
INSERT INTO jobs (kind, key, file_id, priority, state, queued_at, run_at)
VALUES (:kind, :key, :file_id, :priority, 'queued', :now, :now)
ON CONFLICT (kind, key, state) DO UPDATE SET
    priority = max(priority, excluded.priority), run_at = min(run_at, excluded.run_at)
RETURNING job_id, kind;

-- name: claim
UPDATE jobs SET
    state = 'running', attempts = attempts + 1, suspect = max(suspect, state = 'running'),
    lease = :lease, lease_until = :now + :lease_s, worker = :worker
WHERE job_id = (
    SELECT candidate.job_id
    FROM json_each(:kinds) AS k JOIN jobs AS candidate ON candidate.job_id IN (
        (SELECT j.job_id FROM jobs AS j
         WHERE j.state = 'queued' AND j.kind = k.value AND j.run_at <= :now
            AND NOT EXISTS (SELECT 1 FROM jobs AS r WHERE r.kind = j.kind AND r.key = j.key AND r.state = 'running')
         ORDER BY j.priority DESC, j.job_id LIMIT 1),
        (SELECT j.job_id FROM jobs AS j
         WHERE j.state = 'running' AND j.kind = k.value AND j.lease_until < :now
         ORDER BY j.priority DESC, j.job_id LIMIT 1))
    ORDER BY candidate.priority DESC, candidate.job_id LIMIT 1)
RETURNING *;

-- name: pending_under
-- A document's one job counts wherever a copy is.
WITH under AS (
    SELECT f.file_id, f.document_id FROM temp.roots AS r JOIN files AS f ON f.path >= r.low AND f.path < r.high)
SELECT count(*) FROM jobs WHERE state IN ('queued', 'running') AND (
    file_id IN (SELECT file_id FROM under)
    OR key IN (SELECT hash FROM documents WHERE document_id IN (SELECT document_id FROM under)));

-- name: end
INSERT INTO jobs_done (kind, done) SELECT kind, 1 FROM jobs WHERE job_id = :job_id
ON CONFLICT (kind) DO UPDATE SET done = done + 1;
DELETE FROM jobs WHERE job_id = :job_id;
