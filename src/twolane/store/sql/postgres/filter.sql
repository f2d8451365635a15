-- What a filter lets pass, a condition for each of its fields; `f` is a file. See filters.py.

-- name: visible
f.document_id IS NOT NULL AND f.state NOT IN ('gone', 'skipped')

-- name: not_gone
f.state <> 'gone'

-- name: documents
f.document_id IN (SELECT document_id FROM documents WHERE hash = ANY(%(documents)s::text[]))

-- name: categories
f.document_id IN (SELECT document_id FROM classifications WHERE category = ANY(%(categories)s::text[]))

-- name: states
f.state = ANY(%(states)s::text[])

-- name: dates
f.document_id IN (SELECT document_id FROM documents WHERE dated_at BETWEEN %(dated_from)s::date AND %(dated_to)s::date)

-- name: folders
f.file_id IN (
    SELECT g.file_id FROM unnest(%(lows)s::bytea[], %(highs)s::bytea[]) AS r (low, high)
    JOIN files AS g ON g.path >= r.low AND g.path < r.high)

-- name: kinds
f.document_id IN (
    SELECT d.document_id FROM unnest(%(first_kinds)s::text[], %(last_kinds)s::text[]) AS k (first, last)
    JOIN documents AS d ON d.media_type COLLATE "C" BETWEEN k.first AND k.last)

-- name: languages
f.document_id IN (SELECT document_id FROM documents WHERE language = ANY(%(languages)s::text[]))

-- name: owners
f.owner = ANY(%(owners)s::text[])

-- name: name
(strpos(f.folded_path, %(name)s::text) > 0
    OR f.document_id IN (SELECT document_id FROM documents WHERE strpos(folded_title, %(name)s::text) > 0))
