-- Rows of files are locked in the order of their paths, so that two transactions never wait for each other.

-- name: settle_document
WITH copies AS MATERIALIZED (
    SELECT file_id FROM files WHERE document_id = :document_id AND state NOT IN ('gone', 'skipped')
    ORDER BY path FOR UPDATE)
UPDATE files SET note = '', state = CASE
    WHEN (SELECT review FROM classifications AS c WHERE c.document_id = files.document_id) THEN 'review'
    ELSE 'filed' END
FROM copies WHERE files.file_id = copies.file_id;
