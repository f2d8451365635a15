-- Reads and writes the tables of a library that moves to another store: names and columns, taken from the
-- database's catalogue, replace the braces.

-- name: count
SELECT count(*) AS number FROM {source} WHERE {own};

-- name: last
SELECT {key} FROM {source} WHERE {own} ORDER BY {backwards} LIMIT 1;

-- name: read
SELECT {columns} FROM {source} WHERE {own} ORDER BY {order} LIMIT :limit;

-- name: read_on
SELECT {columns} FROM {source} WHERE {own} AND ({order}) > ({after}) ORDER BY {order} LIMIT :limit;

-- name: write
INSERT INTO {table} ({columns}) VALUES ({values});

-- name: last_number
SELECT coalesce(max({columns}), 0) AS last FROM {table};

-- name: read_library
SELECT scan, vector_model, vector_dimensions FROM library;

-- name: write_library
UPDATE library SET scan = :scan, vector_model = :vector_model, vector_dimensions = :vector_dimensions;
