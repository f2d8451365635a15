-- Sketches of documents, the copies that were found by them, and what people said of those.

-- name: save_sketch
INSERT INTO sketches (document_id, form, digest, numbers, terms)
VALUES (:document_id, :form, :digest, :numbers, :terms)
ON CONFLICT (document_id) DO UPDATE SET
    form = excluded.form, digest = excluded.digest, numbers = excluded.numbers, terms = excluded.terms, looked = 0;

-- name: drop_bands
DELETE FROM sketch_bands WHERE document_id = :document_id;

-- name: add_band
INSERT INTO sketch_bands (band, document_id) VALUES (:band, :document_id);

-- name: look_again
UPDATE sketches SET looked = 0
WHERE document_id = (SELECT document_id FROM documents WHERE hash = :hash);

-- name: unlooked
SELECT document_id FROM sketches WHERE looked = 0 ORDER BY document_id LIMIT :limit;

-- name: unsketched
SELECT d.document_id, d.hash FROM documents AS d LEFT JOIN sketches AS s ON s.document_id = d.document_id
WHERE d.document_id > :after AND d.status = 'text' AND (s.document_id IS NULL OR s.form <> :form)
ORDER BY d.document_id LIMIT :limit;

-- name: same_digest
-- The newest, and the first, which joins them all in one group.
SELECT document_id FROM sketches
WHERE digest = :digest AND digest <> '' AND document_id <> :document_id AND (
    document_id = (SELECT min(document_id) FROM sketches WHERE digest = :digest)
    OR document_id IN (SELECT document_id FROM sketches WHERE digest = :digest ORDER BY document_id DESC LIMIT :limit))
ORDER BY document_id DESC;

-- name: alike
-- A form that a thousand papers fill in: of those that share a band the newest thousand are looked at.
SELECT b.document_id, count(*) AS shared
FROM sketch_bands AS own JOIN sketch_bands AS b ON b.band = own.band
WHERE own.document_id = :document_id AND b.document_id <> :document_id
    AND b.document_id > coalesce((
        SELECT more.document_id FROM sketch_bands AS more WHERE more.band = own.band
        ORDER BY more.document_id DESC LIMIT 1 OFFSET :most), -1)
GROUP BY b.document_id ORDER BY shared DESC, b.document_id DESC LIMIT :limit;

-- name: same_number
SELECT f.document_id FROM standing_fields AS f
JOIN documents AS d ON d.document_id = f.document_id
JOIN correspondent_names AS n ON n.name_id = d.correspondent_name_id
WHERE f.field = 'number' AND f.value = :number AND n.correspondent_id = :correspondent_id
    AND f.document_id <> :document_id ORDER BY f.document_id DESC LIMIT :limit;

-- name: text
SELECT text FROM pages WHERE document_id = :document_id ORDER BY page_id;

-- name: drop_pairs
-- Of a thousand with one text each finds the newest hundred alone: what they found of it stays.
DELETE FROM copies WHERE (document_id = :document_id OR other_id = :document_id)
    AND NOT EXISTS (
        SELECT 1 FROM sketches AS s JOIN sketches AS o ON o.digest = s.digest
        WHERE s.document_id = copies.document_id AND s.digest <> '' AND o.document_id = copies.other_id);

-- name: add_pair
INSERT INTO copies (document_id, other_id, kind, likeness, reason)
SELECT d.document_id, o.document_id, :kind, :likeness, :reason
FROM documents AS d, documents AS o WHERE d.document_id = :document_id AND o.document_id = :other_id
ON CONFLICT (document_id, other_id) DO UPDATE SET
    kind = excluded.kind, likeness = excluded.likeness, reason = excluded.reason;

-- name: unsettle
DELETE FROM standing_copies WHERE document_id = :document_id OR other_id = :document_id;

-- name: settle
INSERT INTO standing_copies (document_id, other_id, kind, likeness, reason)
SELECT document_id, other_id, kind, likeness, reason FROM decided_copies WHERE document_id = :document_id
UNION ALL
SELECT other_id, document_id, kind, likeness, reason FROM decided_copies WHERE document_id = :document_id
ON CONFLICT (document_id, other_id) DO NOTHING;

-- name: looked
UPDATE sketches SET looked = 1 WHERE document_id = :document_id;

-- name: decide
INSERT INTO copy_decisions (document_id, other_id, same, decided_by, decided_at)
VALUES (:document_id, :other_id, :same, :decided_by, moment(:now));

-- name: undo
INSERT INTO copy_decisions (document_id, other_id, same, decided_by, decided_at, undoes)
SELECT document_id, other_id, same, :decided_by, moment(:now), decision_id
FROM copy_decisions WHERE decision_id = (
    SELECT max(d.decision_id) FROM copy_decisions AS d
    WHERE d.document_id = :document_id AND d.other_id = :other_id AND d.undoes IS NULL
        AND (CAST(:only_by AS TEXT) IS NULL OR d.decided_by = :only_by)
        AND NOT EXISTS (SELECT 1 FROM copy_decisions AS back WHERE back.undoes = d.decision_id));

-- name: of_document
-- The files of a document's copies, and its other files.
SELECT f.file_id, f.stamp, c.kind, c.likeness, c.reason
FROM (
    SELECT other_id, kind, likeness, reason FROM standing_copies WHERE document_id = :document_id
    UNION ALL
    SELECT document_id, 'same_bytes', 1.0, '' FROM documents WHERE document_id = :document_id) AS c
JOIN visible_files AS v ON v.document_id = c.other_id
JOIN files AS f ON f.file_id = v.file_id
ORDER BY f.file_id;

-- name: all_pairs
-- Every pair of documents that both have a file, once.
SELECT c.document_id, c.other_id, c.kind, c.likeness, c.reason FROM standing_copies AS c
WHERE c.document_id < c.other_id
    AND EXISTS (SELECT 1 FROM visible_files AS f WHERE f.document_id = c.document_id)
    AND EXISTS (SELECT 1 FROM visible_files AS f WHERE f.document_id = c.other_id)
ORDER BY c.document_id, c.other_id;

-- name: apart
SELECT document_id, other_id FROM standing_copy_decisions WHERE same = 0;

-- name: same_bytes
SELECT document_id, count(*) AS files FROM visible_files GROUP BY document_id HAVING count(*) > 1
ORDER BY document_id;
