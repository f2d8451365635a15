-- Documents that pass a filter, counted and added up. Of copies and versions that pass the newest counts: by the date
-- of the document, and a picture, whose letters had to be guessed, after what is not one.
-- Values are looked up document by document: joined as the view, SQLite without statistics reads all of them for each.

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
    FROM passing AS p JOIN documents AS d ON d.document_id = p.document_id),
valued AS (
    SELECT c.*,
        nullif(CASE WHEN d1.decision_id IS NOT NULL THEN d1.value
            WHEN v1.confidence >= :least_confidence THEN v1.value END, '') AS value,
        nullif(CASE WHEN d2.decision_id IS NOT NULL THEN d2.value
            WHEN v2.confidence >= :least_confidence THEN v2.value END, '') AS other_value,
        CASE WHEN d1.decision_id IS NOT NULL THEN d1.amount_e4
            WHEN v1.confidence >= :least_confidence THEN v1.amount_e4 END AS amount_e4,
        CASE WHEN d2.decision_id IS NOT NULL THEN d2.amount_e4
            WHEN v2.confidence >= :least_confidence THEN v2.amount_e4 END AS other_amount_e4,
        CASE WHEN d1.decision_id IS NOT NULL THEN d1.currency
            WHEN v1.confidence >= :least_confidence THEN v1.currency END AS currency,
        CASE WHEN d2.decision_id IS NOT NULL THEN d2.currency
            WHEN v2.confidence >= :least_confidence THEN v2.currency END AS other_currency
    FROM counted AS c
    LEFT JOIN drawn_values AS v1 ON v1.document_id = c.document_id AND v1.field = :field
    LEFT JOIN field_decisions AS d1 ON d1.decision_id = (
        SELECT s.decision_id FROM standing_field_decisions AS s
        WHERE s.document_id = c.document_id AND s.field = :field)
    LEFT JOIN drawn_values AS v2 ON v2.document_id = c.document_id AND v2.field = :instead
    LEFT JOIN field_decisions AS d2 ON d2.decision_id = (
        SELECT s.decision_id FROM standing_field_decisions AS s
        WHERE s.document_id = c.document_id AND s.field = :instead))
SELECT x.is_newest, x.has_value, x.currency, count(*) AS documents, sum(x.files) AS files,
    sum(x.reviewed) AS reviewed, sum(x.dated) AS dated, sum(coalesce(x.amount_e4, 0)) AS total_e4
FROM (
    SELECT v.is_newest, v.files, v.reviewed, v.dated,
        CASE WHEN coalesce(v.value, v.other_value) IS NULL THEN 0 ELSE 1 END AS has_value,
        CASE WHEN v.value IS NOT NULL THEN v.currency WHEN v.other_value IS NOT NULL THEN v.other_currency
            ELSE '' END AS currency,
        CASE WHEN v.value IS NOT NULL THEN v.amount_e4 WHEN v.other_value IS NOT NULL THEN v.other_amount_e4
            ELSE 0 END AS amount_e4
    FROM valued AS v) AS x
GROUP BY x.is_newest, x.has_value, x.currency ORDER BY documents DESC, currency;

-- name: rows
WITH passing AS MATERIALIZED (
    SELECT f.document_id, min(f.file_id) AS file_id FROM files AS f WHERE {passes} GROUP BY f.document_id),
counted AS (
    SELECT p.document_id, p.file_id, d.dated_at
    FROM passing AS p JOIN documents AS d ON d.document_id = p.document_id
    WHERE NOT EXISTS (
        SELECT 1 FROM standing_copies AS c JOIN documents AS o ON o.document_id = c.other_id
        WHERE c.document_id = p.document_id AND c.other_id IN (SELECT document_id FROM passing)
                AND (c.kind <> 'nearly_same' OR c.likeness >= :most_alike)
            AND (coalesce(o.dated_at, '0001-01-01'), CASE WHEN o.media_type LIKE 'image/%' THEN 0 ELSE 1 END,
                    o.document_id)
                > (coalesce(d.dated_at, '0001-01-01'), CASE WHEN d.media_type LIKE 'image/%' THEN 0 ELSE 1 END,
                    d.document_id))),
