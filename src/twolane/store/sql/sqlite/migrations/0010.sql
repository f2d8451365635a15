-- Documents that are the same text, nearly the same, or versions of each other.

-- what a document's copies are found by; a document that says too little has an empty digest, and no bands
CREATE TABLE sketches (
    document_id INTEGER PRIMARY KEY REFERENCES documents (document_id) ON DELETE CASCADE,
    form TEXT NOT NULL,  -- how it was made: only those of one form are compared
    digest TEXT NOT NULL,
    numbers TEXT NOT NULL,
    terms INTEGER NOT NULL,
    looked INTEGER NOT NULL DEFAULT 0  -- its copies have been sought
);

CREATE INDEX sketches_digest ON sketches (digest);
CREATE INDEX sketches_looked ON sketches (looked, document_id);

-- copies share some of these; they say which band they are
CREATE TABLE sketch_bands (
    band INTEGER NOT NULL,
    document_id INTEGER NOT NULL REFERENCES sketches (document_id) ON DELETE CASCADE,
    PRIMARY KEY (band, document_id)
) WITHOUT ROWID;

CREATE INDEX sketch_bands_document ON sketch_bands (document_id);

-- what was found: each pair stands here both ways
CREATE TABLE copies (
    document_id INTEGER NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    likeness REAL NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (document_id, other_id)
);

CREATE INDEX copies_other ON copies (other_id);

-- what people said of pairs, only ever added; `document_id` is the smaller number
CREATE TABLE copy_decisions (
    decision_id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    same INTEGER NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at REAL NOT NULL,
    undoes INTEGER
);

CREATE INDEX copy_decisions_pair ON copy_decisions (document_id, other_id, decision_id);
CREATE INDEX copy_decisions_other ON copy_decisions (other_id);
CREATE INDEX copy_decisions_undoes ON copy_decisions (undoes) WHERE undoes IS NOT NULL;

CREATE VIEW standing_copy_decisions AS
SELECT * FROM copy_decisions AS d
WHERE d.undoes IS NULL
    AND NOT EXISTS (SELECT 1 FROM copy_decisions AS back WHERE back.undoes = d.decision_id)
    AND NOT EXISTS (
        SELECT 1 FROM copy_decisions AS other
        WHERE other.document_id = d.document_id AND other.other_id = d.other_id
            AND other.decision_id > d.decision_id AND other.undoes IS NULL
            AND NOT EXISTS (SELECT 1 FROM copy_decisions AS back WHERE back.undoes = other.decision_id));

-- a person's word stands over what was found
CREATE VIEW standing_copies AS
SELECT document_id, other_id, kind, likeness, reason FROM copies AS c
WHERE NOT EXISTS (
    SELECT 1 FROM standing_copy_decisions AS d
    WHERE d.document_id = CASE WHEN c.document_id < c.other_id THEN c.document_id ELSE c.other_id END
        AND d.other_id = CASE WHEN c.document_id < c.other_id THEN c.other_id ELSE c.document_id END)
UNION ALL
SELECT document_id, other_id, 'nearly_same', 1.0, 'a person said so' FROM standing_copy_decisions WHERE same = 1
UNION ALL
SELECT other_id, document_id, 'nearly_same', 1.0, 'a person said so' FROM standing_copy_decisions WHERE same = 1;
