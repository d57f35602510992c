//! What Kubernetes is, as far as values go: quantities, supported releases, what a name may be, what the `restricted`
//! standard refuses, what an object may hold and how a patch is laid over it.
//! Pure; the checks and the resolver read it.

pub(crate) mod cidr;
pub(crate) mod endpoint;
pub(crate) mod image;
pub mod quantity;
pub mod release;
pub(crate) mod resource;
pub(crate) mod restricted;
pub mod schema;
pub mod strategic_merge;
pub(crate) mod syntax;
