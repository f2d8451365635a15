-- The queue. A running job whose lease has run out is claimed again without being queued again, so that a newer
-- job for the same thing waits until this one is done or parked.

-- name: forget_document
-- Jobs for content that no longer exists would find nothing.
DELETE FROM jobs WHERE state <> 'running' AND key = (SELECT hash FROM documents WHERE document_id = :document_id);

-- name: delete
DELETE FROM jobs WHERE job_id = :job_id;

-- name: wait_again
UPDATE files SET state = 'waiting', note = ''
WHERE state = 'quarantined'
    AND (file_id = :file_id OR document_id = (SELECT document_id FROM documents WHERE hash = :key));

-- name: quarantine
-- Copies that wait for their document's one job are quarantined too.
UPDATE files SET state = 'quarantined', note = :error
WHERE (file_id = :file_id AND state NOT IN ('gone', 'skipped'))
    OR (document_id = (SELECT document_id FROM documents WHERE hash = :key) AND state = 'waiting');

-- name: requeue
-- Where a newer job for the same thing is queued already, that one replaces this.
INSERT INTO jobs (job_id, kind, key, file_id, priority, state, attempts, suspect, queued_at, run_at, error)
VALUES (:job_id, :kind, :key, :file_id, :priority, 'queued', :attempts, :suspect, :queued_at,
    coalesce(CAST(:run_at AS double precision), moment(:now) + :delay_s), :error)
ON CONFLICT (kind, key, state) DO NOTHING;

-- name: forget_other_parked
DELETE FROM jobs
WHERE state = 'parked' AND job_id <> :job_id
    AND (kind, key) = (SELECT this.kind, this.key FROM jobs AS this WHERE this.job_id = :job_id);

-- name: park
UPDATE jobs SET
    state = 'parked', error = :error, run_at = moment(:now), lease = '', lease_until = 0, worker = ''
WHERE job_id = :job_id;

-- name: counts
SELECT kind,
    count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'running') AS running,
    count(*) FILTER (WHERE state = 'parked') AS parked,
    min(queued_at) FILTER (WHERE state <> 'parked') AS oldest_at
FROM jobs GROUP BY kind;

-- name: far
-- What waits for a time that no delay and no lease reaches: the clock was ahead when it was set.
SELECT count(*) AS jobs,
    coalesce(max(CASE state WHEN 'queued' THEN run_at ELSE lease_until END) - moment(:now), 0) AS ahead_s
FROM jobs
WHERE (state = 'queued' AND run_at > moment(:now) + :delay_s)
    OR (state = 'running' AND lease_until > moment(:now) + :lease_s);

-- name: bring_near
UPDATE jobs SET
    run_at = CASE state WHEN 'queued' THEN moment(:now) ELSE run_at END,
    lease_until = CASE state WHEN 'running' THEN moment(:now) ELSE lease_until END
WHERE (state = 'queued' AND run_at > moment(:now) + :delay_s)
    OR (state = 'running' AND lease_until > moment(:now) + :lease_s);

-- name: now
SELECT moment(:now) AS now;

-- name: done
SELECT kind, CAST(sum(done) AS bigint) AS done FROM jobs_done GROUP BY kind;

-- name: parked
SELECT * FROM jobs WHERE state = 'parked' ORDER BY run_at DESC, job_id DESC LIMIT :limit;

-- name: all_parked
SELECT * FROM jobs WHERE state = 'parked' ORDER BY job_id;

-- name: forget_parked
DELETE FROM jobs WHERE kind = :kind AND key = :key AND state = 'parked';
