-- The views of the page that users keep.

-- name: save
INSERT INTO saved_views (user_name, name, view, query, made_at) VALUES (:user_name, :name, :view, :query, moment(:now))
ON CONFLICT (user_name, view, name) DO UPDATE SET query = excluded.query, made_at = excluded.made_at
RETURNING *;

-- name: of
SELECT * FROM saved_views WHERE user_name = :user_name ORDER BY view, name;

-- name: drop
DELETE FROM saved_views WHERE user_name = :user_name AND view_id = :view_id RETURNING *;

-- name: take_over
UPDATE saved_views SET user_name = :user_name WHERE user_name = '';
