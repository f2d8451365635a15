-- The versions of the taxonomy, where SQLite differs.

-- name: add
INSERT INTO taxonomies
    (categories, moves, origin, source, what, refiled, last_decision, undoes, changed_by, changed_at)
VALUES (:categories, :moves, :origin, :source, :what, :refiled, :last_decision, :undoes, :changed_by, :now)
RETURNING version_id;

-- name: take_back
INSERT INTO decisions
    (document_id, category, confidence, tier, reason, scores, seconds, taxonomy, decided_by, decided_at, undoes)
SELECT document_id, category, confidence, tier, 'taken back', scores, 0, taxonomy, :decided_by, :now, decision_id
FROM decisions WHERE decision_id = :decision_id;
