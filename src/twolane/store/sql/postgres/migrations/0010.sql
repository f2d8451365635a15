-- How many other files are the same as one, nearly the same, or versions of it.

DROP VIEW standing_copies;

-- a person's word stands over what was found
CREATE VIEW decided_copies AS
SELECT document_id, other_id, kind, likeness, reason FROM copies AS c
WHERE NOT EXISTS (
    SELECT 1 FROM standing_copy_decisions AS d
    WHERE d.document_id = CASE WHEN c.document_id < c.other_id THEN c.document_id ELSE c.other_id END
        AND d.other_id = CASE WHEN c.document_id < c.other_id THEN c.other_id ELSE c.document_id END)
UNION ALL
SELECT document_id, other_id, 'nearly_same', 1.0::double precision, 'a person said so' FROM standing_copy_decisions WHERE same = 1
UNION ALL
SELECT other_id, document_id, 'nearly_same', 1.0::double precision, 'a person said so' FROM standing_copy_decisions WHERE same = 1;

-- What `decided_copies` says, written down at each change: a list of files looks a row up for each of its files.
CREATE TABLE standing_copies (
    document_id bigint NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    other_id bigint NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    kind text NOT NULL,
    likeness double precision NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (document_id, other_id)
);

CREATE INDEX standing_copies_other ON standing_copies (other_id);

INSERT INTO standing_copies SELECT document_id, other_id, kind, likeness, reason FROM decided_copies;

DROP VIEW file_records;

CREATE VIEW file_records AS
SELECT
    f.file_id, f.path, f.size_bytes, f.state, f.document_id, f.added_at,
    coalesce(nullif(f.note, ''), d.note, '') AS note,
    coalesce(d.hash, '') AS document, coalesce(d.media_type, '') AS media_type,
    coalesce(d.title, '') AS title, coalesce(d.page_count, 0) AS page_count,
    d.status, coalesce(d.seen, 1.0) AS seen, d.dated_at, coalesce(d.language, '') AS language,
    coalesce(p.correspondent_id, 0) AS correspondent_id, coalesce(p.name, '') AS correspondent,
    (SELECT coalesce(json_agg(t.tag ORDER BY t.folded_tag COLLATE "C"), '[]')::text
        FROM document_tags AS t WHERE t.document_id = f.document_id) AS tags,
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
