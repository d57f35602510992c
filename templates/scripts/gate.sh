#!/bin/sh
# The gate: decides when a Cassandra node may start, and with which seeds. Runs as an init container of every pod, in
# the server's own image; writes Cassandra's configuration to /config, where the entry point of the image takes it from.
#
# Why it exists: pods of all racks start side by side, and Cassandra by itself lets two first nodes make two rings, lets
# a node that finds itself among its seeds join without its data, and refuses when two nodes join at once.
#
# Reads   /etc/cassc/config         the files of the pod's configuration, with words between @ signs to be filled in
#         /etc/cassc/start-order    start-order: "<pod> <service that names every pod> <service of ready pods>" per line
#                                   seeds: one DNS name per line; additional-seeds: one host or address per line
#         /etc/cassc/state          what the settle step knows (may be missing): founded, bootstrapped.<pod>,
#                                   host-id.<pod>, replace.<pod>
#         /etc/cassandra            the image's own configuration
#         /var/lib/cassandra        the data volume
# Environment: POD_NAME POD_IP BROADCAST_RPC_ADDRESS DATACENTER_NAME RACK_NAME FOUNDER (yes or no) CONTROL_NAME.
# CASSC_ROOT stands before every path, for tests.
set -u
root=${CASSC_ROOT:-}
rendered=$root/etc/cassc/config
order=$root/etc/cassc/start-order/start-order
seed_names=$root/etc/cassc/start-order/seeds
additional_seeds=$root/etc/cassc/start-order/additional-seeds
state=$root/etc/cassc/state
image=$root/etc/cassandra
result=$root/config
volume=$root/var/lib/cassandra
marker=$volume/.bootstrapped
joining=$volume/.joining

# Rounds in a row in which nobody may be seen before the founder founds, and the seconds between rounds. Together they
# outlast the five seconds for which a name server remembers that a name had no address.
calm_rounds=3
patience=3

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

# --- What is known ---------------------------------------------------------------------------------------------------

# known KEY: what the settle step wrote down, without blanks; nothing when it wrote nothing.
known() {
    [ -r "$state/$1" ] && tr -d '[:space:]' <"$state/$1"
}

# Whether Cassandra ever ran on this volume. The folder of system.local is the first thing that it makes.
has_data() {
    for folder in "$volume"/data/system/local-*; do
        [ -e "$folder" ] && return 0
    done
    return 1
}

# Whether the node has its place in the ring: readiness left the marker, or the settle step vouches for a node that was
# adopted. Neither counts without data, and a vouch not for a volume that a new start was begun on.
is_bootstrapped() {
    has_data || return 1
    [ -e "$marker" ] && return 0
    [ "$(known "bootstrapped.$POD_NAME")" = true ] && [ ! -e "$joining" ]
}

# --- Names and addresses ---------------------------------------------------------------------------------------------

# addresses NAME: on one line. A full name gets its last dot, so that no search domain is tried.
addresses() {
    case $1 in
    *.svc.*[!.]) getent ahosts "$1." ;;
    *) getent ahosts "$1" ;;
    esac 2>/dev/null | awk '!seen[$1]++ { printf "%s ", $1 }'
}

dns_answers() {
    [ -n "$(addresses "$CONTROL_NAME")" ]
}

# is_ready POD ALL_PODS_SERVICE CQL_SERVICE: an address of the pod is among those of the ready ones. The addresses of
# the last service are remembered until forget_ready.
remembered=
remembered_addresses=
is_ready() {
    own=$(addresses "$1.$2")
    [ -n "$own" ] || return 1
    if [ "$3" != "$remembered" ]; then
        remembered=$3
        remembered_addresses=$(addresses "$3")
    fi
    for address in $own; do
        case " $remembered_addresses " in
        *" $address "*) return 0 ;;
        esac
    done
    return 1
}

forget_ready() {
    remembered=
}

# setting KEY: of the cassandra.yaml that was rendered.
setting() {
    sed -n "s/^$1: *//p" "$rendered/cassandra.yaml"
}

# accepts HOST PORT: whether something listens there and stays on the line, as Cassandra does until it is spoken to; a
# proxy that finds nobody behind it hangs up. An FTP client waits for the server to speak first, so nothing is sent that
# Cassandra would complain about, and the wait ends with curl's status 28.
accepts() {
    case $1 in
    *:*) authority="[$1]:$2" ;;
    *) authority="$1:$2" ;;
    esac
    connected=$(curl -s --noproxy '*' --connect-timeout 2 -m 3 -w '%{time_connect}' "ftp://$authority/" 2>/dev/null)
    [ $? = 28 ] || return 1
    case $connected in
    *[1-9]*) return 0 ;;
    esac
    return 1
}

