-- Users by their names, which stand in `owner`, `decided_by` and the like, and never change.

-- name: add
INSERT INTO users (name, folded_name, full_name, role, password, subject, settings, made_at)
VALUES (:name, :folded_name, :full_name, :role, :password, :subject, :settings, moment(:now))
ON CONFLICT DO NOTHING RETURNING *;

-- name: was_removed
SELECT count(*) AS removed FROM removed_users
WHERE folded_name = :folded_name OR (subject <> '' AND subject = :subject);

-- name: leaves
-- Files that are gone count, too: they may come back. Shares are looked at one by one.
SELECT
    (SELECT count(*) FROM files WHERE owner = u.name) AS files,
    (SELECT count(*) FROM conversations WHERE owner = u.name) AS conversations,
    (SELECT count(*) FROM saved_views WHERE user_name = u.name) AS views,
    (SELECT count(*) FROM tokens WHERE user_name = u.name AND revoked_at = 0) AS tokens,
    (SELECT count(*) FROM passkeys WHERE user_name = u.name) AS passkeys,
    (SELECT count(*) FROM sign_ins WHERE user_name = u.name AND ended_at = 0 AND ends_at > moment(:now)) AS sign_ins,
    (SELECT count(*) FROM group_members WHERE user_name = u.name) AS groups
FROM users AS u WHERE u.name = :name;

-- name: give_files
UPDATE files SET owner = :heir WHERE owner = :name;

-- name: give_removals
UPDATE removals SET owner = :heir WHERE owner = :name;

-- name: forget_conversations
DELETE FROM conversations WHERE owner = :name;

-- name: forget_views
DELETE FROM saved_views WHERE user_name = :name;

-- name: forget_usage
DELETE FROM usage WHERE user_name = :name;

-- name: forget_sign_ins
DELETE FROM sign_ins WHERE user_name = :name;

-- name: revoke_tokens
UPDATE tokens SET revoked_at = moment(:now) WHERE user_name = :name AND revoked_at = 0;

-- name: note_removed
INSERT INTO removed_users (name, folded_name, subject, removed_by, removed_at)
SELECT name, folded_name, subject, CAST(:removed_by AS text), moment(:now) FROM users WHERE name = :name;

-- name: remove
-- Groups and passkeys go along.
DELETE FROM users WHERE name = :name RETURNING *;

-- name: all
SELECT * FROM users ORDER BY folded_name;

-- name: any
SELECT EXISTS (SELECT 1 FROM users) AS found;

-- name: by_name
SELECT * FROM users WHERE folded_name = :folded_name;

-- name: by_subject
SELECT * FROM users WHERE subject = :subject AND subject <> '';

-- name: same_subject
SELECT count(*) AS others FROM users WHERE subject = :subject AND subject <> '' AND folded_name <> :folded_name;

-- name: lock
-- A dialect with several writers at a time lets one of them change users.
SELECT 1;

-- name: change
UPDATE users SET role = :role, full_name = :full_name, password = :password, subject = :subject, settings = :settings
WHERE folded_name = :folded_name RETURNING *;

-- name: disable
UPDATE users SET disabled_at = CASE WHEN disabled_at > 0 THEN disabled_at ELSE moment(:now) END
WHERE folded_name = :folded_name RETURNING *;

-- name: enable
UPDATE users SET disabled_at = 0 WHERE folded_name = :folded_name RETURNING *;

-- name: managers
SELECT count(*) AS managers FROM users WHERE role = :role AND disabled_at = 0;

-- name: note_seen
UPDATE users SET seen_at = moment(:now) WHERE name = :name;
