#!/bin/sh
# `ollama` of the stand-in: its server, and what compose asks of its program.
set -eu
case ${1:-} in
    serve) exec python -m standins.model_process ollama 11434 0 0 --host 0.0.0.0 ;;
    list) exec python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:11434/api/tags', timeout=4)" ;;
    show) test -e "/root/.ollama/$2" ;;
    pull) touch "/root/.ollama/$2" ;;
esac
