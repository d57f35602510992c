//! The `-XX` options of the JDKs in the images, as data, and what a JVM makes of a list of them. A JVM refuses to start at
//! the first option that it does not accept, so that the first pod of a rolling restart would never come back.

mod examine;
mod replaced;
mod table;

pub use examine::{Finding, Problem, examine};
pub use table::{Architecture, JDKS, OptionTable, Unlock, VmOption, options_of};
