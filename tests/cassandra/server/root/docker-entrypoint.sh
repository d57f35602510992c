#!/bin/bash
# Stands in for the entry point of k8ssandra/cass-management-api (see ../README.md). Runs as the child of /tini, which
# the pod's start command executes; takes the word mgmtapi, puts /config over Cassandra's configuration, runs the server.
set -e
export CASSANDRA_HOME=${CASSANDRA_HOME:-/opt/cassandra}
export CASSANDRA_CONF=${CASSANDRA_CONF:-/etc/cassandra}
export MAAC_PATH=${MAAC_PATH:-/opt/management-api}
export PATH=$CASSANDRA_HOME/bin:$PATH

# set_yaml KEY VALUE: written in place, because the file may be a mount.
set_yaml() {
    local changed
    changed=$(sed -r "s|^(# )?($1:).*|\\2 $2|" "$CASSANDRA_CONF/cassandra.yaml")
    printf '%s\n' "$changed" >"$CASSANDRA_CONF/cassandra.yaml"
}

# What the environment says about Cassandra, asked only where no operator, and no cassc, wrote the file.
edit_configuration() {
    local address seeds key name
    address=$(hostname -i | awk '{ print $1 }')
    : "${CASSANDRA_RPC_ADDRESS:=0.0.0.0}" "${CASSANDRA_LISTEN_ADDRESS:=$address}"
    : "${CASSANDRA_BROADCAST_ADDRESS:=$CASSANDRA_LISTEN_ADDRESS}"
    : "${CASSANDRA_BROADCAST_RPC_ADDRESS:=$CASSANDRA_BROADCAST_ADDRESS}"
    seeds=$(sed -r "s|(- seeds:).*|\\1 \"${CASSANDRA_SEEDS:-$CASSANDRA_BROADCAST_ADDRESS}\"|" \
        "$CASSANDRA_CONF/cassandra.yaml")
    printf '%s\n' "$seeds" >"$CASSANDRA_CONF/cassandra.yaml"
    for key in broadcast_address broadcast_rpc_address cluster_name endpoint_snitch listen_address num_tokens rpc_address; do
        name=CASSANDRA_${key^^}
        if [ -n "${!name}" ]; then set_yaml "$key" "${!name}"; fi
    done
}

if [ "$1" = mgmtapi ]; then
    echo "Starting Management API"
    if [ -d /config ] && ! [ /config -ef "$CASSANDRA_CONF" ]; then
        cp -R /config/* "$CASSANDRA_CONF"
    fi
    agent=$MAAC_PATH/datastax-mgmtapi-agent.jar
    if ! grep -q "$agent" "$CASSANDRA_CONF/cassandra-env.sh"; then
        # shellcheck disable=SC2016 # The variable is for the reader of the file.
        printf '\nJVM_OPTS="$JVM_OPTS -javaagent:%s"\n' "$agent" >>"$CASSANDRA_CONF/cassandra-env.sh"
    fi
    if [ -z "$IGNORE_DEFAULTS" ] && [ -z "$USE_MGMT_API" ]; then
        edit_configuration
    fi
    # Not exec, as in the original: on SIGTERM this shell ends first, /tini after it, and what else runs is killed.
    /usr/bin/python3 -I "$MAAC_PATH"
    exit
fi
exec "$@"
