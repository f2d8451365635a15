-- Conversations, and their turns as they grow.

-- name: start
INSERT INTO conversations (conversation_id, owner, title, folded_title, named, created_at, updated_at)
VALUES (:conversation_id, :owner, :title, :folded_title, :named, moment(:now), moment(:now));

-- name: forget_empty
-- In which nothing was asked: whoever began them went away.
DELETE FROM conversations
WHERE owner = :owner AND NOT named AND created_at < moment(:now) - 3600 AND NOT EXISTS (
    SELECT 1 FROM conversation_turns AS t WHERE t.conversation_id = conversations.conversation_id);

-- name: get
SELECT c.*, (SELECT count(*) FROM conversation_turns AS t WHERE t.conversation_id = c.conversation_id) AS turns
FROM conversations AS c WHERE c.conversation_id = :conversation_id AND c.owner = :owner;

-- name: lock
-- A dialect with several writers at a time lets one of them change a conversation.
SELECT conversation_id FROM conversations WHERE conversation_id = :conversation_id AND owner = :owner;

-- name: ids
SELECT conversation_id FROM conversations
WHERE owner = :owner AND substr(conversation_id, 1, length(:beginning)) = :beginning
ORDER BY conversation_id LIMIT 2;

-- name: newest
SELECT c.*, (SELECT count(*) FROM conversation_turns AS t WHERE t.conversation_id = c.conversation_id) AS turns
FROM conversations AS c WHERE c.owner = :owner
ORDER BY c.updated_at DESC, c.conversation_id LIMIT :limit OFFSET :offset;

-- name: count
SELECT count(*) AS conversations FROM conversations WHERE owner = :owner;

-- name: take_over
-- By the first user of a library, of the one person that it had.
UPDATE conversations SET owner = :owner WHERE owner = '';

-- name: rename
UPDATE conversations SET title = :title, folded_title = :folded_title, named = :named
WHERE conversation_id = :conversation_id AND owner = :owner;

-- name: name_by_question
UPDATE conversations SET title = :title, folded_title = :folded_title
WHERE conversation_id = :conversation_id AND NOT named;

-- name: touch
UPDATE conversations SET updated_at = moment(:now) WHERE conversation_id = :conversation_id;

-- name: delete
DELETE FROM conversations WHERE conversation_id = :conversation_id AND owner = :owner;

-- name: turns
SELECT * FROM conversation_turns WHERE conversation_id = :conversation_id ORDER BY number;

-- name: history
-- What was answered before a turn, the last first.
SELECT question, text, details FROM conversation_turns
WHERE conversation_id = :conversation_id AND number < :before AND replaces = 0 AND state = 'done' AND NOT refused
ORDER BY number DESC LIMIT :limit;

-- name: last
SELECT coalesce(max(number), 0) AS number FROM conversation_turns WHERE conversation_id = :conversation_id;

-- name: has_turn
SELECT count(*) AS turns FROM conversation_turns
WHERE conversation_id = :conversation_id AND number = :number AND replaces = 0;

-- name: begin
INSERT INTO conversation_turns
    (turn_id, conversation_id, number, replaces, question, state, folded, holder, asked_at, touched_at)
VALUES (:turn_id, :conversation_id, :number, :replaces, :question, 'answering', :folded, :holder,
    moment(:now), moment(:now));

-- name: place
SELECT t.number, t.replaces, t.question, t.conversation_id, c.owner
FROM conversation_turns AS t JOIN conversations AS c ON c.conversation_id = t.conversation_id
WHERE t.turn_id = :turn_id;

-- name: forget_replaced
-- Not those that were asked after it.
DELETE FROM conversation_turns
WHERE conversation_id = :conversation_id AND number >= :replaces AND number < :number;

-- name: take_place
UPDATE conversation_turns SET number = replaces, replaces = 0 WHERE turn_id = :turn_id AND replaces > 0;

-- name: forget_repeated
-- The same question asked again, whose answer never began: what it was to replace stands.
DELETE FROM conversation_turns
WHERE turn_id = :turn_id AND replaces > 0 AND EXISTS (
    SELECT 1 FROM conversation_turns AS o
    WHERE o.conversation_id = conversation_turns.conversation_id AND o.number = conversation_turns.replaces
        AND o.question = conversation_turns.question);

-- name: forget_all_repeated
DELETE FROM conversation_turns
WHERE holder = :holder AND state = 'answering' AND replaces > 0 AND EXISTS (
    SELECT 1 FROM conversation_turns AS o
    WHERE o.conversation_id = conversation_turns.conversation_id AND o.number = conversation_turns.replaces
        AND o.question = conversation_turns.question);

-- name: save
UPDATE conversation_turns SET state = :state, refused = :refused, text = :text, details = :details, folded = :folded,
    replaces = CASE WHEN :state = 'answering' THEN replaces ELSE 0 END, touched_at = moment(:now)
WHERE turn_id = :turn_id;

-- name: answering
SELECT holder, min(moment(:now) - touched_at) AS silent_s FROM conversation_turns
WHERE conversation_id = :conversation_id AND state = 'answering' GROUP BY holder;

-- name: stop
UPDATE conversation_turns SET state = 'stopped', replaces = 0 WHERE holder = :holder AND state = 'answering';
