#!/bin/sh
# The gate: decides when a Cassandra node may start, and with which seeds. Runs as an init container of every pod, in
# the server's own image; writes Cassandra's configuration to /config, where the entry point of the image takes it from.
#
# Why it exists: pods of all racks start side by side, and Cassandra by itself lets two first nodes make two rings, lets
# a node that finds itself among its seeds join without its data, and refuses when two nodes join at once.
#
# Reads   /etc/cassc/config         the files of the pod's configuration, with words between @ signs to be filled in
#         /etc/cassc/start-order    start-order: "<pod> <service that names every pod> <service of ready pods>" per line
#                                   seeds: one DNS name per line; additional-seeds: one host or address per line;
#                                   founder: yes or no, whether the first pod may found the ring;
#                                   system-replication: "<datacenter>:<replicas>,…", for the founder
#         /etc/cassc/state          what the settle step knows (may be missing): founded, bootstrapped.<pod>,
#                                   host-id.<pod>, replace.<pod>
#         /etc/cassandra            the image's own configuration
#         /var/lib/cassandra        the data volume
# Environment: POD_NAME POD_IP BROADCAST_RPC_ADDRESS DATACENTER_NAME RACK_NAME CONTROL_NAME MGMT_API_LISTEN_TCP_PORT, and
# CASSC_NAMESPACE CASSC_CLAIMS CASSC_STATE for the commands of advice.sh.
# CASSC_ROOT stands before every path, for tests.
set -u
root=${CASSC_ROOT:-}
rendered=$root/etc/cassc/config
order=$root/etc/cassc/start-order/start-order
seed_names=$root/etc/cassc/start-order/seeds
additional_seeds=$root/etc/cassc/start-order/additional-seeds
founder=$root/etc/cassc/start-order/founder
system_replication=$root/etc/cassc/start-order/system-replication
state=$root/etc/cassc/state
image=$root/etc/cassandra
result=$root/config
volume=$root/var/lib/cassandra
marker=$volume/.bootstrapped
joining=$volume/.joining

# Rounds in a row in which nobody may be seen before the founder founds, and the seconds between them. Together they
# outlast the thirty seconds for which caches between pod and name server may remember that a name had no address, and
# let pods come back that lost power together with this one.
calm_rounds=4
calm_patience=10

# Seconds between two looks at a pod that is next in line. Who is further back looks less often.
next_patience=3
longest_patience=30

# A shell that is process 1 ignores SIGTERM unless told otherwise.
trap 'exit 143' TERM INT

# --- Words for whoever reads the log ---------------------------------------------------------------------------------

said=
# say WORDS: on one line, once per change.
say() {
    [ "$*" = "$said" ] && return 0
    said=$*
    printf 'gate: %s\n' "$said" >&2
}

fail() {
    say "$1"
    exit 1
}

[ -n "$POD_IP" ] || fail "this pod has no address yet: trying again"
for tool in getent curl awk sed tr grep ls head; do
    command -v "$tool" >/dev/null || fail "this image has no $tool, which the gate needs"
done

# shellcheck source=advice.sh
. "$rendered/advice.sh"
# shellcheck source=gate-names.sh
. "$rendered/gate-names.sh"
# shellcheck source=gate-ring.sh
. "$rendered/gate-ring.sh"
# shellcheck source=gate-files.sh
. "$rendered/gate-files.sh"

# --- The decision ----------------------------------------------------------------------------------------------------
# Each function returns 0 when the pod may start, with `seeds` (and `replace`) set, else 1 after saying what it waits
# for.

seeds=
replace=
founding=
anchor=
calm=0
reached=0
patience=$next_patience

# Whether the topology lets the first pod found a ring. A file that is not there says no.
may_found() {
    [ -r "$founder" ] && [ "$(tr -d '[:space:]' <"$founder")" = yes ]
}

decide() {
    patience=$next_patience
    if has_left; then
        say "waiting: this node left the ring, and Cassandra cannot start with its data. If the pod is to be removed," \
            "there is nothing to do. To let it join again as a new node, delete its volumes: $delete_claims"
        return 1
    fi
    if is_bootstrapped; then
        seeds_of_a_member
        say "this node has its place in the ring: starting at once, seeds $seeds"
        return 0
    fi
    if [ -e "$marker" ]; then
        # Commands like rm -rf /var/lib/cassandra/* leave it behind. It still tells that there is a ring.
        remember joining
        rm -f "$marker" || fail "the data volume cannot be written to: $marker"
        say "the volume says that this node was bootstrapped, but its data is gone: treated as empty"
    fi
    own_position=$(position "$POD_NAME")
    if [ -z "$own_position" ]; then
        say "waiting: $POD_NAME is not in the start order, a ConfigMap that is mounted at /etc/cassc/start-order" \
            "and that is applied before the StatefulSets or together with them"
        return 1
    fi
    replace=$(known "replace.$POD_NAME")
    host_id=$(known "host-id.$POD_NAME")
    if [ -n "$replace" ]; then
        decide_replacement
    elif [ -n "$host_id" ] && ! has_data; then
        say "volume lost: the ring knows this pod as host id $host_id, but its volume is empty. Not starting, because it" \
            "would join as an additional node. Bring the volume back, or let the pod replace its lost node: find the" \
            "ADDRESS of that node in the output of nodetool status on another pod, then run: $declare_replacement"
        return 1
    elif [ "$own_position" -gt 1 ]; then
        decide_newcomer
    elif may_found; then
        decide_founder
    else
        decide_first_of_many
    fi
}

