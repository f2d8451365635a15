#!/bin/sh
# Writes what compose.yaml reads: passwords, each into a file of its own under ./secrets, and .env with all that can be
# chosen. Passwords that are there are kept; an .env that is there is kept as .env.before.
#   sh deploy/compose/prepare.sh [redis|rabbitmq] [two|one]
set -eu

queue=${1:-redis}
ollamas=${2:-two}
umask 022  # containers read the files as another user; the folder is closed to other users of this machine
mkdir -p secrets
chmod 700 secrets

password() {
    [ -s "secrets/$1" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > "secrets/$1"
    cat "secrets/$1"
}

postgres=$(password postgres_password)
broker=$(password queue_password)
case $queue in
    redis) wakeup_url="redis://:$broker@redis:6379/0" ;;
    rabbitmq) wakeup_url="amqp://twolane:$broker@rabbitmq:5672/" ;;
    *) echo "prepare: there is no queue '$queue': say redis or rabbitmq" >&2; exit 2 ;;
esac
case $ollamas in
    two) filing_ollama=ollama-filing; chat_models=1; profiles=$queue,two-ollamas ;;
    one) filing_ollama=ollama-chat; chat_models=2; profiles=$queue ;;
    *) echo "prepare: '$ollamas' Ollamas are not foreseen: say two or one" >&2; exit 2 ;;
esac
printf 'postgresql://twolane:%s@postgres:5432/twolane' "$postgres" > secrets/store_url
printf '%s' "$wakeup_url" > secrets/wakeup_url
rm -f secrets/queue_url  # the name that earlier versions gave to that file

cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 4)
filing_threads=$((cores / 4 > 1 ? cores / 4 : 1))
chat_threads=$((cores - filing_threads > 1 ? cores - filing_threads : 1))

[ ! -e .env ] || mv .env .env.before
cat > .env <<END
LLM_CLASSIFICATION_MODEL=llama3.2:1b
LLM_CHAT_MODEL=llama3.1:8b
# The folder to file; containers see it read-only as /documents.
TWOLANE_DOCUMENTS=./examples/inbox
# Who reads them there, as user:group; where only you may read them: $(id -u):10001 (rootless engines: 0:10001).
TWOLANE_ADD_USER=10001:10001
# 127.0.0.1 is this machine alone. There is no login: put a proxy that has one in front before opening it further.
TWOLANE_LISTEN=127.0.0.1
TWOLANE_PORT=8642
# Names under which the page is asked for, other than addresses: those of a proxy, comma-separated.
TWOLANE_SERVER_NAMES=
# debug, info, warning or error; text or json; where spans go (http://HOST:4318, on the network \`lanes\`), if anywhere.
TWOLANE_TELEMETRY_LOG_LEVEL=error
TWOLANE_TELEMETRY_LOG_FORMAT=text
TWOLANE_TELEMETRY_OTLP_ENDPOINT=
# Files that one worker has in work at once, and requests that the model servers answer at once.
WORKER_CONCURRENCY=2
FILING_PARALLEL=2
CHAT_PARALLEL=1
# Cores of this machine for each model: together no more than there are, or both become ten times slower.
FILING_THREADS=$filing_threads
CHAT_THREADS=$chat_threads
# Written by prepare.sh: the queue, and whether filing has an Ollama of its own.
COMPOSE_PROFILES=$profiles
FILING_OLLAMA=$filing_ollama
CHAT_OLLAMA_MODELS=$chat_models
END
echo "prepared for $queue and $ollamas Ollama(s): look at .env, then docker compose up -d"
