-- What a filter lets pass, a condition for each of its fields; `f` is a file. See filters.py.

-- name: visible
f.document_id IS NOT NULL AND f.state NOT IN ('gone', 'skipped')

-- name: not_gone
f.state <> 'gone'

-- name: dates
f.document_id IN (SELECT document_id FROM documents WHERE dated_at BETWEEN :dated_from AND :dated_to)
