-- Files that persons have put into folders of other categories.

-- name: uses
SELECT c.category, count(*) AS files,
    count(*) FILTER (WHERE c.tier = 'person' OR f.placed_by = 'plan') AS decided,
    count(*) FILTER (WHERE f.placed_by = 'plan') AS planned
FROM files AS f JOIN standing_decisions AS c ON c.document_id = f.document_id
WHERE f.path >= :low AND f.path < :high AND f.state = 'filed' AND f.file_id NOT IN (SELECT value FROM json_each(:but))
    AND f.file_id NOT IN (SELECT p.file_id FROM placements AS p WHERE p.state = 'open' AND p.folder = :folder)
    AND instr(substr(f.path, :after), :separator) = 0
GROUP BY c.category ORDER BY files DESC, c.category;
