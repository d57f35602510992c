//! How large a ring may be. Called by the rules about counts and by the reader of locks.

/// More than anybody runs in one ring (gossip grows with the square), and few enough that the start order, at most 200
/// bytes a pod, stays far below the 1 MiB of a ConfigMap.
pub const MOST_NODES: u64 = 2000;

/// The most replicas of the system keyspaces in a datacenter that make sense; a quorum of five outlives two nodes.
pub const MOST_REPLICAS: u32 = 5;
