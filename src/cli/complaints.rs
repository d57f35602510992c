//! How a verb reports what is wrong: to people on standard error, to programs as a report. A report holds all that a run
//! complains about, so it is written once, when nothing more can be found.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{Failure, message, note, print};
use crate::diagnostic::Diagnostic;
use crate::lock::LOCK_FILE_NAME;
use crate::parse::Text;
use crate::paths::is_yaml;
use crate::report::{self, Colors, github, gitlab, human, json, located, sarif, short, summary};

/// How complaints are shown.
#[derive(Debug, Args)]
pub(super) struct ComplaintArguments {
    /// Format of the diagnostics. It does not change the exit code.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// Write the diagnostics in `--format` to this file, even if there are none, and show them as text on standard error.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Text, with the source lines of each diagnostic.
    Human,
    /// Text, one line per diagnostic, for editors.
    Short,
    /// JSON; `cassc schema complaints` prints its schema.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// A Code Quality report of GitLab.
    Gitlab,
}

/// Where a report goes when no file is named for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// To standard output: the report is what the verb makes.
    Output,
    /// To standard error, in place of the text for people: standard output has something else.
    Messages,
}

/// The format, for whom it is, and where it goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Complaining<'a> {
    /// What people read on standard error; `None` where a program reads it.
    people: Option<People>,
    program: Option<(Program, Target<'a>)>,
}

#[derive(Clone, Copy, Debug)]
enum People {
    Human,
    Short,
}

/// Makes the text of a report.
type Program = fn(&report::Complaints) -> String;

#[derive(Clone, Copy, Debug)]
enum Target<'a> {
    Channel(Channel),
    File(&'a Path),
}

impl ComplaintArguments {
    /// What the arguments mean for a verb with that channel.
    pub(super) fn on(&self, channel: Channel) -> Result<Complaining<'_>, Failure> {
        Complaining::new(self.format, self.report.as_deref(), channel)
    }
}

/// Whether a file has a name that no report has, and that the other files of a repository have: a slip of a glob.
fn is_of_another_kind(file: &Path) -> bool {
    is_yaml(file) || file.file_name().is_some_and(|name| name == LOCK_FILE_NAME)
}

impl<'a> Complaining<'a> {
    /// Refuses a report in the format for people: they read standard error.
    pub(super) fn new(format: Format, report: Option<&'a Path>, channel: Channel) -> Result<Self, Failure> {
        let program: Program = match format {
            Format::Human | Format::Short if report.is_some() => {
                return Err(Failure::Usage(
                    "--report needs a format for programs: json, sarif, github or gitlab".to_owned(),
                ));
            }
            Format::Human => return Ok(Self { people: Some(People::Human), program: None }),
            Format::Short => return Ok(Self { people: Some(People::Short), program: None }),
            Format::Json => json,
            Format::Sarif => sarif,
            Format::Github => github,
            Format::Gitlab => gitlab,
        };
        if let Some(file) = report.filter(|file| is_of_another_kind(file)) {
            return Err(Failure::Usage(format!(
                "--report {} would replace a topology, a manifest or a lock: name a file of its own, such as report.json",
                file.display()
            )));
        }
        Ok(match report {
            Some(file) => Self { people: Some(People::Human), program: Some((program, Target::File(file))) },
            None => Self { people: None, program: Some((program, Target::Channel(channel))) },
        })
    }

    /// Tells people what is wrong.
    pub(super) fn tell(&self, texts: &[Text], complaints: &[Diagnostic]) {
        let (Some(people), Some(summary)) = (self.people, summary(complaints)) else { return };
        match people {
            People::Short => message(&short(texts, complaints)),
            People::Human => {
                let colors = Colors::of(&io::stderr());
                message(&format!("{}\n", human(texts, complaints, colors)));
                note(&format!("{summary}\n"));
            }
        }
    }

    /// Tells programs all that is wrong, be it nothing.
    pub(super) fn report(&self, texts: &[Text], complaints: &[Diagnostic]) -> Result<(), Failure> {
        let Some((program, target)) = self.program else { return Ok(()) };
        // Without a working directory paths stay as they were given.
        let directory = std::env::current_dir().unwrap_or_default();
        let text = program(&located(texts, complaints, &directory));
        match target {
            Target::Channel(Channel::Output) => print(&text)?,
            Target::Channel(Channel::Messages) => io::stderr()
                .write_all(text.as_bytes())
                .map_err(|cause| Failure::Usage(format!("cannot write the report to standard error: {cause}")))?,
            Target::File(file) => std::fs::write(file, text)
                .map_err(|cause| Failure::Usage(format!("cannot write the report to {}: {cause}", file.display())))?,
        }
        Ok(())
    }
}
