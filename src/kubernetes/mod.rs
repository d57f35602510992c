//! What Kubernetes is, as far as values go: quantities and supported releases.
//! Pure; the checks and the resolver read it.

pub mod quantity;
pub mod release;
pub mod syntax;
