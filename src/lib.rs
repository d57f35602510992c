//! cassc.

pub mod cassandra;
pub mod kubernetes;
pub mod placement;
