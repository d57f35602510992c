//! Arithmetic on numbers: nodes over racks, start order, seeds, heap. No model types; used by rules and by the resolved
//! cluster.

pub mod order;
pub mod racks;
pub mod seeds;
pub mod sizing;
