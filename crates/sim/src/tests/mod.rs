//! Tests of the whole.

mod fixture;
mod first;
mod random;
