-- The full text index: what passages are found under, in segments and outside them.

-- name: keep
INSERT INTO words_kept (passage_id, length, stems) VALUES (:passage_id, :length, :stems)
ON CONFLICT (passage_id) DO UPDATE SET length = excluded.length, stems = excluded.stems;

-- name: open
INSERT INTO words_open (passage_id) VALUES (:passage_id) ON CONFLICT (passage_id) DO NOTHING;

-- name: spell
INSERT INTO words_spelt (word, language, stem, backwards) VALUES (:word, :language, :stem, :backwards)
ON CONFLICT (word, language) DO NOTHING;

-- name: speak
INSERT INTO words_languages (algorithm) VALUES (:algorithm) ON CONFLICT (algorithm) DO NOTHING;

-- name: changed
UPDATE library SET words_generation = words_generation + 1;

-- name: clear
DELETE FROM words_open;
DELETE FROM words_kept;
DELETE FROM words_segments;
DELETE FROM words_postings;
DELETE FROM words_spelt;
DELETE FROM words_languages;

-- name: state
SELECT words_generation FROM library;

-- name: may_close
-- Always: there is one writer at a time.
SELECT 1;

-- name: hold_open
SELECT passage_id FROM words_open ORDER BY passage_id;

-- name: count_passages
SELECT count(*) FROM passages;

-- name: count_open
SELECT count(*) FROM words_open;

-- name: open_passages
-- CROSS: left to itself, SQLite goes through all that is kept.
SELECT k.passage_id, k.length, k.stems
FROM words_open AS o CROSS JOIN words_kept AS k ON k.passage_id = o.passage_id ORDER BY o.passage_id;

-- name: kept
SELECT passage_id, length, stems FROM words_kept
WHERE passage_id IN (SELECT value FROM json_each(:ids)) ORDER BY passage_id;

-- name: count_kept
SELECT count(*) FROM words_kept WHERE passage_id IN (SELECT value FROM json_each(:ids));

-- name: size
SELECT coalesce(sum(length(data)), 0) FROM words_postings WHERE part >= :first_part AND part < :next_part;

-- name: close
DELETE FROM words_open WHERE passage_id IN (SELECT value FROM json_each(:ids));

-- name: segments
SELECT segment_id, ids, stems, counts FROM words_segments
WHERE segment_id IN (SELECT value FROM json_each(:numbers));

-- name: add_part
INSERT INTO words_postings (part, data) VALUES (:part, :data);

-- name: drop_segment
DELETE FROM words_segments WHERE segment_id = :segment_id;
DELETE FROM words_postings WHERE part >= :first_part AND part < :next_part;

-- name: parts
SELECT part, data FROM words_postings WHERE part IN (SELECT value FROM json_each(:parts));

-- name: known
SELECT value FROM json_each(:words) AS n WHERE EXISTS (SELECT 1 FROM words_spelt WHERE word = n.value);

-- name: passages_of
SELECT passage_id FROM passages WHERE document_id IN (SELECT value FROM json_each(:documents));

-- name: passing
SELECT p.passage_id FROM json_each(:ids) AS n CROSS JOIN passages AS p ON p.passage_id = n.value
WHERE EXISTS (SELECT 1 FROM files AS f WHERE f.document_id = p.document_id AND {passes});
