//! `cassc-step` as tests run it: with the same arguments and environment, but with pauses that are shorter, or with guards switched
//! off by name, so that what goes wrong without them is seen. Before the arguments of `cassc-step`:
//!
//! ```text
//! settle_for_tests --hurry 20 settle --cluster shop             every pause is divided by 20
//! settle_for_tests --without Lease,Fence settle --cluster shop  nobody asks for these guards (crates/settle/src/guard.rs)
//! ```
#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "a program of tests")]

use std::env;
use std::process::ExitCode;

use cassc_settle::guard::{Guard, Guards};
use cassc_step::Tried;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = env::args().collect();
    let mut tried = Tried::default();
    while let [_, option, value, ..] = arguments.as_slice() {
        let read = match option.as_str() {
            "--hurry" => value.parse().map(|hurry| tried.hurry = hurry).map_err(|error| format!("{value}: {error}")),
            "--without" => without(value).map(|guards| tried.guards = guards),
            _ => break,
        };
        if let Err(error) = read {
            eprintln!("error: {option} {error}");
            return ExitCode::from(2);
        }
        arguments.drain(1..3);
    }
    cassc_step::run_tried(arguments, tried)
}

/// All guards but these, whose names stand between commas.
fn without(names: &str) -> Result<Guards, String> {
    let guard = |name| Guard::named(name).ok_or_else(|| format!("{name}: there is no such guard"));
    let off: Vec<Guard> = names.split(',').map(guard).collect::<Result<_, _>>()?;
    Ok(Guards::without_all(&off))
}
