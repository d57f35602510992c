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

pub mod text;
pub mod yaml;

pub mod render;
