#!/bin/sh
# preStop of the Cassandra container: drains the node, so that the other nodes learn that it stops and its next start has
# little of the commit log to replay. The entry point of the image ends at once on SIGTERM, and Cassandra with it: what
# is not written when this script ends is killed. DRAIN_SECONDS ends it early enough to leave the container some of its
# grace period.
#
# The answer to a drain says nothing about the node. The Management API answers 500 when a heartbeat of its connection to
# Cassandra or the request itself times out (after 7 s and after 30 s, seen with v0.1.112), while the drain goes on.
# Asked again it answers 500 for up to half a minute, then it waits and answers 200 when the same drain is done. So a
# node that was a member before the first request is asked until it answers 200. Other nodes have nothing to drain
# (they are starting or joining) and are asked once.
set -u
# shellcheck source=management-api.sh
. "${0%/*}/management-api.sh"

# is_well PROBE: whether the Management API answers 200, or not in time, as under load.
is_well() {
    ask 5 "probes/$1"
    case $? in
    0 | 28) return 0 ;;
    esac
    return 1
}

end=$(($(date +%s) + ${DRAIN_SECONDS:-60}))
is_member=
is_well readiness && is_member=yes
while now=$(date +%s) && [ "$now" -lt "$end" ]; do
    ask $((end - now)) ops/node/drain -X POST && exit 0
    # Liveness fails when no Cassandra runs any more.
    if [ -z "$is_member" ] || ! is_well liveness; then
        exit 1
    fi
    sleep 2
done
exit 1
