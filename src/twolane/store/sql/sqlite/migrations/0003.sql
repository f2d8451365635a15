-- Every decision on a document is kept, and a vector for each document: what filing learns is derived from both.

CREATE TABLE decisions (
    -- AUTOINCREMENT here and below: learners in other processes rely on ids that are never used twice
    decision_id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    category TEXT NOT NULL,
    confidence REAL NOT NULL,
    tier TEXT NOT NULL,
    reason TEXT NOT NULL,
    review INTEGER NOT NULL,
    scores TEXT NOT NULL,  -- JSON: [[category, probability], ...]
    seconds REAL NOT NULL,
    taxonomy TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT '',  -- JSON: what the small model answered, '' where it was not asked
    decided_by TEXT NOT NULL,
    decided_at REAL NOT NULL  -- 0: not known
);

CREATE INDEX decisions_document ON decisions (document_id, tier, decision_id);
CREATE INDEX decisions_category ON decisions (category);

-- when a document was decided is not known of old rows
INSERT INTO decisions
    (document_id, category, confidence, tier, reason, review, scores, seconds, taxonomy, decided_by, decided_at)
SELECT document_id, category, confidence, replace(tier, ' ', '_'), reason, review, scores, seconds, taxonomy, '', 0
FROM classifications ORDER BY document_id;

-- a person's decision stands over those of machines, and a later one over an earlier one
CREATE VIEW standing_decisions AS
SELECT * FROM decisions AS d
WHERE NOT EXISTS (
    SELECT 1 FROM decisions AS other
    WHERE other.document_id = d.document_id
        AND (other.tier = 'person', other.decision_id) > (d.tier = 'person', d.decision_id));

CREATE TABLE document_vectors (
    vector_id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    model TEXT NOT NULL,
    vector BLOB NOT NULL,  -- halves, little-endian, of length 1
    UNIQUE (document_id, model)
);

-- documents that are no more: learners take back what these taught
CREATE TABLE dropped_documents (
    drop_id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL
);

DROP VIEW file_records;

CREATE VIEW file_records AS
SELECT
    f.file_id, f.path, f.size_bytes, f.state, f.document_id, f.added_at,
    coalesce(nullif(f.note, ''), d.note, '') AS note,
    coalesce(d.hash, '') AS document, coalesce(d.media_type, '') AS media_type,
    coalesce(d.title, '') AS title, coalesce(d.page_count, 0) AS page_count,
    d.status, coalesce(d.seen, 1.0) AS seen,
    c.category, c.confidence, c.tier, c.reason, c.review, c.scores, c.seconds, c.taxonomy
FROM files AS f
LEFT JOIN documents AS d ON d.document_id = f.document_id
LEFT JOIN standing_decisions AS c ON c.document_id = f.document_id;

DROP TABLE classifications;

-- what was learned stood here as one text that each process wrote over the others'
DELETE FROM memory WHERE key = 'calibration';
