-- name: lock
LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE;

-- name: give_files
-- Rows of files are locked in the order of their paths, so that two transactions never wait for each other.
WITH owned AS MATERIALIZED (SELECT file_id FROM files WHERE owner = :name ORDER BY path FOR UPDATE)
UPDATE files SET owner = :heir FROM owned WHERE files.file_id = owned.file_id;
