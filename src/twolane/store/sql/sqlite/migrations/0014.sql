-- The full text index is made of stems, each by its passage's language, kept in segments that never change.
-- Its rows are made of the passages: a program that opens the library fills it where `words_form` is not its own.

DROP TABLE words;

-- what each passage is found under: its stems, as numbers, with their places; and the number of its words
CREATE TABLE words_kept (
    passage_id INTEGER PRIMARY KEY REFERENCES passages (passage_id) ON DELETE CASCADE,
    length INTEGER NOT NULL,
    stems BLOB NOT NULL
);

-- the passages that are in no segment yet, or have other names than in theirs
CREATE TABLE words_open (
    passage_id INTEGER PRIMARY KEY REFERENCES words_kept (passage_id) ON DELETE CASCADE
);

-- AUTOINCREMENT: mirrors in other processes rely on numbers that are never used twice
CREATE TABLE words_segments (
    segment_id INTEGER PRIMARY KEY AUTOINCREMENT,
    passages INTEGER NOT NULL,
    length INTEGER NOT NULL,  -- the words of all its passages
    ids BLOB NOT NULL,
    stems BLOB NOT NULL,
    counts BLOB NOT NULL
);

-- the postings of the segments in parts of equal size; a part's number begins with its segment's
CREATE TABLE words_postings (
    part INTEGER PRIMARY KEY,
    data BLOB NOT NULL
);

-- every spelling, to put mistyped words right by and to find compounds
CREATE TABLE words_spelt (
    word TEXT NOT NULL,
    language TEXT NOT NULL,  -- the Snowball algorithm of the texts that have it
    stem TEXT NOT NULL,
    backwards TEXT NOT NULL,  -- the stem
    PRIMARY KEY (word, language)
) WITHOUT ROWID;

CREATE INDEX words_spelt_backwards ON words_spelt (backwards);

-- the Snowball algorithms that the stems were made by
CREATE TABLE words_languages (
    algorithm TEXT PRIMARY KEY
) WITHOUT ROWID;

ALTER TABLE library ADD COLUMN words_form INTEGER NOT NULL DEFAULT 0;
-- counts the transactions that changed the words: mirrors follow it
ALTER TABLE library ADD COLUMN words_generation INTEGER NOT NULL DEFAULT 0;
