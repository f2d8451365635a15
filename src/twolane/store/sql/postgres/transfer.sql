-- A library on its way to another store: rows by key, a batch at a time, and back in. Yes and no are 1 and 0.

-- name: read_memory
SELECT key, value FROM memory
WHERE key COLLATE "C" > %(after)s::text AND key <> 'moving from' ORDER BY key COLLATE "C" LIMIT %(limit)s;

-- name: last_memory
SELECT max(key COLLATE "C") AS last FROM memory WHERE key <> 'moving from';

-- name: count_memory
SELECT count(*) FROM memory WHERE key <> 'moving from';

-- name: write_memory
INSERT INTO memory (key, value) VALUES (%(key)s, %(value)s);

-- name: read_documents
SELECT document_id, hash, size_bytes, status, media_type, title, page_count, seen, note, stale::integer, names,
    dated_at::text, language
FROM documents WHERE document_id > %(after)s ORDER BY document_id LIMIT %(limit)s;

-- name: last_documents
SELECT max(document_id) FROM documents;

-- name: count_documents
SELECT count(*) FROM documents;

-- name: write_documents
INSERT INTO documents (document_id, hash, size_bytes, status, media_type, title, folded_title, page_count, seen,
    note, stale, names, dated_at, language)
VALUES (%(document_id)s, %(hash)s, %(size_bytes)s, %(status)s, %(media_type)s, %(title)s, %(folded_title)s,
    %(page_count)s, %(seen)s, %(note)s, %(stale)s::integer::boolean, %(names)s,
    %(dated_at)s::date, %(language)s);

-- name: read_pages
SELECT page_id, document_id, number, label, ocr::integer, text FROM pages
WHERE page_id > %(after)s ORDER BY page_id LIMIT %(limit)s;

-- name: last_pages
SELECT max(page_id) FROM pages;

-- name: count_pages
SELECT count(*) FROM pages;

-- name: write_pages
INSERT INTO pages (page_id, document_id, number, label, ocr, text)
VALUES (%(page_id)s, %(document_id)s, %(number)s, %(label)s, %(ocr)s::integer::boolean, %(text)s);

-- name: read_passages
SELECT p.passage_id, p.document_id, p.ordinal, p.page, p.start_char, p.end_char, p.ocr::integer, p.heading, p.text,
    d.names
FROM passages AS p JOIN documents AS d ON d.document_id = p.document_id
WHERE p.passage_id > %(after)s ORDER BY p.passage_id LIMIT %(limit)s;

-- name: last_passages
SELECT max(passage_id) FROM passages;

-- name: count_passages
SELECT count(*) FROM passages;

-- name: write_passages
INSERT INTO passages (passage_id, document_id, ordinal, page, start_char, end_char, ocr, heading, text, words)
VALUES (%(passage_id)s, %(document_id)s, %(ordinal)s, %(page)s, %(start_char)s, %(end_char)s,
    %(ocr)s::integer::boolean, %(heading)s, %(text)s,
    passage_words(%(name_words)s::text[], %(heading_words)s::text[], %(body_words)s::text[]));

-- name: read_vectors
SELECT passage_id, document_id, halfvec_send(vector) AS vector FROM vectors
WHERE passage_id > %(after)s ORDER BY passage_id LIMIT %(limit)s;

-- name: last_vectors
SELECT max(passage_id) FROM vectors;

-- name: count_vectors
SELECT count(*) FROM vectors;

-- name: write_vectors
INSERT INTO vectors (passage_id, document_id, vector)
VALUES (%(passage_id)s, %(document_id)s, %(vector)s::halfvec);

-- name: read_classifications
SELECT document_id, category, confidence, tier, reason, review::integer, scores, seconds, taxonomy
FROM classifications WHERE document_id > %(after)s ORDER BY document_id LIMIT %(limit)s;

-- name: last_classifications
SELECT max(document_id) FROM classifications;

-- name: count_classifications
SELECT count(*) FROM classifications;

-- name: write_classifications
INSERT INTO classifications
    (document_id, category, confidence, tier, reason, review, scores, seconds, taxonomy)
VALUES (%(document_id)s, %(category)s, %(confidence)s, %(tier)s, %(reason)s, %(review)s::integer::boolean,
    %(scores)s, %(seconds)s, %(taxonomy)s);

-- name: read_files
SELECT file_id, path, size_bytes, stamp, state, note, owner, document_id, scan, added_at FROM files
WHERE file_id > %(after)s ORDER BY file_id LIMIT %(limit)s;

-- name: last_files
SELECT max(file_id) FROM files;

-- name: count_files
SELECT count(*) FROM files;

-- name: write_files
INSERT INTO files (file_id, path, folded_path, size_bytes, stamp, state, note, owner, document_id, scan, added_at)
VALUES (%(file_id)s, %(path)s, %(folded_path)s, %(size_bytes)s, %(stamp)s, %(state)s, %(note)s, %(owner)s,
    %(document_id)s, %(scan)s, %(added_at)s);

-- name: read_jobs
SELECT job_id, kind, key, file_id, priority, state, attempts, suspect::integer, queued_at, run_at, lease,
    lease_until, worker, error
FROM jobs WHERE job_id > %(after)s ORDER BY job_id LIMIT %(limit)s;

-- name: last_jobs
SELECT max(job_id) FROM jobs;

-- name: count_jobs
SELECT count(*) FROM jobs;

-- name: write_jobs
INSERT INTO jobs (job_id, kind, key, file_id, priority, state, attempts, suspect, queued_at, run_at, lease,
    lease_until, worker, error)
VALUES (%(job_id)s, %(kind)s, %(key)s, %(file_id)s, %(priority)s, %(state)s, %(attempts)s,
    %(suspect)s::integer::boolean, %(queued_at)s, %(run_at)s, %(lease)s, %(lease_until)s, %(worker)s, %(error)s);

-- name: read_done
SELECT kind, sum(done)::bigint AS done FROM jobs_done
WHERE kind COLLATE "C" > %(after)s::text GROUP BY kind ORDER BY kind COLLATE "C" LIMIT %(limit)s;

-- name: last_done
SELECT max(kind COLLATE "C") AS last FROM jobs_done;

-- name: count_done
SELECT count(DISTINCT kind) AS number FROM jobs_done;

-- name: write_done
INSERT INTO jobs_done (kind, shard, done) VALUES (%(kind)s, 0, %(done)s);

-- name: read_library
SELECT scan, vector_model, vector_dimensions FROM library;

-- name: write_library
UPDATE library SET scan = %(scan)s, vector_model = %(vector_model)s, vector_dimensions = %(vector_dimensions)s;

-- name: set_sequences
-- New rows are numbered after those that came with their numbers.
SELECT setval(pg_get_serial_sequence('documents', 'document_id'), coalesce(max(document_id), 0) + 1, false)
FROM documents
UNION ALL
SELECT setval(pg_get_serial_sequence('pages', 'page_id'), coalesce(max(page_id), 0) + 1, false) FROM pages
UNION ALL
SELECT setval(pg_get_serial_sequence('passages', 'passage_id'), coalesce(max(passage_id), 0) + 1, false)
FROM passages
UNION ALL
SELECT setval(pg_get_serial_sequence('files', 'file_id'), coalesce(max(file_id), 0) + 1, false) FROM files
UNION ALL
SELECT setval(pg_get_serial_sequence('jobs', 'job_id'), coalesce(max(job_id), 0) + 1, false) FROM jobs;
