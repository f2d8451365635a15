-- Files and their states.

-- name: waiting
SELECT count(*) FROM files WHERE state = 'waiting';

-- name: count_of
SELECT count(*) FROM documents AS d JOIN files AS f ON f.document_id = d.document_id WHERE d.hash = :hash;

-- name: set_state
UPDATE files SET state = :state, note = :note WHERE file_id = :file_id;

-- name: set_owner
UPDATE files SET owner = :owner WHERE file_id = :file_id;

-- name: by_id
SELECT * FROM file_records WHERE file_id = :file_id;

-- name: scanned
SELECT path, size_bytes, stamp, owner, identity FROM files WHERE file_id = :file_id;

-- name: by_path
SELECT * FROM file_records WHERE path = :path;

-- name: count_states
SELECT f.state AS value, count(*) AS files FROM files AS f WHERE {passes} GROUP BY f.state;

-- name: next_scan
UPDATE library SET scan = scan + 1 RETURNING scan;

-- name: count_categories
SELECT c.category AS value, count(*) AS files
FROM files AS f JOIN standing_decisions AS c ON c.document_id = f.document_id
WHERE {passes} GROUP BY c.category;

-- name: count_languages
SELECT d.language AS value, count(*) AS files
FROM files AS f JOIN documents AS d ON d.document_id = f.document_id
WHERE d.language <> '' AND {passes} GROUP BY d.language;

-- name: count_correspondents
SELECT p.name AS value, count(*) AS files
FROM files AS f JOIN documents AS d ON d.document_id = f.document_id
JOIN correspondent_names AS n ON n.name_id = d.correspondent_name_id
JOIN correspondents AS p ON p.correspondent_id = n.correspondent_id
WHERE {passes} GROUP BY p.name;

-- name: count_tags
SELECT min(t.tag) AS value, count(DISTINCT f.file_id) AS files
FROM files AS f JOIN document_tags AS t ON t.document_id = f.document_id
WHERE {passes} GROUP BY t.folded_tag;

-- name: count_tiers
SELECT c.tier AS value, count(*) AS files
FROM files AS f JOIN standing_decisions AS c ON c.document_id = f.document_id
WHERE {passes} GROUP BY c.tier;

-- name: count_causes
SELECT c.review_cause AS value, count(*) AS files
FROM files AS f JOIN standing_decisions AS c ON c.document_id = f.document_id
WHERE {passes} AND c.review_cause <> '' GROUP BY c.review_cause;

-- name: list
SELECT f.file_id FROM files AS f WHERE {passes} ORDER BY f.path LIMIT :limit OFFSET :offset;

-- name: list_by_date
-- The newest first, and last those without a date.
SELECT f.file_id FROM files AS f LEFT JOIN documents AS d ON d.document_id = f.document_id
WHERE {passes} ORDER BY d.dated_at IS NULL, d.dated_at DESC, f.path LIMIT :limit OFFSET :offset;

-- name: list_by_added
SELECT f.file_id FROM files AS f WHERE {passes} ORDER BY f.added_at DESC, f.file_id DESC LIMIT :limit OFFSET :offset;

-- name: list_by_state
SELECT f.file_id FROM files AS f WHERE {passes} ORDER BY f.state, f.path LIMIT :limit OFFSET :offset;

-- name: count
SELECT count(*) FROM files AS f WHERE {passes};

-- name: paths
SELECT path FROM visible_files;

-- name: count_unread
-- A file that waits for its category has its text in the index already, and so may one that was given up.
SELECT f.state, coalesce(d.status, '') AS status, count(*) AS files
FROM files AS f LEFT JOIN documents AS d ON d.document_id = f.document_id
WHERE f.state IN ('waiting', 'unread', 'quarantined') AND coalesce(d.status, '') <> 'text' AND {passes}
GROUP BY f.state, coalesce(d.status, '');
