-- Who may come in, what each sees, and what each did. Names of users stand as they are in `owner`, `decided_by` and the like,
-- so a user's name never changes.
CREATE TABLE users (
    name TEXT PRIMARY KEY,
    folded_name TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL,
    password TEXT NOT NULL DEFAULT '',  -- argon2 in its own notation; '': no password opens it
    subject TEXT NOT NULL DEFAULT '',  -- who this is at the office's sign-in: issuer, blank, subject
    settings TEXT NOT NULL DEFAULT '{}',  -- the language of the page and the like, as JSON
    made_at REAL NOT NULL,
    seen_at REAL NOT NULL DEFAULT 0,
    disabled_at REAL NOT NULL DEFAULT 0  -- 0: may sign in
) WITHOUT ROWID;

CREATE UNIQUE INDEX users_subject ON users (subject) WHERE subject <> '';

-- What users did stands beside their names for good, so nobody else ever gets the name of one who was removed.
CREATE TABLE removed_users (
    name TEXT PRIMARY KEY,
    folded_name TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    removed_by TEXT NOT NULL,
    removed_at REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE group_members (
    group_name TEXT NOT NULL,
    user_name TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    PRIMARY KEY (group_name, user_name)
) WITHOUT ROWID;

CREATE TABLE passkeys (
    credential_id TEXT PRIMARY KEY,  -- base64url
    user_name TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    name TEXT NOT NULL,
    public_key BLOB NOT NULL,
    sign_count INTEGER NOT NULL DEFAULT 0,
    made_at REAL NOT NULL,
    used_at REAL NOT NULL DEFAULT 0,
    challenged_at REAL NOT NULL DEFAULT 0  -- when the last challenge that it signed was made: earlier ones are good no more
) WITHOUT ROWID;

CREATE TABLE sign_ins (
    sign_in_id TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,  -- of the cookie's secret
    user_name TEXT NOT NULL,  -- '': whoever had the start token of a library without users
    method TEXT NOT NULL,
    sender TEXT NOT NULL DEFAULT '',
    agent TEXT NOT NULL DEFAULT '',
    began_at REAL NOT NULL,
    used_at REAL NOT NULL,
    ends_at REAL NOT NULL,
    ended_at REAL NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE INDEX sign_ins_user ON sign_ins (user_name, used_at);

ALTER TABLE tokens ADD COLUMN user_name TEXT NOT NULL DEFAULT '';  -- whose it is; '': nobody's, as of a scanner

-- Who sees what lies in a folder or a category, beside owners of files and administrators. The innermost rule counts.
CREATE TABLE shares (
    kind TEXT NOT NULL,  -- folder or category
    place BLOB NOT NULL,  -- the path, or the id of the category
    audience TEXT NOT NULL,  -- names of users, and of groups with an @ before them, as JSON; *: everybody
    set_by TEXT NOT NULL DEFAULT '',
    set_at REAL NOT NULL,
    PRIMARY KEY (kind, place)
) WITHOUT ROWID;

CREATE TABLE audit (
    audit_id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    user_name TEXT NOT NULL,
    means TEXT NOT NULL DEFAULT '',  -- by what: page, token NAME, program of this machine
    sender TEXT NOT NULL DEFAULT '',
    act TEXT NOT NULL,
    target TEXT NOT NULL DEFAULT '',
    file_id INTEGER NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT ''
);

CREATE INDEX audit_user ON audit (user_name, audit_id);
CREATE INDEX audit_file ON audit (file_id, audit_id) WHERE file_id > 0;

-- What quotas count, by day (UTC).
CREATE TABLE usage (
    user_name TEXT NOT NULL,
    day TEXT NOT NULL,
    uploaded_bytes INTEGER NOT NULL DEFAULT 0,
    questions INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user_name, day)
) WITHOUT ROWID;

CREATE TABLE saved_views (
    view_id INTEGER PRIMARY KEY,
    user_name TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL,
    view TEXT NOT NULL,  -- which of the page's views: search or files
    query TEXT NOT NULL,  -- its address's query
    made_at REAL NOT NULL,
    UNIQUE (user_name, view, name)
);

-- Whose the file was and how it was filed, by which is told who may know that it was taken out.
ALTER TABLE removals ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE removals ADD COLUMN category TEXT NOT NULL DEFAULT '';

DROP VIEW file_records;

-- Two people may give a document the same tag: each takes away their own.
CREATE TABLE new_document_tags (
    document_id INTEGER NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    folded_tag TEXT NOT NULL,
    tag TEXT NOT NULL,
    tagged_by TEXT NOT NULL,
    tagged_at REAL NOT NULL,
    PRIMARY KEY (document_id, folded_tag, tagged_by)
);
INSERT INTO new_document_tags SELECT document_id, folded_tag, tag, tagged_by, tagged_at FROM document_tags;
DROP TABLE document_tags;
ALTER TABLE new_document_tags RENAME TO document_tags;
CREATE INDEX document_tags_tag ON document_tags (folded_tag, document_id);

CREATE VIEW file_records AS
SELECT
    f.file_id, f.path, f.size_bytes, f.state, f.document_id, f.added_at, f.placed_by, f.owner,
    coalesce(nullif(f.note, ''), d.note, '') AS note,
    coalesce(d.hash, '') AS document, coalesce(d.media_type, '') AS media_type,
    coalesce(d.title, '') AS title, coalesce(d.page_count, 0) AS page_count,
    d.status, coalesce(d.seen, 1.0) AS seen, d.dated_at, coalesce(d.language, '') AS language,
    coalesce(p.correspondent_id, 0) AS correspondent_id, coalesce(p.name, '') AS correspondent,
    (SELECT json_group_array(t.tag) FROM (
        SELECT min(tag) AS tag FROM document_tags WHERE document_id = f.document_id
        GROUP BY folded_tag ORDER BY folded_tag) AS t) AS tags,
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

-- Which decision stands for each document, written down at each decision: what somebody may see is asked of every file.
CREATE TABLE document_standings (
    document_id INTEGER PRIMARY KEY REFERENCES documents (document_id) ON DELETE CASCADE,
    decision_id INTEGER NOT NULL,
    by_person INTEGER NOT NULL,  -- 0 or 1
    as_decided TEXT NOT NULL  -- its category
);

CREATE INDEX document_standings_category ON document_standings (as_decided);

INSERT INTO document_standings SELECT document_id, decision_id, tier = 'person', as_decided FROM standing_decisions;

-- what somebody may see of a document is asked of each of its files, by what this index holds
DROP INDEX files_document;
CREATE INDEX files_document ON files (document_id, state, owner, path);

CREATE TRIGGER decisions_made AFTER INSERT ON decisions WHEN new.undoes IS NULL
BEGIN
    INSERT INTO document_standings VALUES (new.document_id, new.decision_id, new.tier = 'person', new.category)
    ON CONFLICT (document_id) DO UPDATE SET
        decision_id = excluded.decision_id, by_person = excluded.by_person, as_decided = excluded.as_decided
    WHERE (excluded.by_person, excluded.decision_id) > (by_person, decision_id);
END;

CREATE TRIGGER decisions_undone AFTER INSERT ON decisions WHEN new.undoes IS NOT NULL
BEGIN
    DELETE FROM document_standings WHERE document_id = new.document_id;
    INSERT INTO document_standings
    SELECT d.document_id, d.decision_id, d.tier = 'person', d.category FROM decisions AS d
    WHERE d.document_id = new.document_id AND d.undoes IS NULL
        AND NOT EXISTS (SELECT 1 FROM decisions AS back WHERE back.undoes = d.decision_id)
    ORDER BY d.tier = 'person' DESC, d.decision_id DESC LIMIT 1;
END;

DROP VIEW standing_decisions;

-- A person's decision stands over those of machines, and a later one over an earlier one. `category` is where it is
-- now; no row of a decision is ever rewritten, so that what a change of the taxonomy did is undone exactly.
CREATE VIEW standing_decisions AS
SELECT
    d.decision_id, d.document_id,
    coalesce((SELECT m.moved_to FROM category_moves AS m WHERE m.category = d.category), d.category) AS category,
    d.confidence, d.tier, d.reason, d.scores, d.seconds, d.taxonomy, d.answer, d.decided_by, d.decided_at, d.undoes,
    d.review_cause, d.left_out, d.uncalibrated, d.category AS as_decided
FROM decisions AS d
WHERE EXISTS (
    SELECT 1 FROM document_standings AS s WHERE s.document_id = d.document_id AND s.decision_id = d.decision_id);
