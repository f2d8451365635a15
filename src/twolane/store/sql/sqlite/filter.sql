-- What a filter lets pass, a condition for each of its fields; `f` is a file. See filters.py.

-- name: documents
f.document_id IN (SELECT document_id FROM documents WHERE hash IN (SELECT value FROM json_each(:documents)))

-- name: categories
f.document_id IN (
    SELECT document_id FROM standing_decisions WHERE category IN (SELECT value FROM json_each(:categories)))

-- name: states
f.state IN (SELECT value FROM json_each(:states))

-- name: folders
f.file_id IN (SELECT g.file_id FROM temp.roots AS r JOIN files AS g ON g.path >= r.low AND g.path < r.high)

-- name: kinds
f.document_id IN (
    SELECT d.document_id FROM json_each(:first_kinds) AS first JOIN json_each(:last_kinds) AS last USING (key)
    JOIN documents AS d ON d.media_type BETWEEN first.value AND last.value)

-- name: languages
f.document_id IN (SELECT document_id FROM documents WHERE language IN (SELECT value FROM json_each(:languages)))

-- name: owners
f.owner IN (SELECT value FROM json_each(:owners))

-- name: name
(instr(f.folded_path, :name) > 0
    OR f.document_id IN (SELECT document_id FROM documents WHERE instr(folded_title, :name) > 0))
