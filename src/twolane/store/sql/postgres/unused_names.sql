-- Spellings of correspondents that no document has any more.

-- name: hold
SELECT name_id FROM correspondent_names WHERE name_id = :name_id FOR UPDATE;
