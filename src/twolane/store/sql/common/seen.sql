-- What somebody may see of each table and view, by its name, or by what its rows belong to. In the statements of somebody
-- who may not see all, these take the place of their tables: see narrowing.py. `{own}` are the library's own tables,
-- `{seen}` says whether the file `f` is seen, `{shown d}` whether a file of the document `d` is, and
-- `{hidden d}` whether one of them is not: then what a file's path told of it, and what others said of it, is not shown.
-- `{others a}` says that `a` is somebody else.

-- name: files
SELECT f.* FROM {own}files AS f WHERE {seen}

-- name: visible_files
SELECT f.* FROM {own}files AS f WHERE {visible} AND {seen}

-- name: file_records
-- A copy that is not seen is not counted.
SELECT r.file_id, r.path, r.size_bytes, r.state, r.document_id, r.added_at, r.placed_by, r.owner, r.note, r.document,
    r.media_type, r.page_count, r.status, r.seen,
    CASE WHEN {overruled r.document_id title} THEN d.read_title ELSE r.title END AS title,
    CASE WHEN {overruled r.document_id date} THEN d.read_dated_at ELSE r.dated_at END AS dated_at,
    CASE WHEN {overruled r.document_id language} THEN d.read_language ELSE r.language END AS language,
    CASE WHEN {overruled r.document_id correspondent} THEN 0 ELSE r.correspondent_id END AS correspondent_id,
    CASE WHEN {overruled r.document_id correspondent} THEN '' ELSE r.correspondent END AS correspondent,
    CASE WHEN {hidden r.document_id} THEN {own_tags} ELSE r.tags END AS tags,
    r.category, r.confidence, r.tier,
    CASE WHEN r.tier = 'rules' AND {hidden r.document_id} THEN '' ELSE r.reason END AS reason,
    r.review_cause, r.left_out, r.scores, r.seconds, r.taxonomy,
    (SELECT count(*) FROM (
        SELECT 1 FROM {own}files AS f
        WHERE f.document_id = r.document_id AND f.file_id <> r.file_id AND {visible} AND {seen} LIMIT 99) AS others)
    + (SELECT count(*) FROM {own}standing_copies AS k JOIN {own}files AS f ON f.document_id = k.other_id
        WHERE k.document_id = r.document_id AND {visible} AND {seen} AND NOT {paired k})
    + (SELECT count(*) FROM {own}copies AS k JOIN {own}files AS f ON f.document_id = k.other_id
        WHERE k.document_id = r.document_id AND {visible} AND {seen} AND {paired k}) AS copies
FROM {own}file_records AS r LEFT JOIN {own}documents AS d ON d.document_id = r.document_id
WHERE EXISTS (SELECT 1 FROM {own}files AS f WHERE f.file_id = r.file_id AND {seen})

-- name: by_file
SELECT x.* FROM {own}{name} AS x WHERE EXISTS (SELECT 1 FROM {own}files AS f WHERE f.file_id = x.file_id AND {seen})

-- name: by_document
SELECT x.* FROM {own}{name} AS x WHERE {shown x.document_id}

-- name: passages
-- A heading begins with the name of whichever file was read first.
SELECT x.passage_id, x.document_id, x.ordinal, x.page, x.start_char, x.end_char, x.ocr, x.text, x.place,
    CASE WHEN {hidden x.document_id} THEN '' ELSE x.heading END AS heading
FROM {own}passages AS x WHERE {shown x.document_id}

-- name: documents
-- What somebody else decided of a field is not seen: what was read is.
SELECT x.document_id, x.hash, x.size_bytes, x.status, x.media_type, x.page_count, x.seen, x.note, x.stale, x.names,
    {own_columns} x.read_title, x.read_dated_at, x.read_language, x.stated,
    CASE WHEN {overruled x.document_id title} THEN x.read_title ELSE x.title END AS title,
    CASE WHEN {overruled x.document_id title} THEN '' ELSE x.folded_title END AS folded_title,
    CASE WHEN {overruled x.document_id date} THEN x.read_dated_at ELSE x.dated_at END AS dated_at,
    CASE WHEN {overruled x.document_id language} THEN x.read_language ELSE x.language END AS language,
    CASE WHEN {overruled x.document_id correspondent} THEN NULL ELSE x.correspondent_name_id END
        AS correspondent_name_id
