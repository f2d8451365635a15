-- Tags that people give documents.

-- name: drop
DELETE FROM document_tags WHERE document_id = :document_id AND folded_tag = :folded_tag
    AND (CAST(:only_by AS TEXT) IS NULL OR tagged_by = :only_by);

-- name: of_document
SELECT min(t.tag) AS tag FROM document_tags AS t JOIN documents AS d ON d.document_id = t.document_id
WHERE d.hash = :hash GROUP BY t.folded_tag ORDER BY t.folded_tag;

-- name: counts
SELECT min(t.tag) AS tag, count(DISTINCT f.document_id) AS documents
FROM document_tags AS t JOIN visible_files AS f ON f.document_id = t.document_id
GROUP BY t.folded_tag ORDER BY t.folded_tag;

-- name: add
-- As the tag is written elsewhere already.
INSERT INTO document_tags (document_id, folded_tag, tag, tagged_by, tagged_at)
VALUES (:document_id, :folded_tag, coalesce(
    (SELECT min(tag) FROM document_tags WHERE folded_tag = :folded_tag), :tag), :tagged_by, moment(:now))
ON CONFLICT (document_id, folded_tag, tagged_by) DO NOTHING;

-- name: carry
INSERT INTO document_tags (document_id, folded_tag, tag, tagged_by, tagged_at)
SELECT :to_id, folded_tag, tag, tagged_by, tagged_at FROM document_tags WHERE document_id = :document_id
ON CONFLICT (document_id, folded_tag, tagged_by) DO NOTHING;
