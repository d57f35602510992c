//! The plugin for `kubectl`: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    cassc_step::run_plugin()
}
