//! Placeholder
pub mod names;
