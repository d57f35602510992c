#!/usr/bin/env bash
# Brings the jars of a version of Cassandra out of Maven Central, once, and prints the folder that they lie in.
# usage: tests/cassandra/jars.sh 4.1.10
# Needs Maven; 20 to 35 seconds a version. The versions that the tests use stand in tests/cassandra/versions.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=$1
jars=${CARGO_TARGET_DIR:-$here/../../target}/cassandra/$version
if [ ! -d "$jars" ]; then
  profiles=()
  case $version in 3.*) profiles=(-Pthrift) ;; esac
  rm -rf "$jars.new"
  mvn --quiet --batch-mode --file "$here/pom.xml" "${profiles[@]}" -Dcassandra.version="$version" -Djars="$jars.new" \
    dependency:copy-dependencies >&2
  mv "$jars.new" "$jars"
fi
cd "$jars" && pwd
