-- Small texts by key.

-- name: recall_all
-- By its index: there is a key for each mail that is known.
SELECT key, value FROM memory WHERE key >= :prefix AND key < :prefix || char(1114111);