FROM {own}documents AS x WHERE {shown x.document_id}

-- name: document_tags
SELECT x.* FROM {own}document_tags AS x
WHERE {shown x.document_id} AND NOT ({others x.tagged_by} AND {hidden x.document_id})

-- name: decisions
-- One's own decision that somebody else took back is taken back.
SELECT x.decision_id, x.document_id, x.category, x.confidence, x.tier, x.scores, x.seconds, x.taxonomy, x.answer,
    x.decided_at, x.undoes, x.review_cause, x.left_out, x.uncalibrated,
    CASE WHEN {others x.decided_by} AND {hidden x.document_id} THEN '' ELSE x.decided_by END AS decided_by,
    CASE WHEN x.tier = 'rules' AND {hidden x.document_id} THEN '' ELSE x.reason END AS reason
FROM {own}decisions AS x
WHERE {shown x.document_id} AND NOT (x.tier = 'person' AND {others x.decided_by} AND NOT EXISTS (
    SELECT 1 FROM {own}decisions AS o WHERE o.decision_id = x.undoes AND NOT {others o.decided_by})
    AND {hidden x.document_id})

-- name: standing_decisions
-- Whoever decided: the category is the document's own.
SELECT x.decision_id, x.document_id, x.category, x.confidence, x.tier, x.scores, x.seconds, x.taxonomy, x.answer,
    x.decided_at, x.undoes, x.review_cause, x.left_out, x.uncalibrated, x.as_decided,
    CASE WHEN {others x.decided_by} AND {hidden x.document_id} THEN '' ELSE x.decided_by END AS decided_by,
    CASE WHEN x.tier = 'rules' AND {hidden x.document_id} THEN '' ELSE x.reason END AS reason
FROM {own}standing_decisions AS x WHERE {shown x.document_id}

-- name: field_decisions
SELECT x.* FROM {own}field_decisions AS x
WHERE {shown x.document_id} AND NOT ({others x.decided_by} AND NOT EXISTS (
    SELECT 1 FROM {own}field_decisions AS o WHERE o.decision_id = x.undoes AND NOT {others o.decided_by})
    AND {hidden x.document_id})

-- name: standing_field_decisions
-- The last of those that are seen.
SELECT x.* FROM {own}field_decisions AS x
WHERE {shown x.document_id} AND x.undoes IS NULL
    AND NOT EXISTS (SELECT 1 FROM {own}field_decisions AS back WHERE back.undoes = x.decision_id)
    AND NOT ({others x.decided_by} AND {hidden x.document_id})
    AND NOT EXISTS (
        SELECT 1 FROM {own}field_decisions AS later
        WHERE later.document_id = x.document_id AND later.field = x.field AND later.decision_id > x.decision_id
            AND later.undoes IS NULL
            AND NOT EXISTS (SELECT 1 FROM {own}field_decisions AS back WHERE back.undoes = later.decision_id)
            AND NOT ({others later.decided_by} AND {hidden later.document_id}))

-- name: standing_fields
SELECT x.document_id, x.field, x.value, x.amount_e4, x.currency, x.confidence, x.source, x.words, x.page, x.start_char,
    x.end_char, x.reason, x.before_words
FROM standing_field_decisions AS x
UNION ALL
SELECT x.document_id, x.field, x.value, x.amount_e4, x.currency, x.confidence, x.source, x.words, x.page, x.start_char,
    x.end_char, x.reason, x.before_words
FROM {own}drawn_values AS x
WHERE {shown x.document_id} AND NOT EXISTS (
    SELECT 1 FROM standing_field_decisions AS d WHERE d.document_id = x.document_id AND d.field = x.field)

