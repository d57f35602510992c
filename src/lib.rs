//! cassc.

pub mod yaml;
