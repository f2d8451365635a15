-- Whom documents are from, by the spellings of their names, and what was changed about that.

-- name: of_document
SELECT n.correspondent_id FROM documents AS d
JOIN correspondent_names AS n ON n.name_id = d.correspondent_name_id
WHERE d.hash = :hash;

-- name: lock
-- A dialect with several writers at a time lets one of them change correspondents.
SELECT 1 AS locked;

-- name: name
SELECT name_id, correspondent_id FROM correspondent_names WHERE folded_name = :folded_name;

-- name: name_elsewhere
SELECT n.name_id FROM correspondent_names AS n
WHERE n.folded_name = :folded_name AND EXISTS (
    SELECT 1 FROM documents AS d WHERE d.correspondent_name_id = n.name_id AND d.document_id <> :document_id);

-- name: named
-- The one that is shown by this name, though no document spells it so.
SELECT p.correspondent_id FROM correspondents AS p
WHERE p.folded_name = :folded_name
    AND EXISTS (SELECT 1 FROM correspondent_names AS n WHERE n.correspondent_id = p.correspondent_id)
ORDER BY p.correspondent_id LIMIT 1;

-- name: add
INSERT INTO correspondents (first_name, name, folded_name) VALUES (:name, :name, :folded_name)
RETURNING correspondent_id;

-- name: add_name
INSERT INTO correspondent_names (correspondent_id, home_id, name, folded_name)
VALUES (:correspondent_id, :correspondent_id, :name, :folded_name)
ON CONFLICT (folded_name) DO NOTHING;

-- name: get
SELECT p.correspondent_id, p.name, (
    SELECT count(DISTINCT f.document_id) FROM correspondent_names AS n
    JOIN documents AS d ON d.correspondent_name_id = n.name_id
    JOIN visible_files AS f ON f.document_id = d.document_id
    WHERE n.correspondent_id = p.correspondent_id) AS documents
FROM correspondents AS p WHERE p.correspondent_id = :correspondent_id;

-- name: names
SELECT name_id, name, folded_name FROM correspondent_names
WHERE correspondent_id = :correspondent_id ORDER BY name_id;

-- name: all_names
SELECT name_id, correspondent_id, home_id, name FROM correspondent_names ORDER BY name_id;

-- name: all
SELECT correspondent_id, first_name, name FROM correspondents ORDER BY correspondent_id;

-- name: mark
SELECT
    (SELECT max(name_id) FROM correspondent_names) AS name_id,
    (SELECT count(*) FROM correspondent_names) AS names,
    (SELECT max(change_id) FROM correspondent_changes) AS change_id;

-- name: add_change
INSERT INTO correspondent_changes
    (kind, correspondent_id, other_id, name_id, name, reason, by_evidence, changed_by, changed_at, undoes)
VALUES (:kind, :correspondent_id, :other_id, :name_id, :name, :reason, :by_evidence, :changed_by, moment(:now), :undoes)
RETURNING change_id;

-- name: changes
SELECT c.*, back.changed_at AS undone_at
FROM correspondent_changes AS c LEFT JOIN correspondent_changes AS back ON back.undoes = c.change_id
WHERE c.undoes IS NULL ORDER BY c.change_id;

-- name: move_name
UPDATE correspondent_names SET correspondent_id = :correspondent_id WHERE name_id = :name_id;

-- name: rename
UPDATE correspondents SET name = :name, folded_name = :folded_name WHERE correspondent_id = :correspondent_id;

-- name: add_parted
INSERT INTO parted_names (change_id, name_id, other_id) VALUES (:change_id, :name_id, :other_id);

-- name: forget_parted
DELETE FROM parted_names WHERE change_id = :change_id;

-- name: are_parted
SELECT EXISTS (
    SELECT 1 FROM parted_names AS p
    JOIN correspondent_names AS one ON one.name_id = p.name_id
    JOIN correspondent_names AS other ON other.name_id = p.other_id
    WHERE (one.correspondent_id = :one_id AND other.correspondent_id = :other_id)
        OR (one.correspondent_id = :other_id AND other.correspondent_id = :one_id)) AS parted;

-- name: list
WITH counted AS MATERIALIZED (
    SELECT n.correspondent_id, count(DISTINCT f.document_id) AS documents
    FROM files AS f JOIN documents AS d ON d.document_id = f.document_id
    JOIN correspondent_names AS n ON n.name_id = d.correspondent_name_id
    WHERE {passes} GROUP BY n.correspondent_id)
SELECT p.correspondent_id, p.name, c.documents
FROM counted AS c JOIN correspondents AS p ON p.correspondent_id = c.correspondent_id
ORDER BY p.folded_name, p.correspondent_id LIMIT :limit OFFSET :offset;