# runs_cassandra HOST: whether a node listens there for other nodes, encrypted or not.
runs_cassandra() {
    accepts "$1" "$(setting storage_port)" || accepts "$1" "$(setting ssl_storage_port)"
}

# --- The start order -------------------------------------------------------------------------------------------------

# position POD: in the start order, from 1; nothing when it is not there.
position() {
    [ -r "$order" ] && awk -v pod="$1" '$1 == pod { print NR; exit }' "$order"
}

# find_ready: the first other pod of the order that is ready, in `anchor`.
find_ready() {
    anchor=
    forget_ready
    while read -r pod all_pods cql || [ -n "$pod" ]; do
        [ "$pod" = "$POD_NAME" ] && continue
        if is_ready "$pod" "$all_pods" "$cql"; then
            anchor=$pod.$all_pods
            return 0
        fi
    done <"$order"
    return 1
}

# find_unready SKIP: the first pod before this one that is not ready, in `awaited`, passing over the first SKIP; how
# many come before it in `passed`. `only_replaced=yes` looks only at pods that are being replaced.
only_replaced=
is_considered() {
    [ -z "$only_replaced" ] || [ -n "$(known "replace.$1")" ]
}

find_unready() {
    awaited=
    awaited_service=
    passed=0
    forget_ready
    while read -r pod all_pods cql || [ -n "$pod" ]; do
        [ "$pod" = "$POD_NAME" ] && return 1
        if [ "$passed" -ge "$1" ] && is_considered "$pod"; then
            if is_ready "$pod" "$all_pods" "$cql"; then
                anchor=$pod.$all_pods
            else
                awaited=$pod
                awaited_service=$all_pods
                return 0
            fi
        fi
        passed=$((passed + 1))
    done <"$order"
    return 1
}

# find_additional_seed: the first seed elsewhere that runs Cassandra, in `anchor`.
find_additional_seed() {
    anchor=
    [ -r "$additional_seeds" ] || return 1
    while read -r host || [ -n "$host" ]; do
        if [ -n "$host" ] && runs_cassandra "$host"; then
            anchor=$host
            return 0
        fi
    done <"$additional_seeds"
    return 1
}

# find_running_seed: the first other seed of this cluster on which Cassandra runs, ready or not, in `running`.
find_running_seed() {
    running=
    while read -r host || [ -n "$host" ]; do
        case $host in
        "" | "$POD_NAME".*) continue ;;
        esac
        if [ -n "$(addresses "$host")" ] && runs_cassandra "$host"; then
            running=$host
            return 0
        fi
    done <"$seed_names"
    return 1
}

has_additional_seeds() {
    [ -r "$additional_seeds" ] && [ -n "$(tr -d '[:space:]' <"$additional_seeds")" ]
}

# --- Seed lists ------------------------------------------------------------------------------------------------------

append_seed() {
    case ",$seeds," in
    *",$1,"*) ;;
    *) seeds=${seeds:+$seeds,}$1 ;;
    esac
}

# The seeds as they stand in the two files, one after the other.
seed_list() {
    cat "$seed_names" "$additional_seeds" 2>/dev/null
}

# A node with its place in the ring must be able to start when nobody else answers, so it is always on its own list; by
# address, because its name may still point to its last pod.
seeds_of_a_member() {
    seeds=
    for name in $(seed_list); do
        case $name in
        "$POD_NAME".*) append_seed "$POD_IP" ;;
        *) append_seed "$name" ;;
        esac
    done
    append_seed "$POD_IP"
}

# Whether a name stands for this pod. Another pod's name may, for a while: addresses are given out again.
is_own() {
    case " $1 $(addresses "$1") " in
    " $POD_NAME".* | *" $POD_IP "*) return 0 ;;
    esac
    return 1
}

# A node that joins must not find itself on the list, or it joins without its data; and somebody who answers must be on
# it.
seeds_of_a_newcomer() {
    seeds=
    for name in $(seed_list); do
        is_own "$name" || append_seed "$name"
    done
    append_seed "$anchor"
}

# --- The decision ----------------------------------------------------------------------------------------------------
# Each function returns 0 when the pod may start, with `seeds` (and `replace`) set, else 1 after saying what it waits
# for.

seeds=
replace=
anchor=
calm=0
reached=0

decide() {
    if is_bootstrapped; then
        seeds_of_a_member
        say "this node has its place in the ring: starting at once, seeds $seeds"
        return 0
    fi
    if [ -e "$marker" ]; then
        # Commands like rm -rf /var/lib/cassandra/* leave it behind.
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
        say "volume lost: the ring knows this pod as host id $host_id, but its volume is empty. Not starting," \
            "because it would join as one more node. Declare replaceNode for $POD_NAME, or bring the volume back"
        return 1
    elif [ "$own_position" -gt 1 ]; then
        decide_newcomer
    elif [ "$FOUNDER" = yes ]; then
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
    seeds_of_a_newcomer
    say "joining the ring: all pods before this one are ready, seeds $seeds"
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
    seeds_of_a_newcomer
    say "replacing the node at $replace, seeds $seeds"
}

