-- name: lock
LOCK TABLE plans IN SHARE ROW EXCLUSIVE MODE;

-- name: find
SELECT * FROM plans WHERE state = ANY (:states) ORDER BY plan_id DESC LIMIT :limit OFFSET :offset;

-- name: moves
SELECT * FROM plan_moves WHERE plan_id = :plan_id AND state = ANY (:states)
ORDER BY number LIMIT :limit OFFSET :offset;

-- name: after
SELECT * FROM plan_moves WHERE plan_id = :plan_id AND state = ANY (:states) AND number > :after
ORDER BY number LIMIT :limit;

-- name: before
SELECT * FROM plan_moves WHERE plan_id = :plan_id AND state = ANY (:states) AND number < :before
ORDER BY number DESC LIMIT :limit;
