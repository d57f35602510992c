//! What the command line writes: results to standard output, everything else to standard error. Whether there is color,
//! and what is left out, is set once, by the flags of every verb.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::ColorChoice;
use cassc_streams::output_was_open;
use clap::{Args, ValueEnum};

use super::Failure;

/// The flags of every verb.
#[derive(Debug, Args)]
pub(super) struct StreamArguments {
    /// When to use colors: auto (on a terminal; respects `NO_COLOR` and `CLICOLOR_FORCE`), always or never.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto, global = true, help_heading = "Global options", hide_possible_values = true)]
    color: Color,
    /// Print only results, errors and warnings: no summaries, no progress, no plan while rendering.
    #[arg(short, long, global = true, help_heading = "Global options")]
    quiet: bool,
}

/// When there are colors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

static IS_QUIET: AtomicBool = AtomicBool::new(false);

impl StreamArguments {
    /// Sets both for the whole run.
    pub(super) fn set(&self) {
        self.color.set();
        IS_QUIET.store(self.quiet, Ordering::Relaxed);
    }
}

impl Color {
    fn set(self) {
        let choice = match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        };
        choice.write_global();
    }
}

/// Sets the color that the arguments ask for where they are a request for help or are wrong: clap then parses no flag.
pub(super) fn set_color_by(arguments: impl Iterator<Item = OsString>) {
    let arguments: Vec<OsString> = arguments.take_while(|argument| argument != "--").collect();
    let behind = |position: usize| arguments.get(position + 1).map(OsString::as_os_str);
    let value = |(position, argument): (usize, &OsString)| match argument.to_str()? {
        "--color" => behind(position).and_then(OsStr::to_str).map(str::to_owned),
        argument => argument.strip_prefix("--color=").map(str::to_owned),
    };
    let asked = arguments.iter().enumerate().filter_map(value).next_back();
    if let Some(color) = asked.and_then(|value| Color::from_str(&value, false).ok()) {
        color.set();
    }
}

/// Writes a result to standard output. A reader that closes the pipe has read enough (`cassc plan … | head`), and the exit
/// code is that of the verb.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    if text.is_empty() {
        return Ok(());
    }
    written_out(|output| output.write_all(text.as_bytes()))
}

/// Writes a result to standard output piece by piece; else like [`print`].
pub(super) fn written_out(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    match write_or_fail(write) {
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// The same, where a reader that stops early is an error too.
pub(super) fn write_or_fail(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if !output_was_open() {
        return Err(io::Error::other("it is closed"));
    }
    let mut output = io::stdout().lock();
    write(&mut output)?;
    output.flush()
}

/// Writes an error or a warning to standard error. That nobody reads it is no reason to fail.
pub(super) fn message(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Whether the user asked for results and diagnostics alone.
pub(super) fn is_quiet() -> bool {
    IS_QUIET.load(Ordering::Relaxed)
}

/// Writes to standard error what `--quiet` leaves out.
pub(super) fn note(text: &str) {
    if !is_quiet() {
        message(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_color_before_the_end_of_the_flags_counts() {
        let set = |arguments: &[&str]| {
            ColorChoice::Auto.write_global();
            set_color_by(arguments.iter().map(OsString::from));
            ColorChoice::global()
        };
        assert_eq!(set(&["plan", "--color", "never", "--help"]), ColorChoice::Never);
        assert_eq!(set(&["--help", "--color=never", "--color=always"]), ColorChoice::Always);
        assert_eq!(set(&["--help", "--", "--color=always"]), ColorChoice::Auto);
        assert_eq!(set(&["--help", "--color"]), ColorChoice::Auto);
        assert_eq!(set(&["--help", "--color=green"]), ColorChoice::Auto);
    }
}
