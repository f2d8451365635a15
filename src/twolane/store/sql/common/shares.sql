-- Who sees what lies in folders and categories.

-- name: set
INSERT INTO shares (kind, place, audience, set_by, set_at) VALUES (:kind, :place, :audience, :set_by, moment(:now))
ON CONFLICT (kind, place) DO UPDATE SET
    audience = excluded.audience, set_by = excluded.set_by, set_at = excluded.set_at;

-- name: unset
DELETE FROM shares WHERE kind = :kind AND place = :place;

-- name: all
SELECT * FROM shares ORDER BY kind DESC, place;
