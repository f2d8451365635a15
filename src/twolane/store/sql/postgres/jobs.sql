-- The queue. A running job whose lease has run out goes from hand to hand without being queued again, so that
-- a newer job for the same thing waits until this one is done or parked.

-- name: enqueue
INSERT INTO jobs (kind, key, file_id, priority, state, queued_at, run_at)
SELECT kind, key, file_id, priority, 'queued', moment(%(now)s::float8), moment(%(now)s::float8)
FROM unnest(%(kinds)s::text[], %(keys)s::text[], %(file_ids)s::bigint[], %(priorities)s::bigint[])
    AS n (kind, key, file_id, priority)
ON CONFLICT (kind, key, state) DO UPDATE SET
    priority = greatest(jobs.priority, excluded.priority), run_at = least(jobs.run_at, excluded.run_at)
RETURNING job_id, kind;

-- name: forget_parked
DELETE FROM jobs USING unnest(%(kinds)s::text[], %(keys)s::text[]) AS n (kind, key)
WHERE jobs.kind = n.kind AND jobs.key = n.key AND jobs.state = 'parked';

-- name: claim
-- The best candidates are looked up without a lock, and the best of these that nobody else is claiming is
-- taken: locking within each kind would hide jobs from other workers that are not taken in the end. More
-- candidates than workers claim in the same instant, so that none comes away empty.
-- A server that crashes may forget a claim of its last half second: the job is queued as before, and whoever
-- had claimed it finds its lease lost. So a claim need not wait for the disk.
WITH candidates AS MATERIALIZED (
    SELECT c.job_id FROM unnest(%(kinds)s::text[]) AS k (kind) CROSS JOIN LATERAL (
        (SELECT j.job_id FROM jobs AS j
         WHERE j.state = 'queued' AND j.kind = k.kind AND j.run_at <= moment(%(now)s::float8)
            AND NOT EXISTS (
                SELECT 1 FROM jobs AS r WHERE r.kind = j.kind AND r.key = j.key AND r.state = 'running')
         ORDER BY j.priority DESC, j.job_id LIMIT 64)
        UNION ALL
        (SELECT j.job_id FROM jobs AS j
         WHERE j.state = 'running' AND j.kind = k.kind AND j.lease_until < moment(%(now)s::float8)
         ORDER BY j.priority DESC, j.job_id LIMIT 64)) AS c),
best AS MATERIALIZED (
    SELECT job_id, state FROM jobs
    WHERE job_id IN (SELECT job_id FROM candidates)
        AND ((state = 'queued' AND run_at <= moment(%(now)s::float8))
            OR (state = 'running' AND lease_until < moment(%(now)s::float8)))
    ORDER BY priority DESC, job_id LIMIT 1 FOR UPDATE SKIP LOCKED)
UPDATE jobs SET
    state = 'running', attempts = attempts + 1, suspect = jobs.suspect OR best.state = 'running',
    lease = %(lease)s, lease_until = moment(%(now)s::float8) + %(lease_s)s::float8, worker = %(worker)s
FROM best WHERE jobs.job_id = best.job_id
RETURNING jobs.*, set_config('synchronous_commit', 'off', true);

-- name: used_up
SELECT * FROM jobs
WHERE state = 'running' AND lease_until < moment(%(now)s::float8) AND attempts >= %(max_attempts)s
FOR UPDATE SKIP LOCKED;

-- name: forget_other_parked
DELETE FROM jobs AS other USING jobs AS this
WHERE this.job_id = %(job_id)s AND other.kind = this.kind AND other.key = this.key
    AND other.state = 'parked' AND other.job_id <> this.job_id;

-- name: park
UPDATE jobs SET
    state = 'parked', error = %(error)s, run_at = moment(%(now)s::float8), lease = '', lease_until = 0, worker = ''
WHERE job_id = %(job_id)s;

-- name: quarantine
-- Copies wait for the one job of their document.
WITH spoilt AS MATERIALIZED (
    SELECT file_id FROM files
    WHERE (file_id = %(file_id)s AND state NOT IN ('gone', 'skipped'))
        OR (document_id = (SELECT document_id FROM documents WHERE hash = %(key)s) AND state = 'waiting')
    ORDER BY path FOR UPDATE)
UPDATE files SET state = 'quarantined', note = %(error)s FROM spoilt WHERE files.file_id = spoilt.file_id;

-- name: forget_document
-- What was queued for content that is no more would find nothing.
DELETE FROM jobs
WHERE state <> 'running' AND key = (SELECT hash FROM documents WHERE document_id = %(document_id)s);

-- name: heartbeat
UPDATE jobs SET lease_until = moment(%(now)s::float8) + %(lease_s)s::float8
WHERE job_id = %(job_id)s AND lease = %(lease)s AND state = 'running'
RETURNING set_config('synchronous_commit', 'off', true);

-- name: held
SELECT * FROM jobs WHERE job_id = %(job_id)s AND lease = %(lease)s AND state = 'running' FOR UPDATE;

-- name: delete
DELETE FROM jobs WHERE job_id = %(job_id)s;

-- name: done_with
WITH ended AS (DELETE FROM jobs WHERE job_id = %(job_id)s RETURNING kind)
INSERT INTO jobs_done AS d (kind, shard, done) SELECT kind, mod(pg_backend_pid(), 16), 1 FROM ended
ON CONFLICT (kind, shard) DO UPDATE SET done = d.done + 1;

-- name: requeue
-- Where a newer job for the same thing is queued already, that one takes over.
INSERT INTO jobs (job_id, kind, key, file_id, priority, state, attempts, suspect, queued_at, run_at, error)
VALUES (:job_id, :kind, :key, :file_id, :priority, 'queued', :attempts, :suspect, :queued_at,
    coalesce(:run_at::float8, moment(:now::float8) + :delay_s::float8), :error)
ON CONFLICT (kind, key, state) DO NOTHING;

-- name: counts
SELECT kind,
    count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'running') AS running,
    count(*) FILTER (WHERE state = 'parked') AS parked,
    min(queued_at) FILTER (WHERE state <> 'parked') AS oldest_at
FROM jobs GROUP BY kind;

-- name: now
SELECT moment(%(now)s::float8) AS now;

-- name: done
SELECT kind, sum(done)::bigint AS done FROM jobs_done GROUP BY kind;

-- name: parked
SELECT * FROM jobs WHERE state = 'parked' ORDER BY run_at DESC, job_id DESC LIMIT %(limit)s::bigint;

-- name: lock_parked
SELECT * FROM jobs WHERE state = 'parked' ORDER BY job_id FOR UPDATE;

-- name: wait_again
UPDATE files SET state = 'waiting', note = ''
WHERE state = 'quarantined' AND (file_id = %(file_id)s
    OR document_id = (SELECT document_id FROM documents WHERE hash = %(key)s));

-- name: pending
SELECT count(*) AS number FROM jobs WHERE state IN ('queued', 'running');

-- name: pending_under
-- The one job of a document counts wherever a copy is.
WITH under AS MATERIALIZED (
    SELECT f.file_id, f.document_id FROM unnest(%(lows)s::bytea[], %(highs)s::bytea[]) AS r (low, high)
    JOIN files AS f ON f.path >= r.low AND f.path < r.high)
SELECT count(*) AS number FROM jobs WHERE state IN ('queued', 'running') AND (
    file_id IN (SELECT file_id FROM under)
    OR key IN (SELECT hash FROM documents WHERE document_id IN (SELECT document_id FROM under)));
