//! Resolved cluster → what Kubernetes and the programs in the containers read. Pure and infallible; called by `compile`.

pub mod config;
