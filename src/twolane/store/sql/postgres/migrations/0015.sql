-- Where a passage stands in words that people find: documents without pages have none. NULL: not known of what an earlier
-- version has read, and its page is said.
ALTER TABLE passages ADD COLUMN place text;

ALTER TABLE pages ADD COLUMN is_numbered boolean NOT NULL DEFAULT true;

-- Text of the page that nobody sees: for people who ask what was left out, and for no model.
ALTER TABLE pages ADD COLUMN hidden text NOT NULL DEFAULT '';
