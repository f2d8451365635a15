-- Conversations: the questions that people asked one after the other, with their answers as far as they came.

CREATE TABLE conversations (
    conversation_id TEXT PRIMARY KEY,
    owner TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL,
    folded_title TEXT NOT NULL,
    named INTEGER NOT NULL DEFAULT 0,  -- by a person: the first question changes it no more
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL
) WITHOUT ROWID;

CREATE INDEX conversations_newest ON conversations (owner, updated_at);

CREATE TABLE conversation_turns (
    turn_id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (conversation_id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    replaces INTEGER NOT NULL DEFAULT 0,  -- the turn whose place it takes once its answer begins
    question TEXT NOT NULL,
    state TEXT NOT NULL,
    refused INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL DEFAULT '',
    folded TEXT NOT NULL,  -- question and answer, to be searched
    holder TEXT NOT NULL,  -- the process that answers
    asked_at REAL NOT NULL,
    touched_at REAL NOT NULL,
    details TEXT NOT NULL DEFAULT '{}',  -- all else of the answer, as JSON; long, and so behind what is searched
    UNIQUE (conversation_id, number)
);
