-- The full text index is made of stems, each by its passage's language, kept in segments that never change.
-- Its rows are made of the passages: a program that opens the library fills it where `words_form` is not its own.

ALTER TABLE passages DROP COLUMN words;
DROP FUNCTION passage_words(text[], text[], text[]);
DROP FUNCTION stem(text);
DROP TEXT SEARCH DICTIONARY twolane_stem;

-- what each passage is found under: its stems, as numbers, with their places; and the number of its words
CREATE TABLE words_kept (
    passage_id bigint PRIMARY KEY REFERENCES passages (passage_id) ON DELETE CASCADE,
    length bigint NOT NULL,
    stems bytea NOT NULL
);

-- the passages that are in no segment yet, or have other names than in theirs
CREATE TABLE words_open (
    passage_id bigint PRIMARY KEY REFERENCES words_kept (passage_id) ON DELETE CASCADE
);

CREATE TABLE words_segments (
    segment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    passages bigint NOT NULL,
    length bigint NOT NULL,  -- the words of all its passages
    ids bytea NOT NULL,
    stems bytea NOT NULL,
    counts bytea NOT NULL
);

-- the postings of the segments in parts of equal size; a part's number begins with its segment's
CREATE TABLE words_postings (
    part bigint PRIMARY KEY,
    data bytea NOT NULL
);

-- every spelling, to put mistyped words right by and to find compounds
CREATE TABLE words_spelt (
    word text COLLATE "C" NOT NULL,
    language text COLLATE "C" NOT NULL,  -- the Snowball algorithm of the texts that have it
    stem text COLLATE "C" NOT NULL,
    backwards text COLLATE "C" NOT NULL,  -- the stem
    PRIMARY KEY (word, language)
);

CREATE INDEX words_spelt_backwards ON words_spelt (backwards);

-- the Snowball algorithms that the stems were made by
CREATE TABLE words_languages (
    algorithm text PRIMARY KEY
);

ALTER TABLE library ADD COLUMN words_form bigint NOT NULL DEFAULT 0;
