-- The values of documents' fields: those that machines drew, and people's decisions, which are only ever added.

-- name: drop_drawn
DELETE FROM drawn_values WHERE document_id = :document_id;

-- name: add_drawn
INSERT INTO drawn_values
    (document_id, field, value, amount_e4, currency, confidence, source, words, page, start_char, end_char, reason,
    before_words)
VALUES (:document_id, :field, :value, :amount_e4, :currency, :confidence, :source, :words, :page, :start_char,
    :end_char, :reason, :before_words);

-- name: drop_marks
DELETE FROM document_marks WHERE document_id = :document_id;

-- name: add_mark
INSERT INTO document_marks (document_id, kind, mark) VALUES (:document_id, :kind, :mark)
ON CONFLICT (document_id, kind, mark) DO NOTHING;

-- name: decide
INSERT INTO field_decisions
    (document_id, field, value, amount_e4, currency, confidence, source, words, page, start_char, end_char, reason,
    before_words, decided_by, decided_at)
VALUES (:document_id, :field, :value, :amount_e4, :currency, :confidence, :source, :words, :page, :start_char,
    :end_char, :reason, :before_words, :decided_by, moment(:now));

-- name: undo
INSERT INTO field_decisions
    (document_id, field, value, amount_e4, currency, confidence, source, words, page, start_char, end_char, reason,
    before_words, decided_by, decided_at, undoes)
SELECT document_id, field, value, amount_e4, currency, confidence, source, words, page, start_char, end_char,
    'taken back', before_words, :decided_by, moment(:now), decision_id
FROM field_decisions WHERE decision_id = (
    SELECT max(d.decision_id) FROM field_decisions AS d
    WHERE d.document_id = :document_id AND d.field = :field AND d.undoes IS NULL
        AND (CAST(:only_by AS TEXT) IS NULL OR d.decided_by = :only_by)
        AND NOT EXISTS (SELECT 1 FROM field_decisions AS back WHERE back.undoes = d.decision_id));

-- name: of_document
-- The number is compared and not joined: SQLite would make all rows of the view first.
SELECT * FROM standing_fields
WHERE document_id = (SELECT document_id FROM documents WHERE hash = :hash) ORDER BY field;

-- name: decided
SELECT * FROM standing_field_decisions
WHERE document_id = (SELECT document_id FROM documents WHERE hash = :hash) ORDER BY field;

-- name: drawn
SELECT * FROM drawn_values
WHERE document_id = (SELECT document_id FROM documents WHERE hash = :hash) ORDER BY field;

-- name: history
SELECT c.*, coalesce(back.decided_at, 0) AS undone_at
FROM field_decisions AS c JOIN documents AS d ON d.document_id = c.document_id
LEFT JOIN field_decisions AS back ON back.undoes = c.decision_id
WHERE d.hash = :hash AND c.field = :field AND c.undoes IS NULL ORDER BY c.decision_id;

-- name: stated
SELECT stated FROM documents WHERE hash = :hash;

-- name: marks
SELECT m.kind, m.mark FROM document_marks AS m JOIN documents AS d ON d.document_id = m.document_id
WHERE d.hash = :hash ORDER BY m.kind, m.mark;

-- name: shared_marks
-- The marks that the papers of several correspondents have, and not of many.
WITH borne AS MATERIALIZED (
    SELECT m.kind, m.mark, n.correspondent_id, count(*) AS documents
    FROM document_marks AS m JOIN documents AS d ON d.document_id = m.document_id
    JOIN correspondent_names AS n ON n.name_id = d.correspondent_name_id
    WHERE NOT EXISTS (
        SELECT 1 FROM drawn_values AS v
        WHERE v.document_id = m.document_id AND v.field = 'correspondent' AND v.source = 'sender')
    GROUP BY m.kind, m.mark, n.correspondent_id)
SELECT b.kind, b.mark, b.correspondent_id, b.documents
FROM borne AS b JOIN (
    SELECT kind, mark FROM borne GROUP BY kind, mark HAVING count(*) BETWEEN 2 AND :most) AS shared
    ON shared.kind = b.kind AND shared.mark = b.mark;

