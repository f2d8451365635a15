-- The passkeys of users.

-- name: add
INSERT INTO passkeys (credential_id, user_name, name, public_key, sign_count, made_at)
VALUES (:credential_id, :user_name, :name, :public_key, :sign_count, moment(:now))
ON CONFLICT (credential_id) DO NOTHING RETURNING *;

-- name: of
SELECT * FROM passkeys WHERE user_name = :user_name ORDER BY made_at, credential_id;

-- name: by_id
SELECT * FROM passkeys WHERE credential_id = :credential_id;

-- name: use
UPDATE passkeys SET sign_count = :sign_count, used_at = moment(:now), challenged_at = :challenged_at
WHERE credential_id = :credential_id AND challenged_at < :challenged_at;

-- name: make_key
INSERT INTO memory (key, value) VALUES ('key of challenges', :value) ON CONFLICT (key) DO NOTHING;

-- name: key
SELECT value FROM memory WHERE key = 'key of challenges';

-- name: drop
DELETE FROM passkeys WHERE credential_id = :credential_id AND user_name = :user_name;
