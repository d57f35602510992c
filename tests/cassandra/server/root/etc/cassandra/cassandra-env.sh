# The image's own cassandra-env.sh, as far as the double needs one: read by bin/cassandra, which gives JVM_OPTS.
# The entry point appends the Management API's agent.
JVM_OPTS="$JVM_OPTS -Dcassandra.jmx.local.port=${JMX_PORT:-7199}"
JVM_OPTS="$JVM_OPTS $JVM_EXTRA_OPTS"
