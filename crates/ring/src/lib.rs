//! What a Cassandra ring is, and what a change of it means. Shared by the compiler, which plans a change, and by the
//! program in the cluster, which carries it out. Values in, values out: no Kubernetes client, no YAML, no files, no clock.

pub mod names;
pub mod order;
pub mod racks;
pub mod release;
pub mod seeds;