# The first pod of the start order, which may make the ring. It does so only when everything says that there is none.
decide_founder() {
    if ! dns_answers; then
        calm=0
        say_no_dns
        return 1
    elif find_ready || find_additional_seed; then
        seeds_of_a_newcomer
        say "not founding: the ring exists ($anchor answers); joining it, seeds $seeds"
    elif [ "$(known founded)" = true ]; then
        say "waiting: the ring was founded before, but no pod of it is ready, and this volume has no place in it." \
            "Not founding a second ring: bring another node up first"
        return 1
    elif find_running_seed; then
        calm=0
        say "waiting: not founding, because Cassandra runs on $running, though it is not ready yet"
        return 1
    elif ! dns_answers; then
        calm=0
        say_no_dns
        return 1
    else
        calm=$((calm + 1))
        if [ "$calm" -lt "$calm_rounds" ]; then
            say "looking whether a ring exists before founding one"
            return 1
        fi
        seeds=$POD_IP
        say "founding the ring: the name service answers, nobody is ready, and no ring was recorded"
    fi
}

# The first pod where the ring is never founded: its ring was founded in another Kubernetes cluster, or lives here.
decide_first_of_many() {
    if find_ready || find_additional_seed; then
        seeds_of_a_newcomer
        say "joining the ring: $anchor answers, seeds $seeds"
    elif has_additional_seeds; then
        say_waiting "waiting for an additional seed to accept connections on port $(setting storage_port):" \
            "$(tr -s '[:space:]' ' ' <"$additional_seeds")"
    else
        say_waiting "waiting: this cluster never founds a ring (founding: never), there are no additional seeds," \
            "and no other pod is ready"
    fi
}

# --- The result ------------------------------------------------------------------------------------------------------

# quoted VALUE: for the right side of a sed command with | between its parts.
quoted() {
    printf '%s' "$1" | sed 's/[\\&|]/\\&/g'
}

# A backslash is an escape in a Java properties file.
property() {
    printf '%s' "$1" | sed 's/\\/\\\\/g'
}

copy_files() {
    rm -rf "${result:?}"/* || fail "cannot clear $result"
    cp -R "$image/." "$result/" || fail "cannot copy the image's configuration from $image to $result"
    for file in "$rendered"/*; do
        case ${file##*/} in
        gate.sh | start.sh | ready.sh | live.sh | drain.sh) ;;
        *) place "$file" "$result/${file##*/}" || fail "cannot write $result/${file##*/}" ;;
        esac
    done
}

# place FILE TARGET: what stands there, and may not be writable, makes room.
place() {
    fill "$1" >"$2.new" && mv -f "$2.new" "$2"
}

# fill FILE: its text with every word between @ signs replaced, but only where such words are ours.
fill() {
    case ${1##*/} in
    cassandra.yaml)
        sed -e "s|@SEEDS@|$(quoted "$seeds")|g" -e "s|@POD_IP@|$(quoted "$POD_IP")|g" \
            -e "s|@RPC_ADDRESS@|$any_address|g" -e "s|@BROADCAST_RPC_ADDRESS@|$(quoted "$BROADCAST_RPC_ADDRESS")|g" "$1"
        ;;
    cassandra-rackdc.properties)
        sed -e "s|@DATACENTER@|$(quoted "$(property "$DATACENTER_NAME")")|g" \
            -e "s|@RACK@|$(quoted "$(property "$RACK_NAME")")|g" "$1"
        ;;
    jvm.options | jvm-server.options)
        sed -e "s|@PREFER_IPV4@|$prefer_ipv4|g" -e "s|@PREFER_IPV6@|$prefer_ipv6|g" "$1" || return 1
        if [ -n "$replace" ]; then
            printf '\n# Written by the gate: this node takes the place of the one at that address.\n'
            printf '%s\n' "-Dcassandra.replace_address_first_boot=$replace"
        fi
        ;;
    *) cat "$1" ;;
    esac
}

case $POD_IP in
*:*) any_address=:: prefer_ipv4=false prefer_ipv6=true ;;
*) any_address=0.0.0.0 prefer_ipv4=true prefer_ipv6=false ;;
esac

until decide; do
    sleep "$patience"
done
if ! is_bootstrapped; then
    touch "$joining" || fail "the data volume cannot be written to: $joining"
else
    replace=
fi
copy_files
