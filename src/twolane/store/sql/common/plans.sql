-- Plans, and the journal of what was done of them.

-- name: lock
-- A dialect with several writers at a time lets one of them claim a plan, or find a name for one.
SELECT 1;

-- name: next_name
SELECT coalesce(max(plan_id), 0) + 1 AS number FROM plans;

-- name: add
INSERT INTO plans (name, state, options, made_by, made_at)
VALUES (:name, 'proposed', :options, :made_by, moment(:now)) RETURNING plan_id;

-- name: add_move
INSERT INTO plan_moves (plan_id, number, file_id, document, source, target, kind, size_bytes, stamp, category, reason,
    state, note)
VALUES (:plan_id, :number, :file_id, :document, :source, :target, :kind, :size_bytes, :stamp, :category, :reason,
    'proposed', :note);

-- name: get
SELECT * FROM plans WHERE name = :name;

-- name: counts
SELECT state, count(*) AS moves FROM plan_moves WHERE plan_id = :plan_id GROUP BY state;

-- name: forget
DELETE FROM plans WHERE plan_id = :plan_id;

-- name: all_moves
SELECT * FROM plan_moves WHERE plan_id = :plan_id ORDER BY number LIMIT :limit OFFSET :offset;

-- name: past
SELECT m.*, p.name FROM plan_moves AS m JOIN plans AS p ON p.plan_id = m.plan_id
WHERE m.at > 0 ORDER BY m.at DESC, m.plan_id DESC, m.number DESC LIMIT :limit OFFSET :offset;

-- name: past_at
SELECT m.*, p.name FROM plan_moves AS m JOIN plans AS p ON p.plan_id = m.plan_id
WHERE m.at > 0 AND (m.source = :path OR m.target = :path)
ORDER BY m.at DESC, m.plan_id DESC, m.number DESC LIMIT :limit OFFSET :offset;

-- name: applied_since
-- One that was interrupted counts by when it began, which its `applied_at` is until it ends.
SELECT * FROM plans WHERE state IN ('applied', 'applying', 'undoing') AND applied_at >= :at
ORDER BY applied_at DESC, plan_id DESC;

-- name: holder
SELECT name, holder, held_at + :lease_s - moment(:now) AS left_s FROM plans
WHERE holder <> '' AND holder <> :holder AND held_at > moment(:now) - :lease_s
    AND held_at < moment(:now) + 3600  -- further ahead is what a clock wrote that was wrong
LIMIT 1;

-- name: claim
UPDATE plans SET state = :state, holder = :holder, held_at = moment(:now),
    applied_at = CASE WHEN :state = 'applying' THEN moment(:now) ELSE applied_at END,
    undone_at = CASE WHEN :state = 'undoing' THEN moment(:now) ELSE 0 END
WHERE plan_id = :plan_id;

-- name: renew
UPDATE plans SET held_at = moment(:now) WHERE plan_id = :plan_id AND holder = :holder;

-- name: release
UPDATE plans SET holder = '', state = CASE WHEN :state = '' THEN state ELSE :state END,
    applied_at = CASE WHEN :state = 'applied' AND undone_at = 0 THEN moment(:now) ELSE applied_at END,
    undone_at = CASE WHEN :state = 'undone' THEN moment(:now) WHEN :state = '' THEN undone_at ELSE 0 END
WHERE plan_id = :plan_id AND holder = :holder;

-- name: record
UPDATE plan_moves SET state = :state, note = :note, before = coalesce(:before, before), at = moment(:now)
WHERE plan_id = :plan_id AND number = :number;

-- name: folders
SELECT * FROM plan_folders WHERE plan_id = :plan_id ORDER BY path;

-- name: keep_folder
INSERT INTO plan_folders (plan_id, path, made, accessed_ns, modified_ns, left_ns)
VALUES (:plan_id, :path, :made, :accessed_ns, :modified_ns, :left_ns)
ON CONFLICT (plan_id, path) DO UPDATE SET made = excluded.made, accessed_ns = excluded.accessed_ns,
    modified_ns = excluded.modified_ns, left_ns = excluded.left_ns;

-- name: drop_folder
DELETE FROM plan_folders WHERE plan_id = :plan_id AND path = :path;
