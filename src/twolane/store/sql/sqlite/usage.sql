-- What quotas count, by day.

-- name: add
-- In one statement, so that two servers never let more pass together than one would.
INSERT INTO usage (user_name, day, uploaded_bytes, questions)
SELECT CAST(:user_name AS text), strftime('%Y-%m-%d', :now, 'unixepoch'), CAST(:uploaded_bytes AS bigint), CAST(:questions AS bigint)
WHERE (:most_bytes = 0 OR :uploaded_bytes = 0 OR :uploaded_bytes <= :most_bytes)
    AND (:most_questions = 0 OR :questions = 0 OR :questions <= :most_questions)
ON CONFLICT (user_name, day) DO UPDATE SET
    uploaded_bytes = usage.uploaded_bytes + excluded.uploaded_bytes, questions = usage.questions + excluded.questions
WHERE (:most_bytes = 0 OR excluded.uploaded_bytes = 0 OR usage.uploaded_bytes + excluded.uploaded_bytes <= :most_bytes)
    AND (:most_questions = 0 OR excluded.questions = 0 OR usage.questions + excluded.questions <= :most_questions)
RETURNING *;

-- name: today
SELECT d.day, coalesce(u.uploaded_bytes, 0) AS uploaded_bytes, coalesce(u.questions, 0) AS questions
FROM (SELECT strftime('%Y-%m-%d', :now, 'unixepoch') AS day) AS d LEFT JOIN usage AS u ON u.day = d.day AND u.user_name = :user_name;
