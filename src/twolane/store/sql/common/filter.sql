-- What a filter lets pass, a condition for each of its fields; `f` is a file. See filters.py.

-- name: visible
f.document_id IS NOT NULL AND f.state NOT IN ('gone', 'skipped')

-- name: not_gone
f.state <> 'gone'

-- name: with_copies
-- The same bytes lie elsewhere too, or another file is a copy or version of it.
f.document_id IN (
    SELECT document_id FROM visible_files GROUP BY document_id HAVING count(*) > 1
    UNION
    SELECT k.document_id FROM standing_copies AS k JOIN visible_files AS o ON o.document_id = k.other_id)

-- name: dates
f.document_id IN (SELECT document_id FROM documents WHERE dated_at BETWEEN :dated_from AND :dated_to)
