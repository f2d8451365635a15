-- A library on its way to another store: rows by key, a batch at a time, and back in.

-- name: read_memory
SELECT key, value FROM memory WHERE key > :after AND key <> 'moving from' ORDER BY key LIMIT :limit;

-- name: last_memory
SELECT max(key) FROM memory WHERE key <> 'moving from';

-- name: count_memory
SELECT count(*) FROM memory WHERE key <> 'moving from';

-- name: write_memory
INSERT INTO memory (key, value) VALUES (:key, :value);

-- name: read_documents
SELECT document_id, hash, size_bytes, status, media_type, title, page_count, seen, note, stale, names, dated_at,
    language
FROM documents WHERE document_id > :after ORDER BY document_id LIMIT :limit;

-- name: last_documents
SELECT max(document_id) FROM documents;

-- name: count_documents
SELECT count(*) FROM documents;

-- name: write_documents
INSERT INTO documents
    (document_id, hash, size_bytes, status, media_type, title, page_count, seen, note, stale, names, dated_at, language)
VALUES (:document_id, :hash, :size_bytes, :status, :media_type, :title, :page_count, :seen, :note, :stale, :names,
    :dated_at, :language);

-- name: read_pages
SELECT page_id, document_id, number, label, ocr, text FROM pages
WHERE page_id > :after ORDER BY page_id LIMIT :limit;

-- name: last_pages
SELECT max(page_id) FROM pages;

-- name: count_pages
SELECT count(*) FROM pages;

-- name: write_pages
INSERT INTO pages (page_id, document_id, number, label, ocr, text)
VALUES (:page_id, :document_id, :number, :label, :ocr, :text);

-- name: read_passages
SELECT p.passage_id, p.document_id, p.ordinal, p.page, p.start_char, p.end_char, p.ocr, p.heading, p.text, d.names
FROM passages AS p JOIN documents AS d ON d.document_id = p.document_id
WHERE p.passage_id > :after ORDER BY p.passage_id LIMIT :limit;

-- name: last_passages
SELECT max(passage_id) FROM passages;

-- name: count_passages
SELECT count(*) FROM passages;

-- name: write_passages
INSERT INTO passages (passage_id, document_id, ordinal, page, start_char, end_char, ocr, heading, text)
VALUES (:passage_id, :document_id, :ordinal, :page, :start_char, :end_char, :ocr, :heading, :text);

-- name: read_vectors
SELECT passage_id, document_id, scale, vector FROM vectors
WHERE passage_id > :after ORDER BY passage_id LIMIT :limit;

-- name: last_vectors
SELECT max(passage_id) FROM vectors;

-- name: count_vectors
SELECT count(*) FROM vectors;

-- name: write_vectors
INSERT INTO vectors (passage_id, document_id, generation, code, scale, vector)
VALUES (:passage_id, :document_id, 0, :code, :scale, :vector);

-- name: read_classifications
SELECT document_id, category, confidence, tier, reason, review, scores, seconds, taxonomy FROM classifications
WHERE document_id > :after ORDER BY document_id LIMIT :limit;

-- name: last_classifications
SELECT max(document_id) FROM classifications;

-- name: count_classifications
SELECT count(*) FROM classifications;

-- name: write_classifications
INSERT INTO classifications
    (document_id, category, confidence, tier, reason, review, scores, seconds, taxonomy)
VALUES (:document_id, :category, :confidence, :tier, :reason, :review, :scores, :seconds, :taxonomy);

-- name: read_files
SELECT file_id, path, size_bytes, stamp, state, note, owner, document_id, scan, added_at FROM files
WHERE file_id > :after ORDER BY file_id LIMIT :limit;

-- name: last_files
SELECT max(file_id) FROM files;

-- name: count_files
SELECT count(*) FROM files;

-- name: write_files
INSERT INTO files (file_id, path, size_bytes, stamp, state, note, owner, document_id, scan, added_at)
VALUES (:file_id, :path, :size_bytes, :stamp, :state, :note, :owner, :document_id, :scan, :added_at);

-- name: read_jobs
SELECT job_id, kind, key, file_id, priority, state, attempts, suspect, queued_at, run_at, lease, lease_until,
    worker, error
FROM jobs WHERE job_id > :after ORDER BY job_id LIMIT :limit;

-- name: last_jobs
SELECT max(job_id) FROM jobs;

-- name: count_jobs
SELECT count(*) FROM jobs;

-- name: write_jobs
INSERT INTO jobs (job_id, kind, key, file_id, priority, state, attempts, suspect, queued_at, run_at, lease,
    lease_until, worker, error)
VALUES (:job_id, :kind, :key, :file_id, :priority, :state, :attempts, :suspect, :queued_at, :run_at, :lease,
    :lease_until, :worker, :error);

-- name: read_done
SELECT kind, done FROM jobs_done WHERE kind > :after ORDER BY kind LIMIT :limit;

-- name: last_done
SELECT max(kind) FROM jobs_done;

-- name: count_done
SELECT count(*) FROM jobs_done;

-- name: write_done
INSERT INTO jobs_done (kind, done) VALUES (:kind, :done);

-- name: read_library
SELECT scan, vector_model, vector_dimensions FROM library;

-- name: write_library
UPDATE library SET scan = :scan, vector_model = :vector_model, vector_dimensions = :vector_dimensions;

-- name: set_first_passages
UPDATE documents SET first_passage_id = coalesce(
    (SELECT min(passage_id) FROM passages AS p WHERE p.document_id = documents.document_id), 0);
