-- Files and what scans do to them. `temp.roots` holds ranges of paths: see Connections.

-- name: known
SELECT f.path, f.file_id, f.size_bytes, f.stamp, f.state,
    coalesce((SELECT d.note FROM documents AS d WHERE d.document_id = f.document_id), '') AS read_note
FROM temp.roots AS r JOIN files AS f ON f.path = r.low;

-- name: ids_at
SELECT f.path, f.file_id FROM temp.roots AS r JOIN files AS f ON f.path = r.low;

-- name: known_at
SELECT f.file_id, f.path, f.identity, f.state, f.placed_by, coalesce(d.hash, '') AS document
FROM temp.roots AS r JOIN files AS f ON f.path = r.low
LEFT JOIN documents AS d ON d.document_id = f.document_id;

-- name: known_as
SELECT f.file_id, f.path, f.identity, f.state, f.placed_by, coalesce(d.hash, '') AS document
FROM json_each(:identities) AS i JOIN files AS f ON f.identity = i.value AND f.identity <> ''
LEFT JOIN documents AS d ON d.document_id = f.document_id ORDER BY f.file_id;

-- name: places
SELECT d.hash, f.file_id, f.path FROM documents AS d JOIN visible_files AS f ON f.document_id = d.document_id
WHERE d.hash IN (SELECT value FROM json_each(:hashes)) ORDER BY f.file_id;

-- name: planned
SELECT file_id, target AS path, 'plan' AS placed_by FROM plan_moves
WHERE file_id IN (SELECT value FROM json_each(:ids)) AND kind = 'move' AND state IN ('started', 'done')
UNION ALL
SELECT file_id, source AS path, '' AS placed_by FROM plan_moves
WHERE file_id IN (SELECT value FROM json_each(:ids)) AND kind = 'move' AND state IN ('undoing', 'undone');

-- name: records
-- Apart from what found them: joined, a server would make the records of all files of somebody who may not see all.
SELECT * FROM file_records WHERE file_id IN (SELECT value FROM json_each(:ids));

-- name: list_by_name
-- By the last part of their paths.
SELECT f.file_id, substr(f.folded_path, 1 + length(rtrim(f.folded_path, replace(replace(f.folded_path, '/', ''), '\', '')))) AS name
FROM files AS f WHERE {passes} ORDER BY name, f.path LIMIT :limit OFFSET :offset;

-- name: list_by_correspondent
-- Last those without one.
SELECT f.file_id, p.folded_name AS name
FROM files AS f LEFT JOIN documents AS d ON d.document_id = f.document_id
LEFT JOIN correspondent_names AS n ON n.name_id = d.correspondent_name_id
LEFT JOIN correspondents AS p ON p.correspondent_id = n.correspondent_id
WHERE {passes} ORDER BY name NULLS LAST, f.path LIMIT :limit OFFSET :offset;

-- name: list_by_category
-- Last those without one.
SELECT f.file_id, lower(c.category) AS name
FROM files AS f LEFT JOIN standing_decisions AS c ON c.document_id = f.document_id
WHERE {passes} ORDER BY name NULLS LAST, f.path LIMIT :limit OFFSET :offset;

-- name: add
INSERT INTO files (path, folded_path, size_bytes, stamp, identity, state, note, owner, scan, added_at)
VALUES (:path, :folded_path, :size_bytes, :stamp, :identity, :state, :note, :owner, :scan, :now)
RETURNING file_id, path;

-- name: change
UPDATE files
SET size_bytes = :size_bytes, stamp = :stamp, identity = :identity, state = :state, note = :note,
    scan = max(scan, :scan)
WHERE file_id = :file_id;

-- name: meet
UPDATE files SET scan = max(scan, :scan) WHERE file_id = :file_id;

-- name: mark_stale
UPDATE documents SET stale = 1 WHERE document_id = (SELECT document_id FROM files WHERE file_id = :file_id);

-- name: waiting_under
SELECT count(DISTINCT f.file_id) FROM temp.roots AS r JOIN files AS f ON f.path >= r.low AND f.path < r.high
WHERE f.state = 'waiting';

-- name: meet_under
UPDATE files SET scan = max(scan, :scan)
WHERE file_id IN (SELECT f.file_id FROM temp.roots AS r JOIN files AS f ON f.path >= r.low AND f.path < r.high);

-- name: gone_since
-- A file that a plan is just moving is not gone: where it is now is written once it is there.
UPDATE files SET state = 'gone', note = ''
WHERE scan < :scan AND state <> 'gone'
    AND file_id IN (SELECT f.file_id FROM temp.roots AS r JOIN files AS f ON f.path >= r.low AND f.path < r.high)
    AND NOT EXISTS (
        SELECT 1 FROM plan_moves AS m WHERE m.file_id = files.file_id AND m.state IN ('started', 'undoing'));

-- name: to_rename
-- The files of some numbers, and those at the paths of `temp.roots`.
SELECT f.file_id, f.path, f.state, f.size_bytes, f.document_id, f.owner, d.hash,
    coalesce((SELECT c.as_decided FROM standing_decisions AS c WHERE c.document_id = f.document_id), '') AS category
FROM (SELECT value AS file_id FROM json_each(:ids)
    UNION
    SELECT s.file_id FROM temp.roots AS r JOIN files AS s ON s.path = r.low) AS n
JOIN files AS f ON f.file_id = n.file_id LEFT JOIN documents AS d ON d.document_id = f.document_id;

-- name: vacate
-- No path has a NUL: files can take each other's paths, of which no two may be the same at any moment.
UPDATE files SET path = :parked WHERE file_id = :file_id;

-- name: rename
UPDATE files SET path = :path, folded_path = :folded_path, stamp = :stamp, identity = :identity,
    placed_by = :placed_by
WHERE file_id = :file_id;

-- name: forget
DELETE FROM jobs WHERE file_id = :file_id AND kind IN ('read', 'read_slowly');
DELETE FROM files WHERE file_id = :file_id;
