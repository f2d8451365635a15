-- What a filter lets pass, a condition for each of its fields; `f` is a file. See filters.py.

-- name: documents
f.document_id IN (SELECT document_id FROM documents WHERE hash = ANY(:documents::text[]))

-- name: categories
f.document_id IN (SELECT document_id FROM standing_decisions WHERE category = ANY(:categories::text[]))

-- name: states
f.state = ANY(:states::text[])

-- name: folders
f.file_id IN (
    SELECT g.file_id FROM unnest(:lows::bytea[], :highs::bytea[]) AS r (low, high)
    JOIN files AS g ON g.path >= r.low AND g.path < r.high)

-- name: kinds
f.document_id IN (
    SELECT d.document_id FROM unnest(:first_kinds::text[], :last_kinds::text[]) AS k (first, last)
    JOIN documents AS d ON d.media_type COLLATE "C" BETWEEN k.first AND k.last)

-- name: languages
f.document_id IN (SELECT document_id FROM documents WHERE language = ANY(:languages::text[]))

-- name: owners
f.owner = ANY(:owners::text[])

-- name: name
(strpos(f.folded_path, :name::text) > 0
    OR f.document_id IN (SELECT document_id FROM documents WHERE strpos(folded_title, :name::text) > 0))