-- name: by_pair
SELECT x.* FROM {own}{name} AS x WHERE {shown x.document_id} AND {shown x.other_id}

-- name: by_pair_said
SELECT x.* FROM {own}{name} AS x
WHERE {shown x.document_id} AND {shown x.other_id}
    AND NOT ({others x.decided_by} AND ({hidden x.document_id} OR {hidden x.other_id}))

-- name: standing_copies
SELECT x.document_id, x.other_id, x.kind, x.likeness, x.reason FROM {own}standing_copies AS x
WHERE {shown x.document_id} AND {shown x.other_id} AND NOT {paired x}
UNION ALL
SELECT x.document_id, x.other_id, x.kind, x.likeness, x.reason FROM {own}copies AS x
WHERE {shown x.document_id} AND {shown x.other_id} AND {paired x}

-- name: by_passage
SELECT x.* FROM {own}{name} AS x
WHERE EXISTS (
    SELECT 1 FROM {own}passages AS p JOIN {own}files AS f ON f.document_id = p.document_id
    WHERE p.passage_id = x.passage_id AND {seen})

-- name: by_nobody
SELECT x.* FROM {own}{name} AS x WHERE FALSE

-- name: correspondent_names
SELECT n.* FROM {own}correspondent_names AS n
WHERE EXISTS (
    SELECT 1 FROM {own}documents AS d JOIN {own}files AS f ON f.document_id = d.document_id
    WHERE d.correspondent_name_id = n.name_id AND {seen} AND NOT {overruled d.document_id correspondent})

-- name: correspondents
SELECT p.* FROM {own}correspondents AS p
WHERE EXISTS (
    SELECT 1 FROM {own}correspondent_names AS n JOIN {own}documents AS d ON d.correspondent_name_id = n.name_id
    JOIN {own}files AS f ON f.document_id = d.document_id
    WHERE n.correspondent_id = p.correspondent_id AND {seen} AND NOT {overruled d.document_id correspondent})

-- name: correspondent_changes
-- A change of two is seen where one of them is.
SELECT c.* FROM {own}correspondent_changes AS c
WHERE EXISTS (
    SELECT 1 FROM {own}correspondent_names AS n JOIN {own}documents AS d ON d.correspondent_name_id = n.name_id
    JOIN {own}files AS f ON f.document_id = d.document_id
    WHERE n.correspondent_id IN (c.correspondent_id, c.other_id) AND {seen}
        AND NOT {overruled d.document_id correspondent})

-- name: parted_names
SELECT q.* FROM {own}parted_names AS q
WHERE EXISTS (
    SELECT 1 FROM {own}documents AS d JOIN {own}files AS f ON f.document_id = d.document_id
    WHERE d.correspondent_name_id = q.name_id AND {seen} AND NOT {overruled d.document_id correspondent})

-- name: removals
-- By what the file was, and whoever took it out.
SELECT f.* FROM {own}removals AS f WHERE {seen_when_removed}

-- name: shown
EXISTS (SELECT 1 FROM {own}files AS f WHERE f.document_id = {of} AND {seen})

-- name: hidden
EXISTS (SELECT 1 FROM {own}files AS f WHERE f.document_id = {of} AND NOT {seen})

-- name: overruled
-- Somebody else decided last on the field of a document.
(EXISTS (
    SELECT 1 FROM {own}standing_field_decisions AS said
    WHERE said.document_id = {of} AND said.field = '{more}' AND {others said.decided_by})
AND {hidden {of}})

-- name: paired
-- Somebody else said last whether two documents are the same.
(EXISTS (
    SELECT 1 FROM {own}standing_copy_decisions AS said
    WHERE said.document_id = CASE WHEN {of}.document_id < {of}.other_id THEN {of}.document_id ELSE {of}.other_id END
        AND said.other_id = CASE WHEN {of}.document_id < {of}.other_id THEN {of}.other_id ELSE {of}.document_id END
        AND {others said.decided_by})
AND ({hidden {of}.document_id} OR {hidden {of}.other_id}))
