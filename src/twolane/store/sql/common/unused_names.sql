-- Spellings of correspondents that no document has any more. A document that gets one locks its row.

-- name: hold
-- A dialect with several writers at a time waits for those that are just giving it to a document.
SELECT name_id FROM correspondent_names WHERE name_id = :name_id;

-- name: unused
SELECT n.name_id, n.correspondent_id, n.home_id, n.name FROM correspondent_names AS n
WHERE n.name_id = :name_id
    AND NOT EXISTS (SELECT 1 FROM documents AS d WHERE d.correspondent_name_id = n.name_id);

-- name: drop_parted
DELETE FROM parted_names WHERE name_id = :name_id OR other_id = :name_id;

-- name: drop_name
DELETE FROM correspondent_names WHERE name_id = :name_id;

-- name: forget_shown
-- A merge may have chosen it as the one that is shown.
UPDATE correspondent_changes SET name = '' WHERE name = :name AND kind <> 'rename';

-- name: forget_reasons
UPDATE correspondent_changes SET reason = '' WHERE reason LIKE '%' || CAST(:name AS text) || '%';

-- name: other_name
SELECT name, folded_name FROM correspondent_names
WHERE correspondent_id = :correspondent_id OR home_id = :correspondent_id
ORDER BY CASE WHEN correspondent_id = :correspondent_id THEN 0 ELSE 1 END, name_id LIMIT 1;

-- name: drop_changes_parted
DELETE FROM parted_names WHERE change_id IN (
    SELECT change_id FROM correspondent_changes
    WHERE correspondent_id = :correspondent_id OR other_id = :correspondent_id);

-- name: drop_undone
DELETE FROM correspondent_changes WHERE undoes IN (
    SELECT change_id FROM correspondent_changes
    WHERE correspondent_id = :correspondent_id OR other_id = :correspondent_id);

-- name: drop_changes
DELETE FROM correspondent_changes
WHERE correspondent_id = :correspondent_id OR other_id = :correspondent_id;

-- name: drop_correspondent
DELETE FROM correspondents WHERE correspondent_id = :correspondent_id;

-- name: show
-- Where it was shown by the spelling that is gone.
UPDATE correspondents SET
    first_name = CASE WHEN first_name = :was THEN :name ELSE first_name END,
    folded_name = CASE WHEN name = :was THEN :folded_name ELSE folded_name END,
    name = CASE WHEN name = :was THEN :name ELSE name END
WHERE correspondent_id = :correspondent_id;
