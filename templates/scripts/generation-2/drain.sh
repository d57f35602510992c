#!/bin/sh
# Before the container is stopped: the node tells the others that it goes, and writes its memtables, so that its next
# start is quick. What is not written when this ends is killed: the entry point of the image dies of the signal at once,
# and with it the container. DRAIN_SECONDS bounds it, so that what is left of the grace period is enough to end.
#
# The Management API answers 200 when the node is drained, but after half a minute 500, while the drain goes on (its
# connection to Cassandra is not heard and given up; seen with v0.1.112). Asked again it says 500 for a while, then waits
# and says 200 when the same drain is done. A first answer that comes quickly and is not 200 means that there is nothing
# to drain.
set -u
# shellcheck source=management-api.sh
. "${0%/*}/management-api.sh"
end=$(($(date +%s) + ${DRAIN_SECONDS:-60}))
is_draining=
while now=$(date +%s) && [ "$now" -lt "$end" ]; do
    ask $((end - now)) ops/node/drain -X POST && exit 0
    [ -n "$is_draining" ] || [ $(($(date +%s) - now)) -ge 10 ] || exit 1
    is_draining=yes
    sleep 2
done
exit 1
