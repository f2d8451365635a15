-- name: columns
-- Without the tables of the full text index, which each store makes of the passages. What has changed of the documents
-- is kept anew, and which decision stands is written by triggers.
SELECT t.name AS table_name, c.name, c.type, nullif(c.pk, 0) AS key_place
FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c
WHERE t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_' AND substr(t.name, 1, 6) <> 'words_'
    AND t.name NOT IN ('document_changes', 'document_standings')
ORDER BY t.name, c.cid;

-- name: references
SELECT t.name AS table_name, r."table" AS refers_to
FROM sqlite_master AS t JOIN pragma_foreign_key_list(t.name) AS r
WHERE t.type = 'table' AND substr(t.name, 1, 6) <> 'words_' AND t.name <> 'document_standings';

-- name: names
SELECT document_id, names FROM documents WHERE document_id IN (SELECT value FROM json_each(:ids));

-- name: set_first_passages
UPDATE documents SET first_passage_id = coalesce(
    (SELECT min(passage_id) FROM passages AS p WHERE p.document_id = documents.document_id), 0);
