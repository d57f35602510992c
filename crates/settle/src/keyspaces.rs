//! Which keyspaces are Cassandra's own.

/// Whether a keyspace is Cassandra's own.
pub(crate) fn is_system(keyspace: &str) -> bool {
    matches!(keyspace, "system" | "system_schema" | "system_virtual_schema" | "system_views")
        || SYSTEM_KEYSPACES.contains(&keyspace)
}

/// Cassandra's own keyspaces that are distributed.
pub(crate) const SYSTEM_KEYSPACES: [&str; 3] = ["system_auth", "system_distributed", "system_traces"];
