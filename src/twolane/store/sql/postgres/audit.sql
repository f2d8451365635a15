-- What everybody did.

-- name: newest
SELECT * FROM audit
WHERE (:user_name = '' OR user_name = :user_name) AND (:file_id = 0 OR file_id = :file_id)
    AND (cardinality(:acts::text[]) = 0 OR act = ANY(:acts::text[]))
    AND at >= :since AND (:until = 0 OR at < :until) AND (:before = 0 OR audit_id < :before)
ORDER BY audit_id DESC LIMIT :limit;
