#!/bin/sh
# Readiness: the node answers CQL and has its place in the ring (the Management API says 200 to nothing less). The first
# time it is so, a marker on the data volume tells the gate of every later start. CASSC_ROOT stands before every path,
# for tests.
set -u
volume=${CASSC_ROOT:-}/var/lib/cassandra
marker=$volume/.bootstrapped
errors=${CASSC_ROOT:-}/var/log/cassandra/stderr.log
# shellcheck source=management-api.sh
. "${0%/*}/management-api.sh"
# shellcheck source=advice.sh
. "${0%/*}/advice.sh"

# What to do where Cassandra's own words do not say it, or say something wrong. The advice goes into the file of
# Cassandra's own words (each of its starts empties it), from where the system logger prints it, and into the event of
# the failed probe.
explain_refusal() {
    if [ -e "$marker" ] && refused 'already exists, cancelling join'; then
        # Pods that come back with each other's old address keep each other out for ever.
        advise "the ring knows the address of this pod as that of another node. No data is lost. Do not replace a node. If" \
            "this lasts for minutes, delete the pod; it comes back with another address: $delete_pod"
    elif [ ! -e "$marker" ] && refused 'Necessary replicas for strict consistency|A node required to move the data'; then
        # 4.0 and later, 3.11 (RangeStreamer): the node that lost its volume is itself the one that is missed.
        advise "no node can join while a node of the ring is down. Bring that node back. Only if it is this pod with its" \
            "lost volume, let the pod replace it; ADDRESS is the address that Cassandra names above:" \
            "$declare_replacement; $delete_pod"
    elif refused 'was decommissioned and will not rejoin the ring'; then
        advise "this node left the ring, and Cassandra cannot start with its data. If the pod is to be removed, there is" \
            "nothing to do. To let it join again as a new node, delete its volumes: $delete_claims"
    fi
}

# refused PATTERN: whether the last start of Cassandra ended with words like these.
refused() {
    grep -qE "$1" "$errors" 2>/dev/null
}

advise() {
    echo "cassc: $*"
    grep -q '^cassc: ' "$errors" || echo "cassc: $*" >>"$errors"
}

if ! ask "${READY_SECONDS:-8}" probes/readiness; then
    explain_refusal
    exit 1
fi
[ -e "$marker" ] && exit 0
# A pod is never ready without its marker: whoever sees it ready may rely on that.
echo "This node has its place in the ring." >"$marker.new" && mv -f "$marker.new" "$marker" && rm -f "$volume/.joining"
