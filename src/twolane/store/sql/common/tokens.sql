-- Tokens: keys of scanners, phones and other programs.

-- name: all
SELECT * FROM tokens ORDER BY name, made_at DESC, token_id;

-- name: revoke
UPDATE tokens SET revoked_at = moment(:now) WHERE name = :name AND revoked_at = 0 RETURNING *;

-- name: add
INSERT INTO tokens (token_id, name, digest, rights, made_at, ends_at, user_name)
VALUES (:token_id, :name, :digest, :rights, moment(:now), :ends_at, :user_name)
ON CONFLICT (name) WHERE revoked_at = 0 DO NOTHING RETURNING *;

-- name: by_digest
-- A user's ends with the user.
SELECT t.*, u.role, abs(t.used_at - moment(:now)) < :lately_s AS used_lately,
    (t.ends_at > 0 AND t.ends_at <= moment(:now))
        OR (t.user_name <> '' AND (u.name IS NULL OR u.disabled_at > 0)) AS has_ended
FROM tokens AS t LEFT JOIN users AS u ON u.name = t.user_name AND t.user_name <> '' WHERE t.digest = :digest;

-- name: use
UPDATE tokens SET used_at = moment(:now) WHERE token_id = :token_id;
