-- Notes on documents.

-- name: add
INSERT INTO notes (document_id, text, pinned, noted_at)
SELECT document_id, :text, :pinned, moment(:now) FROM documents WHERE hash = :document;

-- name: of
SELECT n.text, n.pinned FROM notes AS n JOIN documents AS d ON d.document_id = n.document_id
WHERE d.hash = :document ORDER BY n.note_id;
