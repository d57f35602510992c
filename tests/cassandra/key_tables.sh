#!/usr/bin/env bash
# Makes crates/cassandra/src/config_keys/<minor>.json anew from the jars of the versions in tests/cassandra/versions.
# usage: tests/cassandra/key_tables.sh            compares; prints what differs, and exits with 1 when something does
#        tests/cassandra/key_tables.sh --write    rewrites the tables
# Needs a JDK 17 and, where the jars are not there yet, Maven. Called by .ci/run, and by whoever takes in a version.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tables=$here/../../crates/cassandra/src/config_keys
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT

# The loader reaches into java.lang.
options=(-Dlogback.configurationFile="$here/logback.xml" --add-opens java.base/java.lang=ALL-UNNAMED)

differs=0
while read -r version; do
  table=${version%.*}.json
  jars=$("$here/jars.sh" "$version")
  java "${options[@]}" -cp "$jars/*" "$here/KeyTables.java" >"$new/$table" 2>"$new/log" || { cat "$new/log" >&2; exit 1; }
  if [ "${1:-}" = --write ]; then
    cp "$new/$table" "$tables/$table"
  elif ! diff -u "$tables/$table" "$new/$table"; then
    differs=1
  fi
done <"$here/versions"
exit "$differs"
