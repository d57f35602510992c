#!/bin/sh
# Liveness: the Management API answers, and Cassandra runs where it was asked to. It is so while a node starts, joins,
# replays its commit log, leaves or drains; nobody is killed for being slow.
set -u
address=localhost:${MGMT_API_LISTEN_TCP_PORT:-8080}/api/v0/probes/liveness
if [ -n "${MGMT_API_TLS_CERT_FILE:-}" ]; then
    # The certificate is not made out to localhost.
    set -- -k --cert "$MGMT_API_TLS_CERT_FILE" --key "$MGMT_API_TLS_KEY_FILE" \
        --cacert "$MGMT_API_TLS_CA_CERT_FILE" "https://$address"
else
    set -- "http://$address"
fi
exec curl -sS --noproxy '*' -m 8 -o /dev/null --fail "$@"
