-- Notes on documents.

CREATE TABLE notes (
    note_id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    pinned INTEGER NOT NULL,
    noted_at REAL NOT NULL
);
