#!/bin/sh
# Runs Reaper in a pod of Cassandra, and starts it again when it has ended.
#
# Reaper ends while there is no Cassandra that it can log in to: after 12 minutes without its storage, and at once without JMX. A
# container that ends makes its pod unready, and then clients and other nodes would lose a Cassandra that serves. So this process
# goes on running, and Reaper is started again 10 seconds later.
#
# The entry point is that of the image; what Reaper is to be are environment variables.

set -u

reaper=''
is_ending=''

trap 'is_ending=yes; [ -z "$reaper" ] || kill -TERM "$reaper" 2>/dev/null' TERM INT

# `wait` returns early when a signal comes, with a number above 128, while the process still runs.
wait_for() {
    while :; do
        wait "$1"
        status=$?
        kill -0 "$1" 2>/dev/null || return "$status"
    done
}

while [ -z "$is_ending" ]; do
    /usr/local/bin/entrypoint.sh cassandra-reaper &
    reaper=$!
    # The signal may have come before there was a process to tell.
    [ -z "$is_ending" ] || kill -TERM "$reaper" 2>/dev/null
    wait_for "$reaper"
    status=$?
    [ -z "$is_ending" ] || break
    echo "Reaper ended with $status; it starts again in 10 seconds"
    sleep 10 &
    reaper=$!
    wait_for "$reaper"
    reaper=''
done
exit 0
