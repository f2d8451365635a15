-- name: lock
SELECT conversation_id FROM conversations
WHERE conversation_id = :conversation_id AND owner = :owner FOR UPDATE;

-- name: search
-- Every word stands in the title, or in a question or answer.
SELECT c.*, (SELECT count(*) FROM conversation_turns AS t WHERE t.conversation_id = c.conversation_id) AS turns
FROM conversations AS c
WHERE c.owner = :owner AND NOT EXISTS (
    SELECT 1 FROM unnest(:words::text[]) AS w (value)
    WHERE strpos(c.folded_title, w.value) = 0 AND NOT EXISTS (
        SELECT 1 FROM conversation_turns AS t
        WHERE t.conversation_id = c.conversation_id AND strpos(t.folded, w.value) > 0))
ORDER BY c.updated_at DESC, c.conversation_id LIMIT :limit OFFSET :offset;

-- name: count_found
SELECT count(*) AS conversations FROM conversations AS c
WHERE c.owner = :owner AND NOT EXISTS (
    SELECT 1 FROM unnest(:words::text[]) AS w (value)
    WHERE strpos(c.folded_title, w.value) = 0 AND NOT EXISTS (
        SELECT 1 FROM conversation_turns AS t
        WHERE t.conversation_id = c.conversation_id AND strpos(t.folded, w.value) > 0));
