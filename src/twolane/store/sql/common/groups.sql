-- Which users are in which groups.

-- name: all
SELECT group_name, user_name FROM group_members ORDER BY group_name, user_name;

-- name: of
SELECT group_name FROM group_members WHERE user_name = :user_name;

-- name: clear
DELETE FROM group_members WHERE group_name = :group_name;

-- name: add
INSERT INTO group_members (group_name, user_name)
SELECT CAST(:group_name AS text), name FROM users WHERE folded_name = :folded_name;
