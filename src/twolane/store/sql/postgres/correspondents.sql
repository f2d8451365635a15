-- name: lock
LOCK TABLE correspondent_changes IN SHARE ROW EXCLUSIVE MODE;

-- name: add_change
INSERT INTO correspondent_changes
    (kind, correspondent_id, other_id, name_id, name, reason, by_evidence, changed_by, changed_at, undoes)
VALUES (:kind, :correspondent_id, :other_id, :name_id, :name, :reason, :by_evidence, :changed_by,
    moment(:now::float8), :undoes)
RETURNING change_id;

-- name: names_of
SELECT correspondent_id, name FROM correspondent_names
WHERE correspondent_id = ANY(:ids::bigint[]) ORDER BY name_id;

-- name: search
WITH counted AS MATERIALIZED (
    SELECT n.correspondent_id, count(DISTINCT f.document_id) AS documents
    FROM files AS f JOIN documents AS d ON d.document_id = f.document_id
    JOIN correspondent_names AS n ON n.name_id = d.correspondent_name_id
    WHERE {passes} GROUP BY n.correspondent_id)
SELECT p.correspondent_id, p.name, c.documents
FROM counted AS c JOIN correspondents AS p ON p.correspondent_id = c.correspondent_id
WHERE strpos(p.folded_name, :text::text) > 0 OR EXISTS (
    SELECT 1 FROM correspondent_names AS n
    WHERE n.correspondent_id = p.correspondent_id AND strpos(n.folded_name, :text::text) > 0)
ORDER BY p.folded_name, p.correspondent_id LIMIT :limit OFFSET :offset;

-- name: spellings
-- How the names of correspondents are written, and on which papers.
SELECT n.name_id, n.name, n.correspondent_id, count(d.document_id) AS documents,
    coalesce(sum(CASE WHEN EXISTS (
        SELECT 1 FROM pages AS p WHERE p.document_id = d.document_id AND p.ocr) THEN 1 ELSE 0 END), 0) AS scanned,
    coalesce(sum(CASE WHEN EXISTS (
        SELECT 1 FROM standing_field_decisions AS s
        WHERE s.document_id = d.document_id AND s.field = 'correspondent') THEN 1 ELSE 0 END), 0) AS decided
FROM correspondent_names AS n LEFT JOIN documents AS d ON d.correspondent_name_id = n.name_id
WHERE n.correspondent_id = ANY(:ids::bigint[]) GROUP BY n.name_id, n.name, n.correspondent_id ORDER BY n.name_id;
