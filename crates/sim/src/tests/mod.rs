//! Tests of the whole.

mod first;
mod fixture;
mod random;
mod small;
mod teeth;
