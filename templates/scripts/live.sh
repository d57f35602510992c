#!/bin/sh
# Liveness: the Management API answers, and Cassandra runs where it was asked to. It is so while a node starts, joins,
# replays its commit log, leaves or drains; nobody is killed for being slow.
set -u
# shellcheck source=management-api.sh
. "${0%/*}/management-api.sh"
ask 8 probes/liveness
