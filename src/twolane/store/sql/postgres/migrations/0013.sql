-- Conversations: the questions that people asked one after the other, with their answers as far as they came.

CREATE TABLE conversations (
    conversation_id text COLLATE "C" PRIMARY KEY,
    owner text NOT NULL DEFAULT '',
    title text NOT NULL,
    folded_title text NOT NULL,
    named boolean NOT NULL DEFAULT false,  -- by a person: the first question changes it no more
    created_at double precision NOT NULL,
    updated_at double precision NOT NULL
);

CREATE INDEX conversations_newest ON conversations (owner, updated_at);

CREATE TABLE conversation_turns (
    turn_id text COLLATE "C" PRIMARY KEY,
    conversation_id text COLLATE "C" NOT NULL REFERENCES conversations (conversation_id) ON DELETE CASCADE,
    number bigint NOT NULL,
    replaces bigint NOT NULL DEFAULT 0,  -- the turn whose place it takes once its answer begins
    question text NOT NULL,
    state text NOT NULL,
    refused boolean NOT NULL DEFAULT false,
    text text NOT NULL DEFAULT '',
    folded text NOT NULL,  -- question and answer, to be searched
    holder text NOT NULL,  -- the process that answers
    asked_at double precision NOT NULL,
    touched_at double precision NOT NULL,
    details text NOT NULL DEFAULT '{}',  -- all else of the answer, as JSON; long, and so behind what is searched
    UNIQUE (conversation_id, number)
);
