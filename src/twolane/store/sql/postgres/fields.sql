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
FROM standing_field_decisions WHERE document_id = :document_id AND field = :field;
