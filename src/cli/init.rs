//! `cassc init`: a commented topology to start from.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::complaints::{Channel, Complaining, Format};
use super::starter::StarterArguments;
use super::{Ending, Failure, note, print};
use crate::catalogue::Warnings;
use crate::diagnostic::Severity;
use crate::parse::source::{Origin, Source};
use crate::topology::json_schema;
use crate::{Options, compile};

/// The schema that the starter's first line names.
const SCHEMA_FILE: &str = "topology.schema.json";

/// Write a commented topology, and beside it the JSON Schema for editors.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cassc init shop.yaml --name shop --namespace shop
  cassc init orders.yaml --name orders --version 4.1 --nodes 6 --zones eu-1a,eu-1b,eu-1c")]
pub(super) struct Init {
    /// The file to write; `-` prints the topology and writes no schema.
    #[arg(default_value = "topology.yaml")]
    file: PathBuf,
    #[command(flatten)]
    values: StarterArguments,
}

pub(super) fn run(init: &Init) -> Result<Ending, Failure> {
    let text = init.values.text();
    if is_refused(&init.file, &text)? {
        return Ok(Ending::Refused);
    }
    if init.file.as_os_str() == "-" {
        print(&text)?;
        return Ok(Ending::Done);
    }
    create(&init.file, &text)?;
    let (file, schema_file) = (init.file.display(), init.file.with_file_name(SCHEMA_FILE));
    if schema_file.exists() {
        note(&format!("wrote {file}; kept {} (`cassc schema` prints the current one)\n", schema_file.display()));
    } else {
        create(&schema_file, &json_schema())?;
        note(&format!("wrote {file} and {}\n", schema_file.display()));
    }
    note(&format!("next: cassc render {file}\n"));
    note("in a Git repository that you render into: echo 'deploy/** text eol=lf' >> .gitattributes\n");
    Ok(Ending::Done)
}

/// Complains about the values as about any topology; nothing is written while one of them is wrong.
fn is_refused(file: &Path, text: &str) -> Result<bool, Failure> {
    let source = Source { name: file.display().to_string(), bytes: text.as_bytes().to_vec(), origin: Origin::Named };
    let compilation = compile(vec![source], Options { dialect: None, warnings: Warnings::Show });
    Complaining::new(Format::Human, None, Channel::Messages)?.tell(&compilation.texts, &compilation.complaints);
    Ok(compilation.complaints.iter().any(|complaint| complaint.severity == Severity::Error))
}

/// Never overwrites.
fn create(path: &Path, text: &str) -> Result<(), Failure> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists => Failure::Usage(format!("{} exists; name another file", path.display())),
        _ => Failure::Usage(format!("cannot write {}: {cause}", path.display())),
    })
}
