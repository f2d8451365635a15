-- Files that persons have put into folders of other categories.

-- name: notice
INSERT INTO placements (file_id, document, category, folder, state, seen_at)
VALUES (:file_id, :document, :category, :folder, 'open', moment(:now))
ON CONFLICT (file_id, document, category) DO UPDATE SET folder = excluded.folder, seen_at = excluded.seen_at
WHERE placements.state = 'open';

-- name: drop_open
DELETE FROM placements WHERE file_id = :file_id AND state = 'open';

-- name: open
SELECT p.file_id, p.document, p.category, p.folder, p.seen_at, f.path, coalesce(c.category, '') AS filed_as
FROM placements AS p JOIN visible_files AS f ON f.file_id = p.file_id
JOIN documents AS d ON d.document_id = f.document_id AND d.hash = p.document
LEFT JOIN standing_decisions AS c ON c.document_id = d.document_id
WHERE p.state = 'open' AND coalesce(c.category, '') <> p.category
    AND NOT (coalesce(c.tier, '') = 'person' AND c.decided_at > p.seen_at)
    AND (:file_id = 0 OR p.file_id = :file_id)
ORDER BY p.seen_at, p.file_id LIMIT :limit OFFSET :offset;

-- name: count
SELECT count(*) AS number
FROM placements AS p JOIN visible_files AS f ON f.file_id = p.file_id
JOIN documents AS d ON d.document_id = f.document_id AND d.hash = p.document
LEFT JOIN standing_decisions AS c ON c.document_id = d.document_id
WHERE p.state = 'open' AND coalesce(c.category, '') <> p.category
    AND NOT (coalesce(c.tier, '') = 'person' AND c.decided_at > p.seen_at);

-- name: answer
UPDATE placements SET state = :state
WHERE file_id = :file_id AND document = :document AND category = :category;
