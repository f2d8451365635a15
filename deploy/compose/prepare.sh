#!/bin/sh
# Writes what compose.yaml reads: passwords, each into a file of its own under ./secrets, and .env with all that can be
# chosen. Run again it changes what it is asked to, and keeps the passwords and whatever you have set in .env.
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

before=$(mktemp)
trap 'rm -f "$before"' EXIT
[ ! -e .env ] || cat .env > "$before"

given() { # NAME VALUE: a line of .env, with the value that is there already where there is one
    grep -m 1 "^$1=" "$before" || printf '%s=%s\n' "$1" "$2"
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
# a restored library may lie in a database of another name: that is kept
[ -s secrets/store_url ] || printf 'postgresql://twolane:%s@postgres:5432/twolane' "$postgres" > secrets/store_url
printf '%s' "$wakeup_url" > secrets/wakeup_url
rm -f secrets/queue_url  # the name that earlier versions gave to that file

cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 4)
filing_threads=$((cores / 4 > 1 ? cores / 4 : 1))
chat_threads=$((cores - filing_threads > 1 ? cores - filing_threads : 1))

cat > .env <<END
$(given LLM_CLASSIFICATION_MODEL llama3.2:1b)
$(given LLM_CHAT_MODEL llama3.1:8b)
# The folders to file are named by deploy/compose/documents.sh. Who reads them, as user:group; where only you may read
# them: $(id -u):10001 (rootless engines: 0:10001).
$(given TWOLANE_ADD_USER 10001:10001)
# Where the daily backups go: a volume, or a folder of this machine, best of another disk: sudo install -d -o 10001 FOLDER
$(given TWOLANE_BACKUPS backups)
# 127.0.0.1 is this machine alone. Before opening it further, put a proxy with TLS in front: docs/office.md.
$(given TWOLANE_LISTEN 127.0.0.1)
$(given TWOLANE_PORT 8642)
# Names under which the page is asked for, other than addresses: those of a proxy, comma-separated.
$(given TWOLANE_SERVER_NAMES '')
# The network of the page's container, and the addresses or networks of proxies that are believed: that network, and yours.
$(given TWOLANE_NETWORK 172.30.86.0/24)
$(given TWOLANE_SERVER_PROXIES 172.30.86.0/24)
# true: people sign in. false: those proxies alone decide who comes in, and whoever does may do everything.
$(given TWOLANE_SERVER_LOGIN true)
# debug, info, warning or error; text or json; where spans go (http://HOST:4318, on the network \`lanes\`), if anywhere.
$(given TWOLANE_TELEMETRY_LOG_LEVEL warning)
$(given TWOLANE_TELEMETRY_LOG_FORMAT text)
$(given TWOLANE_TELEMETRY_OTLP_ENDPOINT '')
# Workers, files that each has in work at once, and requests that the model servers answer at once.
$(given WORKERS 2)
$(given WORKER_CONCURRENCY 2)
$(given FILING_PARALLEL 2)
$(given CHAT_PARALLEL 1)
# Cores of this machine for each model: together no more than there are, or both become ten times slower.
$(given FILING_THREADS $filing_threads)
$(given CHAT_THREADS $chat_threads)
# The most memory of a container (twolane's are each chat server, worker, add), and cores of a worker; 0 is no limit.
$(given TWOLANE_MEMORY 4g)
$(given POSTGRES_MEMORY 4g)
$(given FILING_OLLAMA_MEMORY 0)
$(given CHAT_OLLAMA_MEMORY 0)
$(given WORKER_CPUS 0)
# Languages of scans, as tesseract names them; after a change: docker compose build
$(given OCR_LANGUAGES 'eng deu fra spa pol rus chi_sim ara')
# Written by prepare.sh: the queue, and whether filing has an Ollama of its own.
COMPOSE_PROFILES=$profiles
FILING_OLLAMA=$filing_ollama
CHAT_OLLAMA_MODELS=$chat_models
END
# what is yours, such as the digests of pin.sh, stays at the end
sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p' "$before" | while read -r name; do
    [ "$name" = TWOLANE_DOCUMENTS ] || grep -q "^$name=" .env || grep -m 1 "^$name=" "$before" >> .env
done

# Earlier versions had one folder, by its path in .env.
folder=$(sed -n 's/^TWOLANE_DOCUMENTS=//p' "$before")
if [ ! -f documents.yaml ]; then
    if [ -n "$folder" ] && [ -d "$folder" ]; then
        sh deploy/compose/documents.sh "$folder"
    else
        sh deploy/compose/documents.sh
    fi
fi
echo "prepared for $queue and $ollamas Ollama(s): look at .env, name folders by deploy/compose/documents.sh, start"
