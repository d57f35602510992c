//! The limits of the size of a ring. Called by the rules about counts and by the reader of lock files.

/// The maximum number of nodes in a ring. Gossip grows with the square of it, and the start order, at most 200 bytes a pod,
/// must fit into the 1 MiB of a ConfigMap.
pub const MOST_NODES: u64 = 2000;

/// The maximum number of replicas of the system keyspaces in a datacenter. A quorum of five tolerates the loss of two nodes.
pub const MOST_REPLICAS: u32 = 5;
