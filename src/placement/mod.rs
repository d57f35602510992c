//! x
pub mod racks;
