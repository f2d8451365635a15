#!/bin/sh
# Starts the server as its image does: as whoever runs the container, with what lies in conf.d.
set -eu
export HOME=/var/lib/rabbitmq RABBITMQ_LOGS=-
exec /usr/lib/rabbitmq/bin/"$@"
