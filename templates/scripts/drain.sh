#!/bin/sh
# preStop of the Cassandra container: drains the node, so that the other nodes learn that it stops and its next start has
# little of the commit log to replay. The entry point of the image ends at once on SIGTERM, and Cassandra with it: what
# is not written when this script ends is killed. DRAIN_SECONDS ends it early enough to leave the container some of its
# grace period.
#
# The answer to a drain says nothing about the node. The Management API answers 500 when a heartbeat of its connection to
# Cassandra or the request itself times out (after 7 s and after 30 s, seen with v0.1.112), while the drain goes on.
# Asked again it answers 500 for up to half a minute, then it waits and answers 200 when the same drain is done. So the
# node tells whether it drains: it logs the beginning, and closes its CQL port next (StorageService.drain, 3.11 to 5.0). A
# node that drains is asked until the answer is 200. Where no drain begins, a node that serves clients is asked for
# fifteen seconds, and at least twice; any other has nothing to drain (it is starting or joining) and is asked once.
# CASSC_ROOT stands before every path, for tests.
set -u
# shellcheck source=management-api.sh
. "${0%/*}/management-api.sh"
root=${CASSC_ROOT:-}

# Whether a socket of this pod listens on the CQL port: state 0A, the port in hexadecimal.
serves_clients() {
    port=$(sed -n 's/^native_transport_port: *//p' "${0%/*}/cassandra.yaml" 2>/dev/null)
    cat "$root/proc/net/tcp" "$root/proc/net/tcp6" 2>/dev/null |
        awk -v port="$(printf ':%04X' "${port:-9042}")$" '$4 == "0A" && $2 ~ port { found = 1 } END { exit !found }'
}

# How many drains the log tells of; another number when it was rotated.
logged_drains() {
    grep -c 'starting drain process' "$root/var/log/cassandra/system.log" 2>/dev/null
}

# Whether the node began to drain since this script was started.
drains() {
    [ "$(logged_drains)" != "$drains_before" ] || { [ -n "$served" ] && ! serves_clients; }
}

# Whether Cassandra runs: the Management API answers 200, or not in time, as under load.
is_alive() {
    ask 5 probes/liveness
    case $? in
    0 | 28) return 0 ;;
    esac
    return 1
}

drains_before=$(logged_drains)
served=
serves_clients && served=yes
begin=$(date +%s)
end=$((begin + ${DRAIN_SECONDS:-60}))
requests=0
while now=$(date +%s) && [ "$now" -lt "$end" ]; do
    ask $((end - now)) ops/node/drain -X POST && exit 0
    requests=$((requests + 1))
    is_alive || exit 1
    if ! drains; then
        [ -n "$served" ] || exit 1
        [ "$requests" -lt 2 ] || [ $(($(date +%s) - begin)) -lt 15 ] || exit 1
    fi
    sleep 2
done
exit 1
