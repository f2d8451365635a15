-- Tokens: keys of scanners, phones and other programs.

-- name: all
SELECT * FROM tokens ORDER BY name, made_at DESC, token_id;

-- name: revoke
UPDATE tokens SET revoked_at = moment(:now) WHERE name = :name AND revoked_at = 0 RETURNING *;

-- name: add
INSERT INTO tokens (token_id, name, digest, rights, made_at, ends_at)
VALUES (:token_id, :name, :digest, :rights, moment(:now), :ends_at)
ON CONFLICT (name) WHERE revoked_at = 0 DO NOTHING RETURNING *;

-- name: by_digest
SELECT *, ends_at > 0 AND ends_at <= moment(:now) AS has_ended, abs(used_at - moment(:now)) < :lately_s AS used_lately
FROM tokens WHERE digest = :digest;

-- name: use
UPDATE tokens SET used_at = moment(:now) WHERE token_id = :token_id;
