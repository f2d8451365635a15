-- name: add
-- As the tag is written elsewhere already.
INSERT INTO document_tags (document_id, folded_tag, tag, tagged_by, tagged_at)
VALUES (:document_id, :folded_tag, coalesce(
    (SELECT min(tag) FROM document_tags WHERE folded_tag = :folded_tag), :tag), :tagged_by, moment(:now::float8))
ON CONFLICT (document_id, folded_tag, tagged_by) DO NOTHING;

-- name: carry
INSERT INTO document_tags (document_id, folded_tag, tag, tagged_by, tagged_at)
SELECT :to_id::bigint, folded_tag, tag, tagged_by, tagged_at FROM document_tags WHERE document_id = :document_id
ON CONFLICT (document_id, folded_tag, tagged_by) DO NOTHING;
