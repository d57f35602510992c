#!/bin/sh
# Before the container is stopped: the node tells the others that it goes, and writes its memtables, so that its next
# start is quick. DRAIN_SECONDS bounds it, so that what is left of the grace period is enough for Cassandra to end.
set -u
address=localhost:${MGMT_API_LISTEN_TCP_PORT:-8080}/api/v0/ops/node/drain
if [ -n "${MGMT_API_TLS_CERT_FILE:-}" ]; then
    # The certificate is not made out to localhost.
    set -- -k --cert "$MGMT_API_TLS_CERT_FILE" --key "$MGMT_API_TLS_KEY_FILE" \
        --cacert "$MGMT_API_TLS_CA_CERT_FILE" "https://$address"
else
    set -- "http://$address"
fi
exec curl -sS --noproxy '*' -m "${DRAIN_SECONDS:-60}" -o /dev/null --fail -X POST "$@"
