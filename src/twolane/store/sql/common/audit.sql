-- What everybody did.

-- name: add
INSERT INTO audit (at, user_name, means, sender, act, target, file_id, outcome, detail)
VALUES (CASE WHEN :at > 0 THEN :at ELSE moment(:now) END,
    :user_name, :means, :sender, :act, :target, :file_id, :outcome, :detail);

-- name: purge
DELETE FROM audit WHERE at < moment(:now) - :older_than_s;
