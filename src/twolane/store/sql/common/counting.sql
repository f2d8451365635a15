-- Documents that pass a filter, counted and added up. Of copies and versions that pass the newest counts: by the date
-- of the document, and a picture, whose letters had to be guessed, after what is not one.

-- name: tally
WITH passing AS MATERIALIZED (
    SELECT f.document_id, count(*) AS files, max(CASE WHEN f.state = 'review' THEN 1 ELSE 0 END) AS reviewed
    FROM files AS f WHERE {passes} GROUP BY f.document_id),
counted AS (
    SELECT p.document_id, p.files, p.reviewed, CASE WHEN d.dated_at IS NULL THEN 0 ELSE 1 END AS dated,
        CASE WHEN EXISTS (
            SELECT 1 FROM standing_copies AS c JOIN documents AS o ON o.document_id = c.other_id
            WHERE c.document_id = p.document_id AND c.other_id IN (SELECT document_id FROM passing)
                AND (c.kind <> 'nearly_same' OR c.likeness >= :most_alike)
                AND (coalesce(o.dated_at, '0001-01-01'), CASE WHEN o.media_type LIKE 'image/%' THEN 0 ELSE 1 END,
                        o.document_id)
                    > (coalesce(d.dated_at, '0001-01-01'), CASE WHEN d.media_type LIKE 'image/%' THEN 0 ELSE 1 END,
                        d.document_id))
        THEN 0 ELSE 1 END AS is_newest
    FROM passing AS p JOIN documents AS d ON d.document_id = p.document_id)
SELECT c.is_newest, CASE WHEN coalesce(a.value, b.value) IS NULL THEN 0 ELSE 1 END AS has_value,
    coalesce(a.currency, b.currency, '') AS currency, count(*) AS documents, sum(c.files) AS files,
    sum(c.reviewed) AS reviewed, sum(c.dated) AS dated, sum(coalesce(a.amount_e4, b.amount_e4, 0)) AS total_e4
FROM counted AS c
LEFT JOIN standing_fields AS a ON a.document_id = c.document_id AND a.field = :field
    AND a.confidence >= :least_confidence AND a.value <> ''
LEFT JOIN standing_fields AS b ON b.document_id = c.document_id AND b.field = :instead
    AND b.confidence >= :least_confidence AND b.value <> ''
GROUP BY c.is_newest, CASE WHEN coalesce(a.value, b.value) IS NULL THEN 0 ELSE 1 END,
    coalesce(a.currency, b.currency, '')
ORDER BY documents DESC, currency;

-- name: rows
WITH passing AS MATERIALIZED (
    SELECT f.document_id, min(f.file_id) AS file_id FROM files AS f WHERE {passes} GROUP BY f.document_id),
counted AS (
    SELECT p.file_id, d.dated_at, coalesce(a.value, b.value) AS value, coalesce(a.amount_e4, b.amount_e4) AS amount_e4,
        coalesce(a.currency, b.currency, '') AS currency, coalesce(a.page, b.page, 0) AS page
    FROM passing AS p JOIN documents AS d ON d.document_id = p.document_id
    LEFT JOIN standing_fields AS a ON a.document_id = p.document_id AND a.field = :field
        AND a.confidence >= :least_confidence AND a.value <> ''
    LEFT JOIN standing_fields AS b ON b.document_id = p.document_id AND b.field = :instead
        AND b.confidence >= :least_confidence AND b.value <> ''
    WHERE NOT EXISTS (
        SELECT 1 FROM standing_copies AS c JOIN documents AS o ON o.document_id = c.other_id
        WHERE c.document_id = p.document_id AND c.other_id IN (SELECT document_id FROM passing)
                AND (c.kind <> 'nearly_same' OR c.likeness >= :most_alike)
            AND (coalesce(o.dated_at, '0001-01-01'), CASE WHEN o.media_type LIKE 'image/%' THEN 0 ELSE 1 END,
                    o.document_id)
                > (coalesce(d.dated_at, '0001-01-01'), CASE WHEN d.media_type LIKE 'image/%' THEN 0 ELSE 1 END,
                    d.document_id))),
chosen AS (
    SELECT c.*, row_number() OVER (
        ORDER BY CASE WHEN c.value IS NULL THEN 1 ELSE 0 END * :by_value,
            CASE :order WHEN 'largest' THEN -c.amount_e4 WHEN 'smallest' THEN c.amount_e4 END,
            CASE WHEN :order = 'first' THEN c.value END, CASE WHEN :order = 'last' THEN c.value END DESC,
            CASE WHEN c.dated_at IS NULL THEN 1 ELSE 0 END, CASE WHEN :order = 'oldest' THEN c.dated_at END,
            c.dated_at DESC, c.file_id) AS place
    FROM counted AS c
    WHERE (:by_value = 0 OR :order = 'valued' OR c.value IS NOT NULL) AND (:currency = '*' OR c.currency = :currency))
SELECT r.*, coalesce(c.value, '') AS value, c.page, c.place
FROM chosen AS c JOIN file_records AS r ON r.file_id = c.file_id
WHERE c.place <= :limit ORDER BY c.place;

-- name: amounts
-- Which fields have amounts in the documents that pass, and in how many.
SELECT s.field, count(*) AS documents FROM standing_fields AS s
WHERE s.amount_e4 IS NOT NULL AND s.confidence >= :least_confidence
    AND s.document_id IN (SELECT f.document_id FROM files AS f WHERE {passes})
GROUP BY s.field ORDER BY documents DESC, s.field;
