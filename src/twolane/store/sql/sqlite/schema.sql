-- The whole schema of a library as the newest migration leaves it; a test compares the two.

CREATE TABLE library (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    scan INTEGER NOT NULL DEFAULT 0,
    -- counts the transactions that changed what a vector search may find: mirrors of the codes follow it
    generation INTEGER NOT NULL DEFAULT 0,
    -- changes when every vector is dropped: mirrors start again
    vector_epoch INTEGER NOT NULL DEFAULT 0,
    vector_model TEXT NOT NULL DEFAULT '',
    vector_dimensions INTEGER NOT NULL DEFAULT 0
);

INSERT INTO library (only) VALUES (1);

CREATE TABLE memory (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- AUTOINCREMENT here and in passages: mirrors in other processes rely on ids that are never used twice
CREATE TABLE documents (
    document_id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash TEXT NOT NULL UNIQUE,
    size_bytes INTEGER NOT NULL,
    status TEXT NOT NULL,
    media_type TEXT NOT NULL,
    title TEXT NOT NULL,
    page_count INTEGER NOT NULL,
    seen REAL NOT NULL,
    note TEXT NOT NULL,
    stale INTEGER NOT NULL DEFAULT 0,  -- to be read anew
    -- the title and file names exactly as `words` holds them: removing words takes the same text
    names TEXT NOT NULL DEFAULT '',
    -- passages of an earlier reading have smaller ids
    first_passage_id INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE pages (
    page_id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    label TEXT NOT NULL,
    ocr INTEGER NOT NULL,
    text TEXT NOT NULL
);

CREATE INDEX pages_document ON pages (document_id, number);

CREATE TABLE passages (
    passage_id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    page INTEGER NOT NULL,
    start_char INTEGER NOT NULL,
    end_char INTEGER NOT NULL,
    ocr INTEGER NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL
);

CREATE INDEX passages_document ON passages (document_id);

-- contentless: the texts are kept once, in passages; marks are letters here or Hindi falls apart
CREATE VIRTUAL TABLE words USING fts5 (
    names, heading, text,
    content = '',
    tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co M*'"
);

INSERT INTO words (words, rank) VALUES ('rank', 'bm25(0.5, 0.8, 1.0)');

CREATE TABLE vectors (
    passage_id INTEGER PRIMARY KEY REFERENCES passages (passage_id) ON DELETE CASCADE,
    document_id INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    code BLOB NOT NULL,   -- one sign bit a dimension
    scale REAL NOT NULL,  -- vector * scale has length 1
    vector BLOB NOT NULL  -- int8 a dimension
);

CREATE INDEX vectors_generation ON vectors (generation);

CREATE TABLE classifications (
    document_id INTEGER PRIMARY KEY REFERENCES documents (document_id) ON DELETE CASCADE,
    category TEXT NOT NULL,
    confidence REAL NOT NULL,
    tier TEXT NOT NULL,
    reason TEXT NOT NULL,
    review INTEGER NOT NULL,
    scores TEXT NOT NULL,  -- JSON: [[category, probability], ...]
    seconds REAL NOT NULL,
    taxonomy TEXT NOT NULL
);

CREATE INDEX classifications_category ON classifications (category);

CREATE TABLE files (
    file_id INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,  -- as the system has it: names need not be text
    size_bytes INTEGER NOT NULL,
    stamp TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    document_id INTEGER REFERENCES documents (document_id),
    scan INTEGER NOT NULL,
    added_at REAL NOT NULL
);

CREATE INDEX files_document ON files (document_id, state);
CREATE INDEX files_state ON files (state);

-- a document can be found while one of its files is neither gone nor skipped
CREATE VIEW visible_files AS
SELECT * FROM files WHERE document_id IS NOT NULL AND state NOT IN ('gone', 'skipped');

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
LEFT JOIN classifications AS c ON c.document_id = f.document_id;

CREATE TABLE jobs (
    job_id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    file_id INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    suspect INTEGER NOT NULL DEFAULT 0,  -- the worker of its last attempt vanished
    queued_at REAL NOT NULL,
    run_at REAL NOT NULL,  -- when it is due; of a parked job, when it was parked
    lease TEXT NOT NULL DEFAULT '',
    lease_until REAL NOT NULL DEFAULT 0,
    worker TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT ''
);

-- at most one queued and one running job for one thing; done jobs leave the table
CREATE UNIQUE INDEX jobs_once ON jobs (kind, key, state);
CREATE INDEX jobs_next ON jobs (state, kind, priority DESC, job_id);
CREATE INDEX jobs_file ON jobs (file_id);
CREATE INDEX jobs_key ON jobs (key);

CREATE TABLE jobs_done (
    kind TEXT PRIMARY KEY,
    done INTEGER NOT NULL
);

PRAGMA application_id = 1953983598;
PRAGMA user_version = 1;