valued AS (
    SELECT c.*,
        nullif(CASE WHEN d1.decision_id IS NOT NULL THEN d1.value
            WHEN v1.confidence >= :least_confidence THEN v1.value END, '') AS value,
        nullif(CASE WHEN d2.decision_id IS NOT NULL THEN d2.value
            WHEN v2.confidence >= :least_confidence THEN v2.value END, '') AS other_value,
        CASE WHEN d1.decision_id IS NOT NULL THEN d1.amount_e4
            WHEN v1.confidence >= :least_confidence THEN v1.amount_e4 END AS amount_e4,
        CASE WHEN d2.decision_id IS NOT NULL THEN d2.amount_e4
            WHEN v2.confidence >= :least_confidence THEN v2.amount_e4 END AS other_amount_e4,
        CASE WHEN d1.decision_id IS NOT NULL THEN d1.currency
            WHEN v1.confidence >= :least_confidence THEN v1.currency END AS currency,
        CASE WHEN d2.decision_id IS NOT NULL THEN d2.currency
            WHEN v2.confidence >= :least_confidence THEN v2.currency END AS other_currency,
        CASE WHEN d1.decision_id IS NOT NULL THEN d1.page
            WHEN v1.confidence >= :least_confidence THEN v1.page END AS page,
        CASE WHEN d2.decision_id IS NOT NULL THEN d2.page
            WHEN v2.confidence >= :least_confidence THEN v2.page END AS other_page
    FROM counted AS c
    LEFT JOIN drawn_values AS v1 ON v1.document_id = c.document_id AND v1.field = :field
    LEFT JOIN field_decisions AS d1 ON d1.decision_id = (
        SELECT s.decision_id FROM standing_field_decisions AS s
        WHERE s.document_id = c.document_id AND s.field = :field)
    LEFT JOIN drawn_values AS v2 ON v2.document_id = c.document_id AND v2.field = :instead
    LEFT JOIN field_decisions AS d2 ON d2.decision_id = (
        SELECT s.decision_id FROM standing_field_decisions AS s
        WHERE s.document_id = c.document_id AND s.field = :instead)),
priced AS (
    SELECT v.file_id, v.dated_at, coalesce(v.value, v.other_value) AS value,
        CASE WHEN v.value IS NOT NULL THEN v.amount_e4 WHEN v.other_value IS NOT NULL THEN v.other_amount_e4
            END AS amount_e4,
        CASE WHEN v.value IS NOT NULL THEN v.currency WHEN v.other_value IS NOT NULL THEN v.other_currency
            ELSE '' END AS currency,
        CASE WHEN v.value IS NOT NULL THEN v.page WHEN v.other_value IS NOT NULL THEN v.other_page
            ELSE 0 END AS page
    FROM valued AS v),
chosen AS (
    SELECT c.*, row_number() OVER (
        ORDER BY CASE WHEN c.value IS NULL THEN 1 ELSE 0 END * :by_value,
            CASE :order WHEN 'largest' THEN -c.amount_e4 WHEN 'smallest' THEN c.amount_e4 END,
            CASE WHEN :order = 'first' THEN c.value END, CASE WHEN :order = 'last' THEN c.value END DESC,
            CASE WHEN c.dated_at IS NULL THEN 1 ELSE 0 END, CASE WHEN :order = 'oldest' THEN c.dated_at END,
            c.dated_at DESC, c.file_id) AS place
    FROM priced AS c
    WHERE (:by_value = 0 OR :order = 'valued' OR c.value IS NOT NULL) AND (:currency = '*' OR c.currency = :currency))
SELECT c.file_id, coalesce(c.value, '') AS value, c.page, EXISTS (
    SELECT 1 FROM files AS f JOIN pages AS p ON p.document_id = f.document_id
    WHERE f.file_id = c.file_id AND p.number = c.page AND p.is_numbered) AS is_numbered
FROM chosen AS c WHERE c.place <= :limit ORDER BY c.place;

-- name: amounts
-- Which fields have amounts in the documents that pass, and in how many.
SELECT s.field, count(*) AS documents FROM standing_fields AS s
WHERE s.amount_e4 IS NOT NULL AND s.confidence >= :least_confidence
    AND s.document_id IN (SELECT f.document_id FROM files AS f WHERE {passes})
GROUP BY s.field ORDER BY documents DESC, s.field;
