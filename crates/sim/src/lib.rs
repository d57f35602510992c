//! A simulated Kubernetes with a simulated Cassandra ring.

pub mod ring;
