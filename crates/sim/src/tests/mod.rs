//! Tests of the whole.

mod first;
mod fixture;
mod look;
mod random;
