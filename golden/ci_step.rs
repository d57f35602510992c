//! `examples/ci`: the step that judges pull requests and delivers what was merged, run by real shells with the real git
//! on scratch repositories; and the files of the platforms, read by programs that know them.

mod checks;
mod deliveries;
mod platforms;
mod refusals;
mod remotes;
mod rollbacks;
mod stage;