-- name: taught
SELECT s.* FROM correspondent_names AS n
JOIN documents AS d ON d.correspondent_name_id = n.name_id
JOIN standing_field_decisions AS s ON s.document_id = d.document_id
WHERE n.correspondent_id = :correspondent_id ORDER BY s.decision_id DESC LIMIT :limit;

-- name: as_read
SELECT read_title, read_dated_at, read_language FROM documents WHERE document_id = :document_id;

-- name: shown
-- What stands of the fields that are columns of documents, without guesses.
SELECT field, value FROM standing_fields
WHERE document_id = :document_id AND field IN ('title', 'date', 'language', 'correspondent')
    AND confidence >= :least;

-- name: guessed_sender
SELECT value FROM standing_fields
WHERE document_id = :document_id AND field = 'correspondent' AND confidence >= :least;

-- name: settle
UPDATE documents SET
    title = :title, folded_title = :folded_title, dated_at = :dated_at, language = :language,
    correspondent_name_id = :name_id
WHERE document_id = :document_id;

-- name: forget_earlier
-- What was said of a file's earlier content, where people have decided on its field since.
DELETE FROM earlier_fields WHERE file_id = :file_id AND field IN (
    SELECT field FROM field_decisions WHERE document_id = :document_id);

-- name: keep_earlier
INSERT INTO earlier_fields (file_id, field, value, words, before_words, decided_by, decided_at, over_value)
SELECT :file_id, d.field, d.value, d.words, d.before_words, d.decided_by, d.decided_at, coalesce(v.value, '')
FROM standing_field_decisions AS d
LEFT JOIN drawn_values AS v ON v.document_id = d.document_id AND v.field = d.field
WHERE d.document_id = :document_id;

-- name: earlier
-- What was said of earlier contents of a document's files, where nobody has decided on the document itself.
SELECT e.* FROM files AS f JOIN earlier_fields AS e ON e.file_id = f.file_id
WHERE f.document_id = :document_id AND NOT EXISTS (
    SELECT 1 FROM field_decisions AS d WHERE d.document_id = f.document_id AND d.field = e.field)
ORDER BY e.decided_at DESC, e.file_id;

-- name: copy_earlier
-- A file that was moved, or copied, shares what is known of the other files with its content.
INSERT INTO earlier_fields (file_id, field, value, words, before_words, decided_by, decided_at, over_value)
SELECT :file_id, e.field, e.value, e.words, e.before_words, e.decided_by, e.decided_at, e.over_value
FROM earlier_fields AS e JOIN files AS f ON f.file_id = e.file_id
WHERE f.document_id = :document_id AND f.file_id <> :file_id ORDER BY e.decided_at DESC
ON CONFLICT (file_id, field) DO NOTHING;

-- name: bearers
-- Whom the papers with a mark are from, of the newest ones; 0 where that is not known. What was concluded from marks
-- says nothing of them.
SELECT coalesce(n.correspondent_id, 0) AS correspondent_id, count(*) AS documents,
    sum(CASE WHEN s.decision_id IS NOT NULL THEN 1 ELSE 0 END) AS decided,
    sum(CASE WHEN s.decision_id IS NULL AND v.source <> 'sender' AND v.confidence >= :sure THEN 1 ELSE 0 END) AS sure,
    sum(CASE WHEN s.decision_id IS NULL AND v.source <> 'sender' AND v.confidence >= :least THEN 1 ELSE 0 END) AS drawn
FROM (
    SELECT document_id FROM document_marks WHERE mark = :mark AND kind = :kind
    ORDER BY document_id DESC LIMIT :newest) AS m
JOIN documents AS d ON d.document_id = m.document_id
LEFT JOIN correspondent_names AS n ON n.name_id = d.correspondent_name_id
LEFT JOIN drawn_values AS v ON v.document_id = m.document_id AND v.field = 'correspondent'
LEFT JOIN standing_field_decisions AS s ON s.document_id = m.document_id AND s.field = 'correspondent'
GROUP BY coalesce(n.correspondent_id, 0) ORDER BY 1;
