-- The queue. A running job whose lease has run out is claimed again without being queued again, so that a newer
-- job for the same thing waits until this one is done or parked.

-- name: enqueue
INSERT INTO jobs (kind, key, file_id, priority, state, queued_at, run_at)
VALUES (:kind, :key, :file_id, :priority, 'queued', :now, :now)
ON CONFLICT (kind, key, state) DO UPDATE SET
    priority = max(priority, excluded.priority), run_at = min(run_at, excluded.run_at)
RETURNING job_id, kind;

-- name: claim
-- The best job decides of which kind and priority the others are; a suspect has none beside it. Of what is due, one
-- thread takes its share.
UPDATE jobs SET
    state = 'running', attempts = attempts + 1, suspect = max(suspect, state = 'running'),
    lease = :lease || job_id, lease_until = :now + :lease_s, worker = :worker
WHERE job_id IN (
    WITH best AS MATERIALIZED (
        SELECT candidate.job_id, candidate.kind, candidate.priority,
            candidate.suspect OR candidate.state = 'running' AS alone
        FROM json_each(:kinds) AS k JOIN jobs AS candidate ON candidate.job_id IN (
            (SELECT j.job_id FROM jobs AS j
             WHERE j.state = 'queued' AND j.kind = k.value AND j.run_at <= :now
                AND NOT EXISTS (SELECT 1 FROM jobs AS r WHERE r.kind = j.kind AND r.key = j.key AND r.state = 'running')
             ORDER BY j.priority DESC, j.job_id LIMIT 1),
            (SELECT j.job_id FROM jobs AS j
             WHERE j.state = 'running' AND j.kind = k.value AND j.lease_until < :now AND j.attempts < :max_attempts
             ORDER BY j.priority DESC, j.job_id LIMIT 1))
        ORDER BY candidate.priority DESC, candidate.job_id LIMIT 1),
    due AS MATERIALIZED (
        SELECT j.job_id FROM best CROSS JOIN jobs AS j
        WHERE :limit > 1 AND NOT best.alone
            AND j.state = 'queued' AND j.kind = best.kind AND j.priority = best.priority
            AND NOT j.suspect AND j.run_at <= :now
            AND NOT EXISTS (SELECT 1 FROM jobs AS r WHERE r.kind = j.kind AND r.key = j.key AND r.state = 'running')
        ORDER BY j.job_id LIMIT :limit * :among)
    SELECT job_id FROM best
    UNION
    SELECT job_id FROM (
        SELECT job_id FROM due ORDER BY job_id LIMIT (SELECT (count(*) + :among - 1) / :among FROM due)));
-- Beside what was claimed: what has used up its attempts, and whether more is due. The index is named, since a planner
-- that chooses another reads all jobs: 55 ms at 60,000.
SELECT j.*, j.lease_until < :now AS used_up, m.more
FROM (SELECT EXISTS (
        SELECT 1 FROM json_each(:kinds) AS k
        WHERE EXISTS (
            SELECT 1 FROM jobs AS o INDEXED BY jobs_next
            WHERE o.state = 'queued' AND o.kind = k.value AND o.run_at <= :now AND NOT EXISTS (
                SELECT 1 FROM jobs AS r WHERE r.kind = o.kind AND r.key = o.key AND r.state = 'running'))
        OR EXISTS (
            SELECT 1 FROM jobs AS o INDEXED BY jobs_next
            WHERE o.state = 'running' AND o.kind = k.value AND o.lease_until < :now
                AND o.attempts < :max_attempts)) AS more) AS m
LEFT JOIN jobs AS j INDEXED BY jobs_next ON j.state = 'running' AND (
    substr(j.lease, 1, 32) = :lease OR (j.lease_until < :now AND j.attempts >= :max_attempts));

-- name: held
SELECT lease FROM jobs
WHERE job_id IN (SELECT value FROM json_each(:ids)) AND lease IN (SELECT value FROM json_each(:leases))
    AND state = 'running';

-- name: hold
SELECT * FROM jobs
WHERE job_id IN (SELECT value FROM json_each(:ids)) AND lease IN (SELECT value FROM json_each(:leases))
    AND state = 'running';

-- name: heartbeat
UPDATE jobs SET lease_until = :now + :lease_s
WHERE job_id IN (SELECT value FROM json_each(:ids)) AND lease IN (SELECT value FROM json_each(:leases))
    AND state = 'running';

-- name: pending
SELECT count(*) FILTER (WHERE kind NOT IN (SELECT value FROM json_each(:later))) AS jobs,
    count(*) FILTER (WHERE kind IN (SELECT value FROM json_each(:later))) AS later
FROM jobs WHERE state IN ('queued', 'running');

-- name: pending_under
-- A document's one job counts wherever a copy is.
WITH under AS (
    SELECT f.file_id, f.document_id FROM temp.roots AS r JOIN files AS f ON f.path >= r.low AND f.path < r.high)
SELECT count(*) FILTER (WHERE kind NOT IN (SELECT value FROM json_each(:later))) AS jobs,
    count(*) FILTER (WHERE kind IN (SELECT value FROM json_each(:later))) AS later
FROM jobs WHERE state IN ('queued', 'running') AND (
    file_id IN (SELECT file_id FROM under)
    OR key IN (SELECT hash FROM documents WHERE document_id IN (SELECT document_id FROM under)));

-- name: end
INSERT INTO jobs_done (kind, done)
SELECT kind, count(*) FROM jobs WHERE job_id IN (SELECT value FROM json_each(:ids)) GROUP BY kind
ON CONFLICT (kind) DO UPDATE SET done = done + excluded.done;
DELETE FROM jobs WHERE job_id IN (SELECT value FROM json_each(:ids));
