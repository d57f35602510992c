#!/bin/sh
# Read in by probes and drain: how the Management API of this pod is asked.

# ask SECONDS PATH [OPTION...]: ends like curl, whose complaint goes to standard error.
ask() {
    seconds=$1
    address=localhost:${MGMT_API_LISTEN_TCP_PORT:-8080}/api/v0/$2
    shift 2
    if [ -n "${MGMT_API_TLS_CERT_FILE:-}" ]; then
        # The certificate is not made out to localhost.
        set -- "$@" -k --cert "$MGMT_API_TLS_CERT_FILE" --key "$MGMT_API_TLS_KEY_FILE" \
            --cacert "$MGMT_API_TLS_CA_CERT_FILE" "https://$address"
    else
        set -- "$@" "http://$address"
    fi
    curl -sS --noproxy '*' -m "$seconds" -o /dev/null --fail "$@"
}
