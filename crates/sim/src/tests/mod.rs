//! Tests of the whole.

mod first;
mod fixture;
mod incidents;
mod random;
mod small;
mod teeth;
