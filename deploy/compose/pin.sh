#!/bin/sh
# Fetches the images that are not built here, and writes into .env the digest of each: what runs stays the same until this is
# run again, whatever their tags come to mean. sh deploy/compose/pin.sh [docker|podman]
set -eu

engine=${1:-$(command -v docker >/dev/null 2>&1 && echo docker || echo podman)}
[ -f .env ] || { echo "pin: there is no .env yet: sh deploy/compose/prepare.sh" >&2; exit 2; }

pin() { # VARIABLE IMAGE
    echo "$2 ..."
    "$engine" pull -q "$2" >/dev/null
    digest=$("$engine" image inspect --format '{{index .RepoDigests 0}}' "$2")
    case $digest in
        *@sha256:*) ;;
        *) echo "pin: $engine knows no digest of $2" >&2; exit 1 ;;
    esac
    { grep -v "^$1=" .env; echo "$1=${digest}"; } > .env.new
    mv .env.new .env
}

pin PYTHON_IMAGE docker.io/library/python:3.11-slim-bookworm
pin OLLAMA_IMAGE docker.io/ollama/ollama:0.32.15
pin PGVECTOR_IMAGE docker.io/pgvector/pgvector:0.8.1-pg17
pin REDIS_IMAGE docker.io/library/redis:7.2-bookworm
pin RABBITMQ_IMAGE docker.io/library/rabbitmq:4.1
echo "pinned in .env; to go back to tags, delete the lines with sha256 there"
