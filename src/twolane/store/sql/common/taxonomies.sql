-- The versions of the taxonomy, and where documents are by the newest of them.

-- name: lock
-- Whoever changes the taxonomy holds the library's one row until the transaction ends.
UPDATE library SET scan = scan;

-- name: newest
SELECT coalesce(max(version_id), 0) AS version_id FROM taxonomies;

-- name: current
SELECT * FROM taxonomies ORDER BY version_id DESC LIMIT 1;

-- name: places
SELECT category, lies_within FROM category_places;

-- name: moves
SELECT category, moved_to FROM category_moves;

-- name: history
SELECT * FROM taxonomies ORDER BY version_id DESC;

-- name: last_decision
SELECT coalesce(max(decision_id), 0) AS decision_id FROM decisions;

-- name: forget_moves
DELETE FROM category_moves;

-- name: forget_places
DELETE FROM category_places;

-- name: add_move
INSERT INTO category_moves (category, moved_to) VALUES (:category, :moved_to);

-- name: add_place
INSERT INTO category_places (category, lies_within) VALUES (:category, :lies_within);

-- name: uses
SELECT category, count(*) AS documents, count(CASE WHEN tier = 'person' THEN 1 END) AS people
FROM standing_decisions GROUP BY category;

-- name: decided
SELECT as_decided AS category, count(*) AS documents, count(CASE WHEN tier = 'person' THEN 1 END) AS people
FROM standing_decisions GROUP BY as_decided;

-- name: machine_filed
SELECT d.document_id, d.hash, s.category, s.review_cause,
    (SELECT min(file_id) FROM visible_files AS f WHERE f.document_id = d.document_id) AS file_id
FROM standing_decisions AS s JOIN documents AS d ON d.document_id = s.document_id
WHERE s.tier <> 'person' ORDER BY d.document_id;

-- name: decided_since
-- What a machine decided since then on documents that one had filed before: the newest decision from before then.
SELECT d.decision_id, d.document_id, before.category, before.review_cause,
    (SELECT m.moved_to FROM category_moves AS m WHERE m.category = before.category) AS moved_to
FROM decisions AS d JOIN decisions AS before ON before.decision_id = (
    SELECT max(o.decision_id) FROM decisions AS o
    WHERE o.document_id = d.document_id AND o.tier <> 'person' AND o.undoes IS NULL AND o.decision_id <= :since
        AND NOT EXISTS (SELECT 1 FROM decisions AS back WHERE back.undoes = o.decision_id))
WHERE d.decision_id > :since AND d.tier <> 'person' AND d.undoes IS NULL
    AND NOT EXISTS (SELECT 1 FROM decisions AS back WHERE back.undoes = d.decision_id);
