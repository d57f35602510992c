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

# What to do where Cassandra's own advice is none, or would be wrong. The words go where Cassandra's are (each of its starts
# empties that file), from where the system logger prints them, and into the event of the failed probe.
explain_refusal() {
    if [ -e "$marker" ] && refused 'already exists, cancelling join'; then
        # Pods that come back with each other's old address keep each other out for ever.
        advise "this pod was given an address that the ring knows as another node's. Nothing is lost, and nothing is to be" \
            "replaced: if this lasts for minutes, delete the pod ${POD_NAME:-}; it comes back with another address"
    elif [ ! -e "$marker" ] && refused 'Necessary replicas for strict consistency|A node required to move the data'; then
        # 4.0 and later, 3.11 (RangeStreamer): the node that lost its volume is itself the one that is missed.
        advise "no node can join while a node of the ring is down. If that node is this pod before it lost its volume," \
            "put its old address under replace.${POD_NAME:-} into the ConfigMap <cluster>-state and delete this pod; else" \
            "bring that node back"
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
