#!/bin/sh
# Part of the gate, which reads it in: who of the start order is there, and the seed lists that follow.
# shellcheck disable=SC2034,SC2154 # The gate sets the paths, and reads what is found here.

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

# find_started: the first other pod of the order whose gate has let it go, ready or not, in `started`: its Management API
# listens, or its Cassandra.
find_started() {
    started=
    while read -r pod all_pods cql || [ -n "$pod" ]; do
        [ "$pod" = "$POD_NAME" ] && continue
        for address in $(addresses "$pod.$all_pods"); do
            if accepts "$address" "$MGMT_API_LISTEN_TCP_PORT" || runs_cassandra "$address"; then
                started=$pod
                return 0
            fi
        done
    done <"$order"
    return 1
}

# sees_this_pod: whether the name service gives this very pod the address that it has now. If so, its answers are no older
# than this pod, and the service that names the pods is there.
sees_this_pod() {
    own_service=$(awk -v pod="$POD_NAME" '$1 == pod { print $2; exit }' "$order")
    case " $(addresses "$POD_NAME.$own_service") " in
    *" $POD_IP "*) return 0 ;;
    esac
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
