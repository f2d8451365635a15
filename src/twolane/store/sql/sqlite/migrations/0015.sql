-- Codes of vectors are made from the middle of their language, which is known only of all: they are no column any more.
ALTER TABLE vectors DROP COLUMN code;

-- a document's language decides which middle its vectors have
CREATE TRIGGER documents_of_another_language AFTER UPDATE OF language ON documents WHEN old.language <> new.language
BEGIN
    INSERT INTO document_changes SELECT new.document_id, generation + 1 FROM library WHERE true
    ON CONFLICT (document_id) DO UPDATE SET generation = excluded.generation;
END;
