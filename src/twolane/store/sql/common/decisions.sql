-- What has been decided about documents.

-- name: classify
INSERT INTO classifications
    (document_id, category, confidence, tier, reason, review, scores, seconds, taxonomy)
VALUES (:document_id, :category, :confidence, :tier, :reason, :review, :scores, :seconds, :taxonomy)
ON CONFLICT (document_id) DO UPDATE SET
    category = excluded.category, confidence = excluded.confidence, tier = excluded.tier,
    reason = excluded.reason, review = excluded.review, scores = excluded.scores,
    seconds = excluded.seconds, taxonomy = excluded.taxonomy
WHERE classifications.tier <> 'person' OR excluded.tier = 'person';

-- name: settle_document
UPDATE files SET note = '', state = CASE
    WHEN (SELECT review FROM classifications AS c WHERE c.document_id = files.document_id) THEN 'review'
    ELSE 'filed' END
WHERE document_id = :document_id AND state NOT IN ('gone', 'skipped');
