-- What was taken out of the library. A statement on files that are to go names them by `ids`.

-- name: list
SELECT * FROM removals WHERE restored_at = 0 ORDER BY removal_id DESC LIMIT :limit OFFSET :offset;

-- name: list_trashed
SELECT * FROM removals WHERE restored_at = 0 AND length(trashed) > 0
ORDER BY removal_id DESC LIMIT :limit OFFSET :offset;

-- name: get
SELECT * FROM removals WHERE removal_id = :removal_id;

-- name: begin
INSERT INTO removals (path, document, size_bytes, trashed, owner, category, removed_by, removed_at)
SELECT f.path, coalesce(d.hash, ''), f.size_bytes, :trashed, f.owner, coalesce(c.as_decided, ''), :removed_by, moment(:now)
FROM files AS f LEFT JOIN documents AS d ON d.document_id = f.document_id
LEFT JOIN standing_decisions AS c ON c.document_id = f.document_id WHERE f.file_id = :file_id
RETURNING removal_id;

-- name: add
INSERT INTO removals (path, document, size_bytes, trashed, decision, owner, category, removed_by, removed_at)
VALUES (:path, :document, :size_bytes, :trashed, :decision, :owner, :category, :removed_by, moment(:now))
RETURNING removal_id;

-- name: take
-- What was begun: where it lies in the trash may have been found meanwhile.
UPDATE removals SET decision = :decision, trashed = CASE WHEN length(:trashed) > 0 THEN :trashed ELSE trashed END
WHERE removal_id = :removal_id;

-- name: found
UPDATE removals SET trashed = :trashed WHERE removal_id = :removal_id;

-- name: end
UPDATE removals SET restored_at = moment(:now) WHERE removal_id = :removal_id;

-- name: drop
DELETE FROM removals WHERE removal_id = :removal_id;

-- name: forget
-- Earlier records of a file, and of its content under any name.
DELETE FROM removals WHERE path = :path OR (document = :document AND document <> '');

-- name: away
-- What a content left behind, the newest first.
SELECT removal_id, decision FROM removals
WHERE document = :document AND (decision <> '' OR (restored_at = 0 AND length(trashed) = 0))
ORDER BY removal_id DESC;

-- name: come_back
-- What is in the trash is there still, though the content has come back.
UPDATE removals SET decision = '',
    restored_at = CASE WHEN length(trashed) = 0 AND restored_at = 0 THEN moment(:now) ELSE restored_at END
WHERE document = :document;

-- name: decided
SELECT as_decided AS category, decided_by FROM standing_decisions
WHERE document_id = :document_id AND tier = 'person';

-- name: decided_fields
SELECT s.field, s.value, s.words, s.page, s.start_char, s.end_char, s.before_words, s.decided_by, length(p.text) AS chars
FROM standing_field_decisions AS s
LEFT JOIN pages AS p ON p.document_id = s.document_id AND p.number = s.page
WHERE s.document_id = :document_id ORDER BY s.field;

-- name: tags
SELECT tag, tagged_by FROM document_tags WHERE document_id = :document_id ORDER BY folded_tag, tagged_by;

-- name: end_jobs
DELETE FROM jobs WHERE key = :key;
