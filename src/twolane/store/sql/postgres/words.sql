-- The full text index: what passages are found under, in segments and outside them.

-- name: keep
INSERT INTO words_kept (passage_id, length, stems)
SELECT * FROM unnest(:passage_id::bigint[], :length::bigint[], :stems::bytea[])
ON CONFLICT (passage_id) DO UPDATE SET length = excluded.length, stems = excluded.stems;

-- name: open
-- An update locks the row: a segment is not made of a passage whose names are just changing.
INSERT INTO words_open (passage_id) SELECT * FROM unnest(:passage_id::bigint[])
ON CONFLICT (passage_id) DO UPDATE SET passage_id = excluded.passage_id;

-- name: spell
INSERT INTO words_spelt (word, language, stem, backwards)
SELECT * FROM unnest(:word::text[], :language::text[], :stem::text[], :backwards::text[])
    AS n (word, language, stem, backwards)
WHERE NOT EXISTS (SELECT FROM words_spelt AS s WHERE s.word = n.word AND s.language = n.language)
ON CONFLICT (word, language) DO NOTHING;

-- name: speak
INSERT INTO words_languages (algorithm) SELECT * FROM unnest(:algorithm::text[])
ON CONFLICT (algorithm) DO NOTHING;

-- name: changed
-- Nothing: what has changed shows in the rows (`state`), and many write at a time.
SELECT 1;

-- name: clear
TRUNCATE words_open, words_kept, words_segments, words_postings, words_spelt, words_languages;

-- name: state
-- What the index holds, in short: its newest segment, and each passage outside them as it was last written.
SELECT concat_ws(' ',
    (SELECT concat(count(*), '/', max(segment_id)) FROM words_segments),
    (SELECT concat(count(*), '/', sum(k.xmin::text::bigint * (k.passage_id % 65521 + 1)))
        FROM words_open AS o JOIN words_kept AS k ON k.passage_id = o.passage_id),
    (SELECT count(*) FROM words_languages)) AS state;

-- name: count_passages
SELECT count(*) AS number FROM passages;

-- name: may_close
-- One at a time; whoever comes meanwhile leaves it to the next.
SELECT pg_try_advisory_xact_lock(hashtext('twolane words'), hashtext(current_schema()));

-- name: count_open
SELECT count(*) AS number FROM words_open;

-- name: hold_open
SELECT passage_id FROM words_open ORDER BY passage_id FOR UPDATE SKIP LOCKED;

-- name: open_passages
SELECT k.passage_id, k.length, k.stems
FROM words_open AS o JOIN words_kept AS k ON k.passage_id = o.passage_id ORDER BY k.passage_id;

-- name: kept
SELECT passage_id, length, stems FROM words_kept WHERE passage_id = ANY(:ids::bigint[]) ORDER BY passage_id;

-- name: count_kept
SELECT count(*) AS number FROM words_kept WHERE passage_id = ANY(:ids::bigint[]);

-- name: size
SELECT coalesce(sum(length(data)), 0)::bigint AS size FROM words_postings
WHERE part >= :first_part AND part < :next_part;

-- name: close
DELETE FROM words_open WHERE passage_id = ANY(:ids::bigint[]);

-- name: segments
SELECT segment_id, ids, stems, counts FROM words_segments WHERE segment_id = ANY(:numbers::bigint[]);

-- name: add_part
INSERT INTO words_postings (part, data) SELECT * FROM unnest(:part::bigint[], :data::bytea[]);

-- name: drop_segment
WITH segment AS (DELETE FROM words_segments WHERE segment_id = :segment_id)
DELETE FROM words_postings WHERE part >= :first_part AND part < :next_part;

-- name: parts
SELECT part, data FROM words_postings WHERE part = ANY(:parts::bigint[]);

-- name: known
SELECT n.value FROM unnest(:words::text[]) AS n (value)
WHERE EXISTS (SELECT FROM words_spelt AS s WHERE s.word = n.value);

-- name: passages_of
SELECT passage_id FROM passages WHERE document_id = ANY(:documents::bigint[]);

-- name: passing
SELECT p.passage_id FROM passages AS p
WHERE p.passage_id = ANY(:ids::bigint[])
    AND EXISTS (SELECT 1 FROM files AS f WHERE f.document_id = p.document_id AND {passes});
