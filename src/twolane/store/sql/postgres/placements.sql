-- Files that persons have put into folders of other categories.

-- name: uses
SELECT c.category, count(*) AS files,
    count(*) FILTER (WHERE c.tier = 'person' OR f.placed_by = 'plan') AS decided,
    count(*) FILTER (WHERE f.placed_by = 'plan') AS planned
FROM files AS f JOIN standing_decisions AS c ON c.document_id = f.document_id
WHERE f.path >= :low AND f.path < :high AND f.state = 'filed' AND f.file_id <> ALL(:but::bigint[])
    AND f.file_id NOT IN (SELECT p.file_id FROM placements AS p WHERE p.state = 'open' AND p.folder = :folder)
    AND position(:separator::bytea IN substring(f.path FROM :after::int)) = 0
GROUP BY c.category ORDER BY files DESC, c.category;
