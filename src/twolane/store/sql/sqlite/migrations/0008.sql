-- What is known of documents beside their categories: the values of their fields, whom they are from, and tags.

-- what the reader made of the file; `title`, `dated_at` and `language` are the values that stand
ALTER TABLE documents ADD COLUMN read_title TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN read_dated_at TEXT;
ALTER TABLE documents ADD COLUMN read_language TEXT NOT NULL DEFAULT '';
-- JSON: [[field, value, origin], ...], what the file says of itself outside its text
ALTER TABLE documents ADD COLUMN stated TEXT NOT NULL DEFAULT '[]';

UPDATE documents SET read_title = title, read_dated_at = dated_at, read_language = language;

CREATE TABLE correspondents (
    correspondent_id INTEGER PRIMARY KEY AUTOINCREMENT,
    first_name TEXT NOT NULL,  -- before any change of `correspondent_changes`
    name TEXT NOT NULL,  -- the one that is shown
    folded_name TEXT NOT NULL
);

CREATE INDEX correspondents_folded ON correspondents (folded_name);

-- each spelling is one correspondent's: to merge two moves spellings, and no document is written
CREATE TABLE correspondent_names (
    name_id INTEGER PRIMARY KEY AUTOINCREMENT,
    correspondent_id INTEGER NOT NULL REFERENCES correspondents (correspondent_id),
    -- where it belongs without any change of `correspondent_changes`
    home_id INTEGER NOT NULL REFERENCES correspondents (correspondent_id),
    name TEXT NOT NULL,
    folded_name TEXT NOT NULL UNIQUE
);

CREATE INDEX correspondent_names_of ON correspondent_names (correspondent_id);

-- the spelling that the standing value of the field `correspondent` has
ALTER TABLE documents ADD COLUMN correspondent_name_id INTEGER REFERENCES correspondent_names (name_id);

CREATE INDEX documents_correspondent ON documents (correspondent_name_id);

-- Only ever added, and undone by a row that says so; where each spelling belongs follows from those that stand.
CREATE TABLE correspondent_changes (
    change_id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,  -- merge, part, rename or undo
    correspondent_id INTEGER NOT NULL,  -- that was merged into, parted from or renamed
    other_id INTEGER NOT NULL DEFAULT 0,  -- that was merged, or made by a part
    name_id INTEGER NOT NULL DEFAULT 0,  -- of the spelling that was parted
    name TEXT NOT NULL DEFAULT '',  -- of the correspondent from then on, '' where it stays
    reason TEXT NOT NULL,
    by_evidence INTEGER NOT NULL DEFAULT 0,
    changed_by TEXT NOT NULL,
    changed_at REAL NOT NULL,
    undoes INTEGER
);

-- spellings that a person took apart: evidence alone never brings them together again
CREATE TABLE parted_names (
    change_id INTEGER NOT NULL REFERENCES correspondent_changes (change_id),
    name_id INTEGER NOT NULL REFERENCES correspondent_names (name_id),
    other_id INTEGER NOT NULL REFERENCES correspondent_names (name_id),
    PRIMARY KEY (change_id, name_id, other_id)
);

-- what machines drew out of a document, replaced at each draw
CREATE TABLE drawn_values (
    document_id INTEGER NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    amount_e4 INTEGER,  -- of a number: its ten-thousandths
    currency TEXT NOT NULL,
    confidence REAL NOT NULL,
    source TEXT NOT NULL,
    words TEXT NOT NULL,
    page INTEGER NOT NULL,  -- 0: its place is not known
    start_char INTEGER NOT NULL,
    end_char INTEGER NOT NULL,
    reason TEXT NOT NULL,
    before_words TEXT NOT NULL,
    PRIMARY KEY (document_id, field)
);

CREATE INDEX drawn_values_field ON drawn_values (field, value);

