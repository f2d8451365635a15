-- The queue. A running job whose lease has run out goes from hand to hand without being queued again, so that
-- a newer job for the same thing waits until this one is done or parked.

-- name: enqueue
INSERT INTO jobs (kind, key, file_id, priority, state, queued_at, run_at)
VALUES (:kind, :key, :file_id, :priority, 'queued', :now, :now)
ON CONFLICT (kind, key, state) DO UPDATE SET
    priority = max(priority, excluded.priority), run_at = min(run_at, excluded.run_at)
RETURNING job_id;

-- name: forget_parked
DELETE FROM jobs WHERE kind = :kind AND key = :key AND state = 'parked';

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

-- name: used_up
SELECT * FROM jobs WHERE state = 'running' AND lease_until < :now AND attempts >= :max_attempts;

-- name: park
UPDATE OR REPLACE jobs SET
    state = 'parked', error = :error, run_at = :now, lease = '', lease_until = 0, worker = ''
WHERE job_id = :job_id;

-- name: quarantine
-- Copies wait for the one job of their document.
UPDATE files SET state = 'quarantined', note = :error
WHERE (file_id = :file_id AND state NOT IN ('gone', 'skipped'))
    OR (document_id = (SELECT document_id FROM documents WHERE hash = :key) AND state = 'waiting');

-- name: forget_document
-- What was queued for content that is no more would find nothing.
DELETE FROM jobs WHERE state <> 'running' AND key = (SELECT hash FROM documents WHERE document_id = :document_id);

-- name: heartbeat
UPDATE jobs SET lease_until = :now + :lease_s WHERE job_id = :job_id AND lease = :lease AND state = 'running';

-- name: held
SELECT * FROM jobs WHERE job_id = :job_id AND lease = :lease AND state = 'running';

-- name: delete
DELETE FROM jobs WHERE job_id = :job_id;

-- name: count_done
INSERT INTO jobs_done (kind, done) VALUES (:kind, 1) ON CONFLICT (kind) DO UPDATE SET done = done + 1;

-- name: requeue
-- OR IGNORE: where a newer job for the same thing is queued already, that one takes over.
UPDATE OR IGNORE jobs SET
    state = 'queued', attempts = :attempts, suspect = :suspect, run_at = :run_at, error = :error,
    lease = '', lease_until = 0, worker = ''
WHERE job_id = :job_id;

-- name: counts
SELECT kind,
    sum(state = 'queued') AS queued, sum(state = 'running') AS running, sum(state = 'parked') AS parked,
    min(CASE WHEN state <> 'parked' THEN queued_at END) AS oldest_at
FROM jobs GROUP BY kind;

-- name: done
SELECT kind, done FROM jobs_done;

-- name: parked
SELECT * FROM jobs WHERE state = 'parked' ORDER BY run_at DESC, job_id DESC LIMIT :limit;

-- name: wait_again
UPDATE files SET state = 'waiting', note = ''
WHERE state = 'quarantined'
    AND (file_id = :file_id OR document_id = (SELECT document_id FROM documents WHERE hash = :key));

-- name: pending
SELECT count(*) FROM jobs WHERE state IN ('queued', 'running');

-- name: pending_under
-- The one job of a document counts wherever a copy is.
WITH under AS (
    SELECT f.file_id, f.document_id FROM temp.roots AS r JOIN files AS f ON f.path >= r.low AND f.path < r.high)
SELECT count(*) FROM jobs WHERE state IN ('queued', 'running') AND (
    file_id IN (SELECT file_id FROM under)
    OR key IN (SELECT hash FROM documents WHERE document_id IN (SELECT document_id FROM under)));
