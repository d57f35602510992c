#!/usr/bin/env bash
# Compiles the double of the Management API's agent (agent/*.java) where that was not done yet, and prints where its jar lies.
# usage: tests/cassandra/server/agent.sh
# Needs a JDK 17, and Maven where the jars of Cassandra are not there yet. One jar serves every version in ../versions: it is
# compiled with 4.1, and calls only what is the same in all of them, or asks by name.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=${CARGO_TARGET_DIR:-$here/../../../target}/cassandra
sources=$(cat "$here"/agent/*.java "$here/agent.sh" | sha256sum | cut -c 1-16)
jar=$target/management-api-agent-$sources.jar
if [ ! -e "$jar" ]; then
  jars=$("$here/../jars.sh" "$(grep '^4\.1\.' "$here/../versions")")
  classes=$(mktemp -d)
  trap 'rm -rf "$classes"' EXIT
  javac --release 17 -proc:none -Xlint:all,-path,-processing,-classfile,-serial,-deprecation -Werror \
    -cp "$jars/*" -d "$classes" "$here"/agent/*.java
  printf 'Premain-Class: managementapi.Agent\n' >"$classes/manifest"
  jar --create --file "$jar.$$" --manifest "$classes/manifest" -C "$classes" managementapi
  mv "$jar.$$" "$jar"
fi
cd "$target" && echo "$PWD/${jar##*/}"
