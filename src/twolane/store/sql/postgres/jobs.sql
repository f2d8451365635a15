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
-- The best job that is due says of which kind the others are. Then rows are locked in the order of an index, so that
-- as few are read as are taken, and those that other workers are claiming are passed over. Only jobs of the best
-- one's priority go with it, and none goes with a suspect; of what is due, one thread takes its share. Whether the
-- same thing is being done already is counted for each job, since a join reads the kind's whole index until the
-- server has statistics.
-- A claim need not wait for the disk: where a server crashes and loses the claims of its last half second, their
-- jobs are queued as before, and the workers that had claimed them find their leases lost.
WITH due AS MATERIALIZED (
    SELECT c.* FROM unnest(:kinds::text[]) AS k (kind) CROSS JOIN LATERAL (
        (SELECT j.job_id, j.kind, j.priority FROM jobs AS j
         WHERE j.state = 'queued' AND j.kind = k.kind AND j.run_at <= moment(:now::float8)
            AND (SELECT count(*) FROM jobs AS r WHERE r.kind = j.kind AND r.key = j.key AND r.state = 'running') = 0
         ORDER BY j.priority DESC, j.job_id LIMIT 1)
        UNION ALL
        (SELECT j.job_id, j.kind, j.priority FROM jobs AS j
         WHERE j.state = 'running' AND j.kind = k.kind AND j.lease_until < moment(:now::float8)
            AND j.attempts < :max_attempts
         ORDER BY j.priority DESC, j.job_id LIMIT 1)) AS c
    ORDER BY c.priority DESC, c.job_id LIMIT 1),
overdue AS MATERIALIZED (
    SELECT job_id, priority FROM jobs
    WHERE state = 'running' AND kind = (SELECT kind FROM due) AND lease_until < moment(:now::float8)
        AND attempts < :max_attempts
    ORDER BY priority DESC, job_id LIMIT 1 FOR UPDATE SKIP LOCKED),
queued AS MATERIALIZED (
    SELECT j.job_id, j.priority, j.suspect FROM jobs AS j
    WHERE j.state = 'queued' AND j.kind = (SELECT kind FROM due) AND j.run_at <= moment(:now::float8)
        AND (SELECT count(*) FROM jobs AS r WHERE r.kind = j.kind AND r.key = j.key AND r.state = 'running') = 0
    ORDER BY j.priority DESC, j.job_id LIMIT :limit FOR UPDATE OF j SKIP LOCKED),
best AS MATERIALIZED (
    SELECT job_id, priority, alone
    FROM (SELECT job_id, priority, TRUE AS alone FROM overdue UNION ALL SELECT * FROM queued) AS c
    ORDER BY priority DESC, job_id LIMIT 1),
share AS MATERIALIZED (
    SELECT (count(*) + :among - 1) / :among AS jobs FROM (
        SELECT FROM jobs AS j
        WHERE :limit > 1 AND j.state = 'queued' AND j.kind = (SELECT kind FROM due)
            AND j.priority = (SELECT priority FROM best) AND j.run_at <= moment(:now::float8)
        LIMIT :limit * :among) AS c),
taken AS MATERIALIZED (
    SELECT job_id FROM best
    UNION
    (SELECT q.job_id FROM queued AS q JOIN best AS b ON q.priority = b.priority AND NOT b.alone
     WHERE NOT q.suspect ORDER BY q.job_id LIMIT (SELECT jobs FROM share))),
claimed AS (
    UPDATE jobs SET
        state = 'running', attempts = attempts + 1, suspect = jobs.suspect OR jobs.state = 'running',
        lease = :lease::text || jobs.job_id, lease_until = moment(:now::float8) + :lease_s::float8, worker = :worker
    WHERE job_id IN (SELECT job_id FROM taken)
    RETURNING *),
used_up AS MATERIALIZED (
    SELECT * FROM jobs
    WHERE state = 'running' AND lease_until < moment(:now::float8) AND attempts >= :max_attempts
    FOR UPDATE SKIP LOCKED)
