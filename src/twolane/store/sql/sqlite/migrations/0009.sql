-- The taxonomy lives in the library: each of its versions is kept, and decisions follow where their category went.

CREATE TABLE taxonomies (
    version_id INTEGER PRIMARY KEY AUTOINCREMENT,
    categories TEXT NOT NULL,  -- JSON: all that is said of each, in their order
    moves TEXT NOT NULL,  -- JSON: {a category that is no more: where its documents went}
    origin TEXT NOT NULL,
    source TEXT NOT NULL,  -- the digest of the file that the library was in step with last
    what TEXT NOT NULL,  -- the change, in words
    refiled TEXT NOT NULL,  -- JSON: the categories whose documents it files again
    last_decision INTEGER NOT NULL,  -- the newest decision before it
    undoes INTEGER,  -- the version that this one takes back
    changed_by TEXT NOT NULL,
    changed_at REAL NOT NULL
);

-- of the newest version: where the documents of a category that is no more went
CREATE TABLE category_moves (
    category TEXT PRIMARY KEY,
    moved_to TEXT NOT NULL
);

-- of the newest version: each category, and each that is no more, with all those that it lies within
CREATE TABLE category_places (
    category TEXT NOT NULL,
    lies_within TEXT NOT NULL,
    PRIMARY KEY (category, lies_within)
);

CREATE INDEX category_places_within ON category_places (lies_within);

DROP VIEW standing_decisions;

-- A person's decision stands over those of machines, and a later one over an earlier one. `category` is where it is
-- now; no row is ever rewritten, so that what a change of the taxonomy did is undone exactly.
CREATE VIEW standing_decisions AS
SELECT
    d.decision_id, d.document_id,
    coalesce((SELECT m.moved_to FROM category_moves AS m WHERE m.category = d.category), d.category) AS category,
    d.confidence, d.tier, d.reason, d.scores, d.seconds, d.taxonomy, d.answer, d.decided_by, d.decided_at, d.undoes,
    d.review_cause, d.left_out, d.uncalibrated, d.category AS as_decided
FROM decisions AS d
WHERE d.undoes IS NULL
    AND NOT EXISTS (SELECT 1 FROM decisions AS back WHERE back.undoes = d.decision_id)
    AND NOT EXISTS (
        SELECT 1 FROM decisions AS other
        WHERE other.document_id = d.document_id AND other.undoes IS NULL
            AND (other.tier = 'person', other.decision_id) > (d.tier = 'person', d.decision_id)
            AND NOT EXISTS (SELECT 1 FROM decisions AS back WHERE back.undoes = other.decision_id));
