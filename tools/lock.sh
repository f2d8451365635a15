#!/bin/sh
# Writes the lock files: exact versions with digests for every platform, and no index's address in them.
set -eu
bin=$1
"$bin/python" -m pip install --quiet uv
for group in "" "--group dev"; do
    out=requirements${group:+-dev}.lock
    # shellcheck disable=SC2086 # the group is two words or none
    "$bin/uv" pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
        --python-version 3.11 --upgrade --quiet pyproject.toml $group -o "$out"
done