# say_waiting WORDS: unless it is the name service that is to blame.
say_waiting() {
    if dns_answers; then
        say "$@"
    else
        say_no_dns
    fi
    return 1
}

say_no_dns() {
    say "waiting: the name service does not answer ($CONTROL_NAME has no address), so nobody can be seen"
}

decide_newcomer() {
    if find_unready "$reached"; then
        reached=$passed
        patience=$(((own_position - passed - 1) * next_patience))
        [ "$patience" -lt "$longest_patience" ] || patience=$longest_patience
        order_words="Nodes start for the first time one after the other; this one is number $own_position"
        if [ -n "$(addresses "$awaited.$awaited_service")" ]; then
            say "waiting for $awaited to be ready. $order_words"
        else
            say_waiting "waiting for $awaited, which has no address yet (is it scheduled?). $order_words"
        fi
        return 1
    fi
    if [ "$reached" -gt 0 ]; then
        # All were ready, though not at the same time: look once more at all of them.
        reached=0
        decide_newcomer
        return
    fi
    join_ring "joining the ring: all pods before this one are ready"
}

# join_ring WORDS: with the seeds of a newcomer, unless `anchor` was ready in an old answer only: Cassandra would look for
# its seeds in vain, and this pod would not come back here to look again.
join_ring() {
    if ! runs_cassandra "$anchor"; then
        say "waiting: the name service says that $anchor is ready, but nothing listens there on port" \
            "$(setting storage_port) or $(setting ssl_storage_port). Is the answer old, or do network policies forbid it?"
        return 1
    fi
    seeds_of_a_newcomer
    say "$1, seeds $seeds"
}

decide_replacement() {
    only_replaced=yes
    find_unready 0
    only_replaced=
    if [ -n "$awaited" ]; then
        say_waiting "waiting for $awaited, which is being replaced before this one"
        return 1
    fi
    if ! find_ready && ! find_additional_seed; then
        say_waiting "waiting to replace the node at $replace: no other pod is ready"
        return 1
    fi
    join_ring "replacing the node at $replace"
}

# The first pod of the start order, which may make the ring. It does so only when everything says that there is none.
decide_founder() {
    if ! dns_answers; then
        calm=0
        say_no_dns
        return 1
    elif find_ready || find_additional_seed; then
        calm=0
        join_ring "not founding: the ring exists ($anchor answers); joining it"
    elif [ "$(known founded)" = true ] || began_to_join; then
        say "waiting: the ring was founded before, but no pod of it is ready, and this volume has no place in it." \
            "Not founding a second ring: bring another node up first"
        return 1
    elif find_started; then
        calm=0
        say "waiting: not founding, because $started has left its gate and may know a ring, though it is not ready yet." \
            "If it was starting for the first time and the ring that it was joining is lost, delete that pod"
        return 1
    elif ! sees_this_pod; then
        calm=0
        say "waiting: not founding, because the name service does not give this pod its address ($POD_IP) yet, so" \
            "nobody might be seen"
        return 1
    else
        found_ring
    fi
}

# found_ring: once nobody was seen for a while.
found_ring() {
    calm=$((calm + 1))
    if [ "$calm" -lt "$calm_rounds" ]; then
        patience=$calm_patience
        say "looking whether a ring exists before founding one"
        return 1
    fi
    seeds=$POD_IP
    founding=yes
    say "founding the ring: the name service answers, nobody has started, and no ring was recorded"
}

# The first pod where the ring is never founded: its ring was founded in another Kubernetes cluster, or lives here.
decide_first_of_many() {
    if find_ready || find_additional_seed; then
        join_ring "joining the ring: $anchor answers"
    elif has_additional_seeds; then
        say_waiting "waiting for an additional seed to accept connections on port $(setting storage_port):" \
            "$(tr -s '[:space:]' ' ' <"$additional_seeds")"
    else
        say_waiting "waiting: this cluster never founds a ring (founding: never), there are no additional seeds," \
            "and no other pod is ready"
    fi
}

until decide; do
    sleep "$patience"
done
if is_bootstrapped; then
    replace=
elif [ -n "$founding" ]; then
    remember founding
else
    remember joining
fi
copy_files
