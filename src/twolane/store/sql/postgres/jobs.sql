-- The queue. A running job whose lease has run out is claimed again without being queued again, so that a newer
-- job for the same thing waits until this one is done or parked.

-- name: enqueue
-- In one order, so that two transactions that queue the same jobs never wait for each other.
INSERT INTO jobs (kind, key, file_id, priority, state, queued_at, run_at)
SELECT kind, key, file_id, priority, 'queued', moment(:now::float8), moment(:now::float8)
FROM unnest(:kind::text[], :key::text[], :file_id::bigint[], :priority::bigint[])
    AS n (kind, key, file_id, priority)
ORDER BY kind, key
ON CONFLICT (kind, key, state) DO UPDATE SET
    priority = greatest(jobs.priority, excluded.priority), run_at = least(jobs.run_at, excluded.run_at)
RETURNING job_id, kind;

-- name: forget_parked
DELETE FROM jobs USING unnest(:kind::text[], :key::text[]) AS n (kind, key)
WHERE jobs.kind = n.kind AND jobs.key = n.key AND jobs.state = 'parked';

-- name: claim
-- The best candidates are read without a lock, and the best of these that no other worker is claiming is taken:
-- locks within each kind would hide jobs from other workers that are not taken in the end. There are more
-- candidates than workers that claim at the same instant, so that each finds one.
-- A claim need not wait for the disk: where a server crashes and loses the claims of its last half second, their
-- jobs are queued as before, and the workers that had claimed them find their leases lost.
WITH candidates AS MATERIALIZED (
    SELECT c.job_id FROM unnest(:kinds::text[]) AS k (kind) CROSS JOIN LATERAL (
        (SELECT j.job_id FROM jobs AS j
         WHERE j.state = 'queued' AND j.kind = k.kind AND j.run_at <= moment(:now::float8)
            AND NOT EXISTS (
                SELECT 1 FROM jobs AS r WHERE r.kind = j.kind AND r.key = j.key AND r.state = 'running')
         ORDER BY j.priority DESC, j.job_id LIMIT 64)
        UNION ALL
        (SELECT j.job_id FROM jobs AS j
         WHERE j.state = 'running' AND j.kind = k.kind AND j.lease_until < moment(:now::float8)
         ORDER BY j.priority DESC, j.job_id LIMIT 64)) AS c),
best AS MATERIALIZED (
    SELECT job_id, state FROM jobs
    WHERE job_id IN (SELECT job_id FROM candidates)
        AND ((state = 'queued' AND run_at <= moment(:now::float8))
            OR (state = 'running' AND lease_until < moment(:now::float8)))
    ORDER BY priority DESC, job_id LIMIT 1 FOR UPDATE SKIP LOCKED)
UPDATE jobs SET
    state = 'running', attempts = attempts + 1, suspect = jobs.suspect OR best.state = 'running',
    lease = :lease, lease_until = moment(:now::float8) + :lease_s::float8, worker = :worker
FROM best WHERE jobs.job_id = best.job_id
RETURNING jobs.*, set_config('synchronous_commit', 'off', true);

-- name: used_up
SELECT * FROM jobs
WHERE state = 'running' AND lease_until < moment(:now::float8) AND attempts >= :max_attempts
FOR UPDATE SKIP LOCKED;

-- name: quarantine
-- Copies that wait for their document's one job are quarantined too.
WITH spoilt AS MATERIALIZED (
    SELECT file_id FROM files
    WHERE (file_id = :file_id AND state NOT IN ('gone', 'skipped'))
        OR (document_id = (SELECT document_id FROM documents WHERE hash = :key) AND state = 'waiting')
    ORDER BY path FOR UPDATE)
UPDATE files SET state = 'quarantined', note = :error FROM spoilt WHERE files.file_id = spoilt.file_id;

-- name: heartbeat
UPDATE jobs SET lease_until = moment(:now::float8) + :lease_s::float8
WHERE job_id = :job_id AND lease = :lease AND state = 'running'
RETURNING set_config('synchronous_commit', 'off', true);

-- name: held
SELECT * FROM jobs WHERE job_id = :job_id AND lease = :lease AND state = 'running' FOR UPDATE;

-- name: pending_under
-- A document's one job counts wherever a copy is.
WITH under AS MATERIALIZED (
    SELECT f.file_id, f.document_id FROM unnest(:lows::bytea[], :highs::bytea[]) AS r (low, high)
    JOIN files AS f ON f.path >= r.low AND f.path < r.high)
SELECT count(*) AS number FROM jobs WHERE state IN ('queued', 'running') AND (
    file_id IN (SELECT file_id FROM under)
    OR key IN (SELECT hash FROM documents WHERE document_id IN (SELECT document_id FROM under)));

-- name: all_parked
SELECT * FROM jobs WHERE state = 'parked' ORDER BY job_id FOR UPDATE;

-- name: end
WITH ended AS (DELETE FROM jobs WHERE job_id = :job_id RETURNING kind)
INSERT INTO jobs_done AS d (kind, shard, done) SELECT kind, mod(pg_backend_pid(), 16), 1 FROM ended
ON CONFLICT (kind, shard) DO UPDATE SET done = d.done + 1;
