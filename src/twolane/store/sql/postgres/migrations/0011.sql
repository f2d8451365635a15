-- What machines drew where a person decided otherwise, as far as they know it: drawn again, it is as wrong as before.
ALTER TABLE earlier_fields ADD COLUMN over_value TEXT NOT NULL DEFAULT '';
