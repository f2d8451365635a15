-- A program of an older version may have the library open while a newer one brings it up to date. Its statements would
-- partly work: new files lacked what is derived from them, and jobs failed for missing tables until they were parked.

-- each connection names the version that its program knows
CREATE FUNCTION refuse_older() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT version FROM library) > coalesce(nullif(current_setting('twolane.version', true), ''), '0')::integer THEN
        RAISE EXCEPTION 'a newer twolane has changed the library' USING ERRCODE = 'TWOLD';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER jobs_written BEFORE INSERT OR UPDATE ON jobs
FOR EACH STATEMENT EXECUTE FUNCTION refuse_older();

CREATE TRIGGER files_added BEFORE INSERT ON files
FOR EACH STATEMENT EXECUTE FUNCTION refuse_older();
