#!/bin/sh
# Part of the gate, which reads it in: the configuration that Cassandra finds in /config.
# shellcheck disable=SC2154 # The gate sets the paths, and decided about seeds, founding and replacement.

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
    disown_topology
    for file in "$rendered"/*; do
        case ${file##*/} in
        *.sh) ;;
        *) place "$file" "$result/${file##*/}" || fail "cannot write $result/${file##*/}" ;;
        esac
    done
}

# GossipingPropertyFileSnitch takes the place of a node that it has not heard of from this file, when it can, instead of
# from system.peers: a node that is down would be put into rack r1 of DC1. Upstream ships it, with examples, up to 4.0.
# It must be there and say nothing: the entry point of the image copies files over its own, and deletes none.
disown_topology() {
    topology=$result/cassandra-topology.properties
    [ -e "$topology" ] || return 0
    if ! rm -f "$topology" || ! printf '# Emptied by the gate.\n' >"$topology"; then
        fail "cannot write $topology"
    fi
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
        if [ -n "$founding" ] && [ -s "$system_replication" ]; then
            printf '\n# Written by the gate: this node founds the ring, and with it system_auth and the like. The agent\n'
            printf '# of the Management API reads it when these keyspaces are made, and never again.\n'
            printf '%s\n' "-Dcassandra.system_distributed_replication=$(tr -d '[:space:]' <"$system_replication")"
        fi
        ;;
    *) cat "$1" ;;
    esac
}

# The address that means every address, in the family of the pod's own.
case $POD_IP in
*:*) any_address=:: prefer_ipv4=false prefer_ipv6=true ;;
*) any_address=0.0.0.0 prefer_ipv4=true prefer_ipv6=false ;;
esac