-- what people decided, only ever added; '' says that the document has no such value
CREATE TABLE field_decisions (
    decision_id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    amount_e4 INTEGER,
    currency TEXT NOT NULL,
    confidence REAL NOT NULL,
    source TEXT NOT NULL,
    words TEXT NOT NULL,
    page INTEGER NOT NULL,
    start_char INTEGER NOT NULL,
    end_char INTEGER NOT NULL,
    reason TEXT NOT NULL,
    before_words TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at REAL NOT NULL,
    undoes INTEGER
);

CREATE INDEX field_decisions_document ON field_decisions (document_id, field, decision_id);
CREATE INDEX field_decisions_field ON field_decisions (field, value);
CREATE INDEX field_decisions_undoes ON field_decisions (undoes) WHERE undoes IS NOT NULL;

-- of several decisions on a field the newest that was not taken back
CREATE VIEW standing_field_decisions AS
SELECT * FROM field_decisions AS d
WHERE d.undoes IS NULL
    AND NOT EXISTS (SELECT 1 FROM field_decisions AS back WHERE back.undoes = d.decision_id)
    AND NOT EXISTS (
        SELECT 1 FROM field_decisions AS other
        WHERE other.document_id = d.document_id AND other.field = d.field AND other.decision_id > d.decision_id
            AND other.undoes IS NULL
            AND NOT EXISTS (SELECT 1 FROM field_decisions AS back WHERE back.undoes = other.decision_id));

-- a person's value stands over those of machines
CREATE VIEW standing_fields AS
SELECT document_id, field, value, amount_e4, currency, confidence, source, words, page, start_char, end_char,
    reason, before_words
FROM standing_field_decisions
UNION ALL
SELECT document_id, field, value, amount_e4, currency, confidence, source, words, page, start_char, end_char,
    reason, before_words
FROM drawn_values AS v
WHERE NOT EXISTS (
    SELECT 1 FROM standing_field_decisions AS d WHERE d.document_id = v.document_id AND d.field = v.field);

-- what people said of a file's earlier content, whose document may be gone
CREATE TABLE earlier_fields (
    file_id INTEGER NOT NULL REFERENCES files (file_id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    words TEXT NOT NULL,
    before_words TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at REAL NOT NULL,
    PRIMARY KEY (file_id, field)
);

-- what tells the sender of a document from all others
CREATE TABLE document_marks (
    document_id INTEGER NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    mark TEXT NOT NULL,
    PRIMARY KEY (document_id, kind, mark)
);

CREATE INDEX document_marks_mark ON document_marks (mark, kind, document_id);

CREATE TABLE document_tags (
    document_id INTEGER NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    folded_tag TEXT NOT NULL,
    tag TEXT NOT NULL,
    tagged_by TEXT NOT NULL,
    tagged_at REAL NOT NULL,
    PRIMARY KEY (document_id, folded_tag)
);

CREATE INDEX document_tags_tag ON document_tags (folded_tag, document_id);

CREATE INDEX files_added ON files (added_at);

DROP VIEW file_records;

CREATE VIEW file_records AS
SELECT
    f.file_id, f.path, f.size_bytes, f.state, f.document_id, f.added_at,
    coalesce(nullif(f.note, ''), d.note, '') AS note,
    coalesce(d.hash, '') AS document, coalesce(d.media_type, '') AS media_type,
    coalesce(d.title, '') AS title, coalesce(d.page_count, 0) AS page_count,
    d.status, coalesce(d.seen, 1.0) AS seen, d.dated_at, coalesce(d.language, '') AS language,
    coalesce(p.correspondent_id, 0) AS correspondent_id, coalesce(p.name, '') AS correspondent,
    (SELECT json_group_array(t.tag) FROM (
        SELECT tag FROM document_tags WHERE document_id = f.document_id ORDER BY folded_tag) AS t) AS tags,
    c.category, c.confidence, c.tier, c.reason, c.review_cause, c.left_out,
    c.scores, c.seconds, c.taxonomy
FROM files AS f
LEFT JOIN documents AS d ON d.document_id = f.document_id
LEFT JOIN correspondent_names AS n ON n.name_id = d.correspondent_name_id
LEFT JOIN correspondents AS p ON p.correspondent_id = n.correspondent_id
LEFT JOIN standing_decisions AS c ON c.document_id = f.document_id;
