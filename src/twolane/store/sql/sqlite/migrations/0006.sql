-- A person can take a decision back, and a file whose content changes keeps what a person said of it before.

-- the decision that this row takes back; nothing is ever deleted
ALTER TABLE decisions ADD COLUMN undoes INTEGER;

CREATE INDEX decisions_undoes ON decisions (undoes) WHERE undoes IS NOT NULL;

DROP VIEW standing_decisions;

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

-- what a person said of a file's earlier content, whose document may be gone
CREATE TABLE earlier_categories (
    file_id INTEGER PRIMARY KEY REFERENCES files (file_id) ON DELETE CASCADE,
    category TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at REAL NOT NULL
);
