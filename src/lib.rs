//! cassc.

pub mod file_tree;
pub mod lock;

pub mod emit;

pub mod diff;
