-- Why a decision waits for a person, the tiers that could say nothing, and the probability before calibration.

ALTER TABLE decisions ADD COLUMN review_cause text NOT NULL DEFAULT '';  -- '': it was accepted
ALTER TABLE decisions ADD COLUMN left_out text NOT NULL DEFAULT '[]';  -- JSON: [[tier, why], ...]
ALTER TABLE decisions ADD COLUMN uncalibrated double precision NOT NULL DEFAULT 0;

UPDATE decisions SET
    review_cause = CASE WHEN review THEN 'unsure' ELSE '' END,
    uncalibrated = CASE WHEN tier = 'person' THEN 0 ELSE confidence END;

DROP VIEW file_records;
DROP VIEW standing_decisions;
ALTER TABLE decisions DROP COLUMN review;

-- a person's decision stands over those of machines, and a later one over an earlier one
CREATE VIEW standing_decisions AS
SELECT * FROM decisions AS d
WHERE d.undoes IS NULL
    AND NOT EXISTS (SELECT 1 FROM decisions AS back WHERE back.undoes = d.decision_id)
    AND NOT EXISTS (
        SELECT 1 FROM decisions AS other
        WHERE other.document_id = d.document_id AND other.undoes IS NULL
            AND (other.tier = 'person', other.decision_id) > (d.tier = 'person', d.decision_id)
            AND NOT EXISTS (SELECT 1 FROM decisions AS back WHERE back.undoes = other.decision_id));

CREATE VIEW file_records AS
SELECT
    f.file_id, f.path, f.folded_path, f.size_bytes, f.state, f.document_id, f.added_at,
    coalesce(nullif(f.note, ''), d.note, '') AS note,
    coalesce(d.hash, '') AS document, coalesce(d.media_type, '') AS media_type,
    coalesce(d.title, '') AS title, coalesce(d.folded_title, '') AS folded_title,
    coalesce(d.page_count, 0) AS page_count, d.status, coalesce(d.seen, 1.0) AS seen,
    c.category, c.confidence, c.tier, c.reason, c.review_cause, c.left_out,
    c.scores, c.seconds, c.taxonomy
FROM files AS f
LEFT JOIN documents AS d ON d.document_id = f.document_id
LEFT JOIN standing_decisions AS c ON c.document_id = f.document_id;
