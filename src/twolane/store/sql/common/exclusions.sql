-- What is never to come into the library.

-- name: hold
-- A dialect with several writers at a time lets nobody add one before the transaction ends.
SELECT 1 AS held;

-- name: lock
-- It waits there for the scans that hold them.
SELECT 1 AS locked;

-- name: all
SELECT exclusion_id, kind, value, excluded_by, excluded_at FROM exclusions ORDER BY kind, value;

-- name: mark
SELECT count(*) AS number, coalesce(max(exclusion_id), 0) AS newest FROM exclusions;

-- name: has
SELECT EXISTS (SELECT 1 FROM exclusions WHERE kind = :kind AND value = :value) AS excluded;

-- name: add
INSERT INTO exclusions (kind, value, excluded_by, excluded_at) VALUES (:kind, :value, :excluded_by, moment(:now))
ON CONFLICT (kind, value) DO NOTHING;

-- name: drop
DELETE FROM exclusions WHERE kind = :kind AND value = :value;
