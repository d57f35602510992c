#!/bin/sh
# Part of the gate, which reads it in: who is there. What the settle step knows, what the volume remembers, what the name
# service says, and who listens.
# shellcheck disable=SC2034,SC2154 # The gate sets the paths, and reads what is found here.

# --- What is known ---------------------------------------------------------------------------------------------------

# known KEY: what the settle step wrote down, without blanks; nothing when it wrote nothing.
known() {
    [ -r "$state/$1" ] && tr -d '[:space:]' <"$state/$1"
}

# data_folders: where Cassandra keeps its tables, one folder per line, of the cassandra.yaml that was rendered.
data_folders() {
    awk '
        /^[a-z]/ { listed = /^data_file_directories:/ }
        /^local_system_data_file_directory:/ || (listed && /^ *- /) {
            sub(/^[a-z_]*: *|^ *- */, "")
            gsub(/^["\047]|["\047]$/, "")
            print
        }
    ' "$rendered/cassandra.yaml"
}

# Whether Cassandra ever ran on this volume. The folder of system.local is the first thing that it makes.
has_data() {
    found_data=$(data_folders | while read -r data; do
        for folder in "$root$data"/system/local-*; do
            [ -e "$folder" ] && echo yes
        done
    done)
    [ -n "$found_data" ]
}

# The words in which Cassandra notes its place in the ring (SystemKeyspace.BootstrapState).
places='COMPLETED|IN_PROGRESS|NEEDS_BOOTSTRAP|DECOMMISSIONED'

# last_place: the word that Cassandra noted last on this volume, in `bootstrapped` of system.local. Each note is flushed at
# once into an SSTable of its own, in which the word can be read (seen with 3.11, 4.0, 4.1 and 5.0). The file written last
# counts, and in it the first word: `bootstrapped` stands before the columns that hold names. Nothing where there is none.
last_place() {
    set --
    while read -r data; do
        set -- "$@" "$root$data"/system/local-*/*-Data.db
    done <<EOF
$(data_folders)
EOF
    # shellcheck disable=SC2012 # Sorted by time, which find cannot do.
    ls -t -- "$@" 2>/dev/null | while read -r table; do
        grep -oaE "$places" "$table" | head -n 1 | grep . && break
    done
}

# Whether the node of this volume left the ring. It notes NEEDS_BOOTSTRAP when the others have its data, DECOMMISSIONED
# half a minute later. Started with the first it would take its ranges back without the writes that it missed, with the
# second Cassandra refuses to start.
has_left() {
    has_data || return 1
    case $(last_place) in
    NEEDS_BOOTSTRAP | DECOMMISSIONED) return 0 ;;
    esac
    return 1
}

# Whether the node has its place in the ring: readiness left the marker, or the settle step vouches for a node that was
# adopted. Neither counts without data, and a vouch not for a volume that a new start was begun on.
is_bootstrapped() {
    has_data || return 1
    [ -e "$marker" ] && return 0
    [ "$(known "bootstrapped.$POD_NAME")" = true ] && [ ! -e "$joining" ]
}

# Whether a start was begun on this volume that joins a ring: then there is a ring, whether or not it can be seen.
began_to_join() {
    [ -r "$joining" ] && [ "$(tr -d '[:space:]' <"$joining")" = joining ]
}

# remember founding|joining: what is begun on the volume, until readiness takes it away.
remember() {
    if ! printf '%s\n' "$1" >"$joining.new" || ! mv -f "$joining.new" "$joining"; then
        fail "the data volume cannot be written to: $joining"
    fi
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

# accepts HOST PORT: whether something listens there and stays on the line, as Cassandra and the Management API do until
# they are spoken to; a proxy that finds nobody behind it hangs up. An FTP client waits for the server to speak first, so
# nothing is sent that anybody would complain about, and the wait ends with curl's status 28.
#
# The curl of the published images speaks FTP (curl-minimal of Red Hat's UBI: HTTP, HTTPS and FTP). One that does not
# ends with status 1; then HTTP has to do: any connection counts, and Cassandra's log may tell of a bad handshake.
scheme=ftp
accepts() {
    case $1 in
    *:*) authority="[$1]:$2" ;;
    *) authority="$1:$2" ;;
    esac
    connected=$(curl -s --noproxy '*' --connect-timeout 2 -m 3 -o /dev/null -w '%{time_connect}' \
        "$scheme://$authority/" 2>/dev/null)
    status=$?
    if [ "$status" = 1 ] && [ "$scheme" = ftp ]; then
        scheme=http
        say "the curl of this image cannot speak FTP: asking who listens with HTTP instead"
        accepts "$1" "$2"
        return
    fi
    [ "$status" = 28 ] || [ "$scheme" = http ] || return 1
    case $connected in
    *[1-9]*) return 0 ;;
    esac
    return 1
}

# runs_cassandra HOST: whether a node listens there for other nodes, encrypted or not.
runs_cassandra() {
    accepts "$1" "$(setting storage_port)" || accepts "$1" "$(setting ssl_storage_port)"
}