SELECT j.*, m.more, set_config('synchronous_commit', 'off', true)
FROM (SELECT EXISTS (
        SELECT FROM unnest(:kinds::text[]) AS k (kind) CROSS JOIN LATERAL (
            (SELECT j.job_id FROM jobs AS j
             WHERE j.state = 'queued' AND j.kind = k.kind AND j.run_at <= moment(:now::float8)
                AND j.job_id NOT IN (SELECT job_id FROM taken) AND (
                    SELECT count(*) FROM jobs AS r
                    WHERE r.kind = j.kind AND r.key = j.key AND r.state = 'running') = 0
             ORDER BY j.priority DESC, j.job_id LIMIT 1)
            UNION ALL
            (SELECT j.job_id FROM jobs AS j
             WHERE j.state = 'running' AND j.kind = k.kind AND j.lease_until < moment(:now::float8)
                AND j.attempts < :max_attempts AND j.job_id NOT IN (SELECT job_id FROM taken) LIMIT 1)) AS c
    ) AS more) AS m
LEFT JOIN (
    SELECT *, FALSE AS used_up FROM claimed UNION ALL SELECT *, TRUE FROM used_up) AS j ON TRUE;

-- name: held
SELECT lease FROM jobs
WHERE job_id = ANY(:ids::bigint[]) AND lease = ANY(:leases::text[]) AND state = 'running';

-- name: hold
SELECT * FROM jobs
WHERE job_id = ANY(:ids::bigint[]) AND lease = ANY(:leases::text[]) AND state = 'running'
ORDER BY job_id FOR UPDATE;

-- name: quarantine
-- Copies that wait for their document's one job are quarantined too.
WITH spoilt AS MATERIALIZED (
    SELECT file_id FROM files
    WHERE (file_id = :file_id AND state NOT IN ('gone', 'skipped'))
        OR (document_id = (SELECT document_id FROM documents WHERE hash = :key) AND state = 'waiting')
    ORDER BY path FOR UPDATE)
UPDATE files SET state = 'quarantined', note = :error FROM spoilt WHERE files.file_id = spoilt.file_id;

-- name: heartbeat
-- A job that is being ended is passed over: two transactions that wait for each other's jobs would fail.
WITH leased AS MATERIALIZED (
    SELECT job_id FROM jobs
    WHERE job_id = ANY(:ids::bigint[]) AND lease = ANY(:leases::text[]) AND state = 'running'
    FOR UPDATE SKIP LOCKED)
UPDATE jobs SET lease_until = moment(:now::float8) + :lease_s::float8
FROM leased WHERE jobs.job_id = leased.job_id
RETURNING set_config('synchronous_commit', 'off', true);

-- name: pending
SELECT count(*) FILTER (WHERE kind <> ALL(:later::text[])) AS jobs,
    count(*) FILTER (WHERE kind = ANY(:later::text[])) AS later
FROM jobs WHERE state IN ('queued', 'running');

-- name: pending_under
-- A document's one job counts wherever a copy is.
WITH under AS MATERIALIZED (
    SELECT f.file_id, f.document_id FROM unnest(:lows::bytea[], :highs::bytea[]) AS r (low, high)
    JOIN files AS f ON f.path >= r.low AND f.path < r.high)
SELECT count(*) FILTER (WHERE kind <> ALL(:later::text[])) AS jobs,
    count(*) FILTER (WHERE kind = ANY(:later::text[])) AS later
FROM jobs WHERE state IN ('queued', 'running') AND (
    file_id IN (SELECT file_id FROM under)
    OR key IN (SELECT hash FROM documents WHERE document_id IN (SELECT document_id FROM under)));

-- name: all_parked
SELECT * FROM jobs WHERE state = 'parked' ORDER BY job_id FOR UPDATE;

-- name: end
WITH ended AS (DELETE FROM jobs WHERE job_id = ANY(:ids::bigint[]) RETURNING kind)
INSERT INTO jobs_done AS d (kind, shard, done)
SELECT kind, mod(pg_backend_pid(), 16), count(*) FROM ended GROUP BY kind ORDER BY kind
ON CONFLICT (kind, shard) DO UPDATE SET done = d.done + excluded.done;
