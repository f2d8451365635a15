-- Files with what a plan needs to know of each.

-- name: page
SELECT f.file_id, f.path, f.size_bytes, f.stamp, f.state, f.placed_by, f.added_at,
    coalesce(f.document_id, 0) AS document_id, coalesce(d.hash, '') AS document,
    coalesce(p.name, '') AS correspondent, c.category, coalesce(c.reason, '') AS reason,
    coalesce(c.review_cause, '') AS review_cause
FROM files AS f
LEFT JOIN documents AS d ON d.document_id = f.document_id
LEFT JOIN correspondent_names AS n ON n.name_id = d.correspondent_name_id
LEFT JOIN correspondents AS p ON p.correspondent_id = n.correspondent_id
LEFT JOIN standing_decisions AS c ON c.document_id = f.document_id
WHERE f.path > :after AND {passes} ORDER BY f.path LIMIT :limit;

-- name: document_at
SELECT coalesce(d.hash, '') AS document
FROM files AS f LEFT JOIN documents AS d ON d.document_id = f.document_id
WHERE f.path = :path AND f.state NOT IN ('gone', 'skipped');
