-- What a filter asks of a document and of a file beside what was there: dates, languages, kinds and owners.

-- the day that a document itself bears; NULL where it is not known
ALTER TABLE documents ADD COLUMN dated_at date;
ALTER TABLE documents ADD COLUMN language text NOT NULL DEFAULT '';
-- '' is everybody's
ALTER TABLE files ADD COLUMN owner text NOT NULL DEFAULT '';

CREATE INDEX documents_dated ON documents (dated_at);
CREATE INDEX documents_language ON documents (language);
CREATE INDEX documents_kind ON documents (media_type COLLATE "C");
CREATE INDEX files_owner ON files (owner, document_id, state);
