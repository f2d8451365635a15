#!/bin/sh
# Writes the lock files: exact versions with digests for every platform, and no index's address in them.
set -eu
bin=$1
"$bin/python" -m pip install --quiet uv
lock() {
    out=$1
    shift
    "$bin/uv" pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
        --python-version 3.11 --upgrade --quiet pyproject.toml "$@" -o "$out"
}
lock requirements.lock --extra embedded --extra report --extra sign_in
servers="--extra embedded --extra postgres --extra redis --extra rabbitmq --extra s3 --extra otel --extra mcp --extra mail --extra sign_in"
# shellcheck disable=SC2086 # two words an extra
lock requirements-server.lock $servers
# shellcheck disable=SC2086
lock requirements-dev.lock --extra report $servers --group dev
