-- What is never to come into the library: a scan that holds it sees no file come out meanwhile.

-- name: hold
LOCK TABLE exclusions IN ROW SHARE MODE;

-- name: lock
LOCK TABLE exclusions IN EXCLUSIVE MODE;
