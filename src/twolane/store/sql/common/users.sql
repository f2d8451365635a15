-- Users by their names, which stand in `owner`, `decided_by` and the like, and never change.

-- name: add
INSERT INTO users (name, folded_name, full_name, role, password, subject, settings, made_at)
VALUES (:name, :folded_name, :full_name, :role, :password, :subject, :settings, moment(:now))
ON CONFLICT DO NOTHING RETURNING *;

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
