-- Who is signed in, by the digests of the secrets in cookies.

-- name: begin
INSERT INTO sign_ins (sign_in_id, digest, user_name, method, sender, agent, began_at, used_at, ends_at)
VALUES (:sign_in_id, :digest, :user_name, :method, :sender, :agent, moment(:now), moment(:now), moment(:now) + :lasting_s)
RETURNING *;

-- name: by_digest
-- Nobody's, of a library without users, end with the first user that is made.
SELECT s.*, s.used_at < moment(:now) - 60 AS was_used_before FROM sign_ins AS s
WHERE s.digest = :digest AND s.ended_at = 0 AND s.ends_at > moment(:now) AND CASE WHEN s.user_name = ''
    THEN NOT EXISTS (SELECT 1 FROM users)
    ELSE EXISTS (SELECT 1 FROM users AS u WHERE u.name = s.user_name AND u.disabled_at = 0) END;

-- name: use
UPDATE sign_ins SET used_at = moment(:now) WHERE sign_in_id = :sign_in_id;

-- name: of
SELECT * FROM sign_ins WHERE user_name = :user_name AND ended_at = 0 AND ends_at > moment(:now)
ORDER BY used_at DESC, sign_in_id;

-- name: end
UPDATE sign_ins SET ended_at = moment(:now)
WHERE sign_in_id = :sign_in_id AND user_name = :user_name AND ended_at = 0;

-- name: end_all
UPDATE sign_ins SET ended_at = moment(:now)
WHERE user_name = :user_name AND ended_at = 0 AND sign_in_id <> :but;

-- name: purge
DELETE FROM sign_ins WHERE CASE WHEN ended_at > 0 THEN ended_at ELSE ends_at END < moment(:now) - :older_than_s;
