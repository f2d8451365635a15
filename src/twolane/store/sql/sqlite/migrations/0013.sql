-- Of each document the last transaction that changed whether it is found, or from which passage on: mirrors of the codes
-- look only at these. A document that is deleted keeps its row, so that they are told.
CREATE TABLE document_changes (
    document_id INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL
);

CREATE INDEX document_changes_generation ON document_changes (generation);

-- the transaction may have its number already, or get it later: the next one is above what any mirror has seen
CREATE TRIGGER files_given AFTER INSERT ON files WHEN new.document_id IS NOT NULL
BEGIN
    INSERT INTO document_changes SELECT new.document_id, generation + 1 FROM library WHERE true
    ON CONFLICT (document_id) DO UPDATE SET generation = excluded.generation;
END;

CREATE TRIGGER files_given_another AFTER UPDATE OF state, document_id ON files
WHEN old.document_id IS NOT new.document_id
    OR (old.state IN ('gone', 'skipped')) <> (new.state IN ('gone', 'skipped'))
BEGIN
    INSERT INTO document_changes
    SELECT document_id, generation + 1 FROM library JOIN documents
    WHERE document_id IN (old.document_id, new.document_id)
    ON CONFLICT (document_id) DO UPDATE SET generation = excluded.generation;
END;

CREATE TRIGGER files_taken AFTER DELETE ON files WHEN old.document_id IS NOT NULL
BEGIN
    INSERT INTO document_changes SELECT old.document_id, generation + 1 FROM library WHERE true
    ON CONFLICT (document_id) DO UPDATE SET generation = excluded.generation;
END;

CREATE TRIGGER documents_read_again AFTER UPDATE OF first_passage_id ON documents
WHEN old.first_passage_id <> new.first_passage_id
BEGIN
    INSERT INTO document_changes SELECT new.document_id, generation + 1 FROM library WHERE true
    ON CONFLICT (document_id) DO UPDATE SET generation = excluded.generation;
END;
