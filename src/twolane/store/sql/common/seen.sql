-- What somebody may see of each table and view, by its name, or by what its rows belong to. In the statements of somebody
-- who may not see all, these take the place of their tables: see narrowing.py. `{own}` are the library's own tables,
-- `{seen}` says whether the file `f` is seen.

-- name: files
SELECT f.* FROM {own}files AS f WHERE {seen}

-- name: visible_files
SELECT f.* FROM {own}files AS f WHERE {visible} AND {seen}

-- name: file_records
-- A copy that is not seen is not counted.
SELECT r.file_id, r.path, r.size_bytes, r.state, r.document_id, r.added_at, r.placed_by, r.owner, r.note, r.document,
    r.media_type, r.title, r.page_count, r.status, r.seen, r.dated_at, r.language, r.correspondent_id, r.correspondent,
    r.tags, r.category, r.confidence, r.tier, r.reason, r.review_cause, r.left_out, r.scores, r.seconds, r.taxonomy,
    (SELECT count(*) FROM (
        SELECT 1 FROM {own}files AS f
        WHERE f.document_id = r.document_id AND f.file_id <> r.file_id AND {visible} AND {seen} LIMIT 99) AS others)
    + (SELECT count(*) FROM {own}standing_copies AS k JOIN {own}files AS f ON f.document_id = k.other_id
        WHERE k.document_id = r.document_id AND {visible} AND {seen}) AS copies
FROM {own}file_records AS r
WHERE EXISTS (SELECT 1 FROM {own}files AS f WHERE f.file_id = r.file_id AND {seen})

-- name: by_file
SELECT x.* FROM {own}{name} AS x WHERE EXISTS (SELECT 1 FROM {own}files AS f WHERE f.file_id = x.file_id AND {seen})

-- name: by_document
SELECT x.* FROM {own}{name} AS x
WHERE EXISTS (SELECT 1 FROM {own}files AS f WHERE f.document_id = x.document_id AND {seen})

-- name: by_pair
SELECT x.* FROM {own}{name} AS x
WHERE EXISTS (SELECT 1 FROM {own}files AS f WHERE f.document_id = x.document_id AND {seen})
    AND EXISTS (SELECT 1 FROM {own}files AS f WHERE f.document_id = x.other_id AND {seen})

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
    WHERE d.correspondent_name_id = n.name_id AND {seen})

-- name: correspondents
SELECT p.* FROM {own}correspondents AS p
WHERE EXISTS (
    SELECT 1 FROM {own}correspondent_names AS n JOIN {own}documents AS d ON d.correspondent_name_id = n.name_id
    JOIN {own}files AS f ON f.document_id = d.document_id
    WHERE n.correspondent_id = p.correspondent_id AND {seen})

-- name: correspondent_changes
-- A change of two is seen where one of them is.
SELECT c.* FROM {own}correspondent_changes AS c
WHERE EXISTS (
    SELECT 1 FROM {own}correspondent_names AS n JOIN {own}documents AS d ON d.correspondent_name_id = n.name_id
    JOIN {own}files AS f ON f.document_id = d.document_id
    WHERE n.correspondent_id IN (c.correspondent_id, c.other_id) AND {seen})

-- name: parted_names
SELECT q.* FROM {own}parted_names AS q
WHERE EXISTS (
    SELECT 1 FROM {own}documents AS d JOIN {own}files AS f ON f.document_id = d.document_id
    WHERE d.correspondent_name_id = q.name_id AND {seen})

-- name: removals
-- By what the file was, and whoever took it out.
SELECT f.* FROM {own}removals AS f WHERE {seen_when_removed}
