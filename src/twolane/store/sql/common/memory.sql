-- Small texts by key.

-- name: remember
INSERT INTO memory (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: forget
DELETE FROM memory WHERE key = :key;

-- name: recall
SELECT value FROM memory WHERE key = :key;

-- name: recall_all
SELECT key, value FROM memory WHERE substr(key, 1, length(CAST(:prefix AS text))) = CAST(:prefix AS text);
