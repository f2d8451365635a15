-- Files in order: plans with the journal of what was done, hands that move files, and what was taken out.

CREATE TABLE plans (
    plan_id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    options TEXT NOT NULL,
    made_by TEXT NOT NULL DEFAULT '',
    made_at REAL NOT NULL,
    applied_at REAL NOT NULL DEFAULT 0,  -- 0: not yet
    undone_at REAL NOT NULL DEFAULT 0,
    holder TEXT NOT NULL DEFAULT '',  -- who applies or undoes it, '': nobody
    held_at REAL NOT NULL DEFAULT 0
);

-- A move of a plan, and its line of the journal.
CREATE TABLE plan_moves (
    plan_id INTEGER NOT NULL REFERENCES plans (plan_id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    file_id INTEGER NOT NULL,  -- no reference: the journal outlives the file
    document TEXT NOT NULL,
    source BLOB NOT NULL,
    target BLOB NOT NULL,
    kind TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    stamp TEXT NOT NULL,
    category TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    before TEXT NOT NULL DEFAULT '',  -- JSON: what the file was like, to be restored
    at REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (plan_id, number)
) WITHOUT ROWID;

CREATE INDEX plan_moves_state ON plan_moves (plan_id, state, number);
CREATE INDEX plan_moves_file ON plan_moves (file_id);
CREATE INDEX plan_moves_source ON plan_moves (source);
CREATE INDEX plan_moves_target ON plan_moves (target);

-- Folders that a plan has made, which its undo removes where they are empty, and those that it has changed.
CREATE TABLE plan_folders (
    plan_id INTEGER NOT NULL REFERENCES plans (plan_id) ON DELETE CASCADE,
    path BLOB NOT NULL,
    made INTEGER NOT NULL,
    accessed_ns INTEGER NOT NULL,  -- its times before the plan; 0: nothing is to be restored
    modified_ns INTEGER NOT NULL,
    left_ns INTEGER NOT NULL DEFAULT 0,  -- when it was modified as the plan last left it; 0: not known
    PRIMARY KEY (plan_id, path)
) WITHOUT ROWID;

-- What a file keeps under any name of its disk, by which a renamed one is known; '' where that is not known.
ALTER TABLE files ADD COLUMN identity TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN placed_by TEXT NOT NULL DEFAULT '';  -- 'person', 'plan', '': it lies where it came in
CREATE INDEX files_identity ON files (identity) WHERE identity <> '';

-- the stamp of a scan is the times of change of content and of status, and the number of the file on its disk
UPDATE files SET identity =
    substr(substr(stamp, instr(stamp, ':') + 1), instr(substr(stamp, instr(stamp, ':') + 1), ':') + 1)
    || ':' || size_bytes || ':' || substr(stamp, 1, instr(stamp, ':') - 1)
WHERE stamp GLOB '[0-9]*:[0-9]*:[1-9]*';

DROP VIEW file_records;

CREATE VIEW file_records AS
SELECT
    f.file_id, f.path, f.size_bytes, f.state, f.document_id, f.added_at, f.placed_by,
    coalesce(nullif(f.note, ''), d.note, '') AS note,
    coalesce(d.hash, '') AS document, coalesce(d.media_type, '') AS media_type,
    coalesce(d.title, '') AS title, coalesce(d.page_count, 0) AS page_count,
    d.status, coalesce(d.seen, 1.0) AS seen, d.dated_at, coalesce(d.language, '') AS language,
    coalesce(p.correspondent_id, 0) AS correspondent_id, coalesce(p.name, '') AS correspondent,
    (SELECT json_group_array(t.tag) FROM (
        SELECT tag FROM document_tags WHERE document_id = f.document_id ORDER BY folded_tag) AS t) AS tags,
    c.category, c.confidence, c.tier, c.reason, c.review_cause, c.left_out,
    c.scores, c.seconds, c.taxonomy,
    -- a thousand empty files are all copies of each other: nobody needs to know how many
    (SELECT count(*) FROM (
        SELECT 1 FROM visible_files AS o
        WHERE o.document_id = f.document_id AND o.file_id <> f.file_id LIMIT 99) AS others)
    + (SELECT count(*) FROM standing_copies AS k JOIN visible_files AS o ON o.document_id = k.other_id
        WHERE k.document_id = f.document_id) AS copies
FROM files AS f
LEFT JOIN documents AS d ON d.document_id = f.document_id
LEFT JOIN correspondent_names AS n ON n.name_id = d.correspondent_name_id
LEFT JOIN correspondents AS p ON p.correspondent_id = n.correspondent_id
LEFT JOIN standing_decisions AS c ON c.document_id = f.document_id;

-- A file that a person has put into the folder of another category: asked about once.
CREATE TABLE placements (
    file_id INTEGER NOT NULL REFERENCES files (file_id) ON DELETE CASCADE,
    document TEXT NOT NULL,
    category TEXT NOT NULL,
    folder BLOB NOT NULL,
    state TEXT NOT NULL,  -- open, accepted, declined
    seen_at REAL NOT NULL,
    PRIMARY KEY (file_id, document, category)
) WITHOUT ROWID;

-- What no scan takes in: a path with all under it, a name's pattern, or a content by its hash.
CREATE TABLE exclusions (
    exclusion_id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,  -- path, name, content
    value BLOB NOT NULL,
    excluded_by TEXT NOT NULL DEFAULT '',
    excluded_at REAL NOT NULL,
    UNIQUE (kind, value)
);

-- What was taken out of the library: its name and hash, and nothing of what it says.
CREATE TABLE removals (
    removal_id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL,
    document TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    trashed BLOB NOT NULL DEFAULT '',  -- where the file lies in the system's trash; '': it was not deleted
    decision TEXT NOT NULL DEFAULT '',  -- JSON: what a person had decided, for when it comes back
    removed_by TEXT NOT NULL DEFAULT '',
    removed_at REAL NOT NULL,
    restored_at REAL NOT NULL DEFAULT 0
);

CREATE INDEX removals_path ON removals (path);
CREATE INDEX removals_document ON removals (document);

-- Keys of scanners, phones and other programs; only their digests are kept.
CREATE TABLE tokens (
    token_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    rights TEXT NOT NULL,
    made_at REAL NOT NULL,
    ends_at REAL NOT NULL DEFAULT 0,  -- 0: never
    used_at REAL NOT NULL DEFAULT 0,
    revoked_at REAL NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE UNIQUE INDEX tokens_name ON tokens (name) WHERE revoked_at = 0;
