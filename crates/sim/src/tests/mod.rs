//! Tests of the whole.

mod fixture;
mod first;
mod look;
mod random;
