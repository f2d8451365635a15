-- name: decide
INSERT INTO field_decisions
    (document_id, field, value, amount_e4, currency, confidence, source, words, page, start_char, end_char, reason,
    before_words, decided_by, decided_at)
VALUES (:document_id, :field, :value, :amount_e4, :currency, :confidence, :source, :words, :page, :start_char,
    :end_char, :reason, :before_words, :decided_by, moment(:now::float8));

-- name: undo
INSERT INTO field_decisions
    (document_id, field, value, amount_e4, currency, confidence, source, words, page, start_char, end_char, reason,
    before_words, decided_by, decided_at, undoes)
SELECT document_id, field, value, amount_e4, currency, confidence, source, words, page, start_char, end_char,
    'taken back', before_words, :decided_by, moment(:now::float8), decision_id
FROM field_decisions WHERE decision_id = (
    SELECT max(d.decision_id) FROM field_decisions AS d
    WHERE d.document_id = :document_id AND d.field = :field AND d.undoes IS NULL
        AND (CAST(:only_by AS TEXT) IS NULL OR d.decided_by = :only_by)
        AND NOT EXISTS (SELECT 1 FROM field_decisions AS back WHERE back.undoes = d.decision_id));
