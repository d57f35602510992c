//! cassc.

pub mod file_tree;
pub mod lock;
