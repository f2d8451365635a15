-- A program of an older version may have the library open while a newer one brings it up to date. Its statements would
-- partly work: new files lacked their folded paths, and jobs failed for missing tables until they were parked.

ALTER TABLE library ADD COLUMN version INTEGER NOT NULL DEFAULT 0;

-- programs from before this migration lack the function, which is enough
CREATE TRIGGER jobs_added BEFORE INSERT ON jobs WHEN (SELECT version FROM library) > known_version()
BEGIN SELECT RAISE(ABORT, 'a newer twolane has changed the library'); END;

CREATE TRIGGER jobs_changed BEFORE UPDATE ON jobs WHEN (SELECT version FROM library) > known_version()
BEGIN SELECT RAISE(ABORT, 'a newer twolane has changed the library'); END;

CREATE TRIGGER files_added BEFORE INSERT ON files WHEN (SELECT version FROM library) > known_version()
BEGIN SELECT RAISE(ABORT, 'a newer twolane has changed the library'); END;
