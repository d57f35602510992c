#!/bin/sh
# Part of the gate, which reads it in: who is there. What the settle step knows, what the name service says, the start
# order, and the seed lists that follow.
# shellcheck disable=SC2034,SC2154 # The gate sets the paths, and reads what is found here.

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
