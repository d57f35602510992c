//! How results are printed: for a human as wide as the terminal and with colors where it shows them, or for programs.

use std::io::{self, Write as _};
use std::str::FromStr as _;

use anstream::{AutoStream, ColorChoice};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::Failed;
use crate::clock;
use crate::view::text::Page;

/// Columns where standard output is no terminal.
const COLUMNS: usize = 80;

/// What is printed, and how.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Output {
    /// How to print: wide (everything, on lines of any length), json or yaml; without it as wide as the terminal.
    #[arg(short, long, value_name = "FORMAT", value_enum, hide_possible_values = true)]
    output: Option<Form>,
    /// When to use colors: auto (on a terminal; respects `NO_COLOR` and `CLICOLOR_FORCE`), always or never.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto, hide_possible_values = true)]
    color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Wide,
    Json,
    Yaml,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

impl Output {
    /// Prints a value: `text` makes it for a human.
    pub(crate) fn print<T: Serialize>(self, value: &T, text: impl FnOnce(Page) -> String) -> Result<(), Failed> {
        let text = match self.output {
            Some(Form::Json) => serde_json::to_string_pretty(value).expect("texts and numbers are JSON") + "\n",
            Some(Form::Yaml) => {
                serde_saphyr::to_string(value).map_err(|error| Failed::Told(format!("no YAML: {error}")))?
            }
            form => text(Page { columns: columns(), wide: form == Some(Form::Wide), now: clock::now() }),
        };
        write(&text, self.color)
    }
}

/// The columns of the terminal; `COLUMNS` has the last word, as for `ps`.
fn columns() -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|text| usize::from_str(&text).ok());
    let of_terminal = || rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col));
    said.or_else(of_terminal).filter(|columns| *columns > 0).unwrap_or(COLUMNS)
}

/// Writes to standard output; a reader that closes the pipe has read enough.
fn write(text: &str, color: Color) -> Result<(), Failed> {
    if !cassc_streams::output_was_open() {
        return Err(Failed::Output(io::Error::other("it is closed")));
    }
    let choice = match color {
        Color::Auto => AutoStream::choice(&io::stdout()),
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let mut output = AutoStream::new(io::stdout().lock(), choice);
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(Failed::Output(cause)),
        _ => Ok(()),
    }
}
