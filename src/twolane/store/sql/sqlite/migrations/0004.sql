-- Paths and titles as people seek them: to fold all of them for each search took four times as long as the search.

ALTER TABLE files ADD COLUMN folded_path TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN folded_title TEXT NOT NULL DEFAULT '';

UPDATE files SET folded_path = fold(path);
UPDATE documents SET folded_title = fold(title);
