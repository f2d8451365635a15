-- Sketches of documents, the copies that were found by them, and what people said of those.

-- name: sketched
SELECT s.document_id, s.digest, s.numbers, coalesce(d.dated_at, '') AS day,
    coalesce((SELECT words FROM standing_fields AS v
        WHERE v.document_id = s.document_id AND v.field = 'date'), '') AS day_words,
    coalesce((SELECT value FROM standing_fields AS v
        WHERE v.document_id = s.document_id AND v.field = 'number' AND v.confidence >= :sure), '') AS number,
    coalesce((SELECT n.correspondent_id FROM correspondent_names AS n
        WHERE n.name_id = d.correspondent_name_id), 0) AS correspondent_id,
    EXISTS (SELECT 1 FROM pages AS p WHERE p.document_id = s.document_id AND p.ocr) AS ocr
FROM sketches AS s JOIN documents AS d ON d.document_id = s.document_id
WHERE s.document_id IN (SELECT value FROM json_each(:ids));

-- name: numbers
SELECT document_id, numbers FROM sketches WHERE document_id IN (SELECT value FROM json_each(:ids));

-- name: paths
SELECT document_id, path FROM visible_files WHERE document_id IN (SELECT value FROM json_each(:ids));

-- name: among
SELECT c.document_id, c.other_id, c.kind, c.likeness, c.reason
FROM documents AS d JOIN standing_copies AS c ON c.document_id = d.document_id
JOIN documents AS o ON o.document_id = c.other_id
WHERE d.hash IN (SELECT value FROM json_each(:hashes)) AND o.hash IN (SELECT value FROM json_each(:hashes))
    AND c.document_id < c.other_id;

-- name: files_of
SELECT f.file_id, f.stamp, f.document_id
FROM visible_files AS v JOIN files AS f ON f.file_id = v.file_id
WHERE v.document_id IN (SELECT value FROM json_each(:ids)) ORDER BY f.file_id;

-- name: look_again_of
-- Those papers of correspondents whose number another of them has: by it and by their sender versions are known.
-- Numbers that were taken back count too, or the view of what stands would be made for all documents.
WITH numbered AS MATERIALIZED (
    SELECT v.document_id, v.value FROM correspondent_names AS n
    JOIN documents AS d ON d.correspondent_name_id = n.name_id
    JOIN drawn_values AS v ON v.document_id = d.document_id AND v.field = 'number'
    WHERE n.correspondent_id IN (SELECT value FROM json_each(:ids)) AND v.value <> ''
    UNION
    SELECT v.document_id, v.value FROM correspondent_names AS n
    JOIN documents AS d ON d.correspondent_name_id = n.name_id
    JOIN field_decisions AS v ON v.document_id = d.document_id AND v.field = 'number'
    WHERE n.correspondent_id IN (SELECT value FROM json_each(:ids)) AND v.value <> '')
UPDATE sketches SET looked = 0 WHERE document_id IN (
    SELECT document_id FROM numbered
    WHERE value IN (SELECT value FROM numbered GROUP BY value HAVING count(*) > 1));

-- name: one_at_a_time
SELECT 1;
