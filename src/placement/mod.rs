//! Arithmetic on numbers of nodes and on bytes: nodes over racks, who starts first, who is a seed, how large the heap
//! is. Pure and without model types; used by the rules and by the resolved
//! cluster.

pub mod order;
pub mod racks;
pub mod seeds;
pub mod sizing;
