//! cassc: one description of a Cassandra cluster in, every Kubernetes object out.

pub mod topology;

pub mod diagnostic;
pub mod parse;

pub mod cassandra;
pub mod kubernetes;
pub mod placement;

pub mod check;
pub mod cluster;
pub mod report;

pub mod render;
pub mod yaml;

pub mod deliver;
pub mod diff;
pub mod emit;
pub mod file_tree;
pub mod lock;
