#!/bin/sh
# The entry point of the double: the words that the published image's entry point knows, and any other command as it is.
case "${1-}" in
  cassandra-reaper | schema-migration) exec python3 -B /opt/reaper "$1" ;;
  *) exec "$@" ;;
esac
