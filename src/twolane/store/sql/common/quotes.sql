-- What conversations quote of documents that are taken out.

-- name: turns
SELECT turn_id, conversation_id, question, text, details FROM conversation_turns
WHERE turn_id > :after AND details <> '{}' ORDER BY turn_id LIMIT :limit;

-- name: save
UPDATE conversation_turns SET text = :text, folded = :folded, details = :details WHERE turn_id = :turn_id;

-- name: drop_turn
DELETE FROM conversation_turns WHERE turn_id = :turn_id;

-- name: drop_empty
DELETE FROM conversations
WHERE conversation_id = :conversation_id AND NOT EXISTS (
    SELECT 1 FROM conversation_turns AS t WHERE t.conversation_id = conversations.conversation_id);

-- name: first_question
-- Of a conversation that no person has named.
SELECT t.question FROM conversations AS c JOIN conversation_turns AS t ON t.conversation_id = c.conversation_id
WHERE c.conversation_id = :conversation_id AND NOT c.named ORDER BY t.number LIMIT 1;
