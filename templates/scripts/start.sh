#!/bin/sh
# The command of the Cassandra container. /tmp outlives a container: what the last one left there would make the
# Management API believe that Cassandra runs already. CASSC_ROOT stands before every path, for tests.
#
# Cassandra itself is started by the Management API, about ten seconds later, and again whenever it ended: that is so
# when neither MGMT_API_EXPLICIT_START nor MGMT_API_NO_KEEP_ALIVE is set.
set -u
root=${CASSC_ROOT:-}
rm -f "$root/tmp/cassandra.pid" "$root/tmp/cassandra.sock" "$root/tmp/oss-mgmt.sock"
exec "$root/tini" -g -- "$root/docker-entrypoint.sh" mgmtapi
