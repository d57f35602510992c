//! cassc.

pub mod cassandra;
pub mod kubernetes;
