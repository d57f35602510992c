//! Every call of `cassc_settle::cluster::Cluster` to Kubernetes, made on a real API server with real controllers and simulated
//! nodes. `tests/step/run` starts it and sets `KUBECONFIG`; each test has namespaces of its own.
#![allow(clippy::disallowed_methods, clippy::panic, reason = "tests read the world and fail")]

mod acts;
mod held;
mod needed;
mod program;
mod rights;
mod seen;
mod stored;
mod viewed;
mod world;
