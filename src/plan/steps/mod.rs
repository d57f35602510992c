//! One file per kind of step that needs more than the change of the ring: whether a difference needs it, and what exactly
//! is done. [`super::order`] calls them.

pub(super) mod apply;
pub(super) mod claims;
pub(super) mod growth;
mod network;
pub(super) mod person;
mod prerequisites;
mod reaper;
pub(super) mod roles;
pub(super) mod roll;
