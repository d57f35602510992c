#!/bin/sh
# Readiness: the node answers CQL and has its place in the ring (the Management API says 200 to nothing less). The first
# time it is so, a marker on the data volume tells the gate of every later start. CASSC_ROOT stands before every path,
# for tests.
set -u
volume=${CASSC_ROOT:-}/var/lib/cassandra
marker=$volume/.bootstrapped
address=localhost:${MGMT_API_LISTEN_TCP_PORT:-8080}/api/v0/probes/readiness
if [ -n "${MGMT_API_TLS_CERT_FILE:-}" ]; then
    # The certificate is not made out to localhost.
    set -- -k --cert "$MGMT_API_TLS_CERT_FILE" --key "$MGMT_API_TLS_KEY_FILE" \
        --cacert "$MGMT_API_TLS_CA_CERT_FILE" "https://$address"
else
    set -- "http://$address"
fi
curl -sS --noproxy '*' -m 8 -o /dev/null --fail "$@" || exit 1
[ -e "$marker" ] && exit 0
# A pod is never ready without its marker: whoever sees it ready may rely on that.
echo "This node has its place in the ring." >"$marker.new" && mv -f "$marker.new" "$marker" && rm -f "$volume/.joining"
