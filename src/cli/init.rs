//! `cassc init`: a commented topology to start from.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Ending, Failure, note, print};
use crate::text::plain_file;
use crate::topology::json_schema;

/// The starter file.
pub(super) const STARTER: &str = plain_file!("init/topology.yaml");

/// The schema that the starter's first line names.
const SCHEMA_FILE: &str = "topology.schema.json";

/// Write a commented topology, and beside it the JSON Schema for editors.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The file to write; `-` prints the topology and writes no schema.
    #[arg(default_value = "topology.yaml")]
    file: PathBuf,
}

pub(super) fn run(init: &Init) -> Result<Ending, Failure> {
    if init.file.as_os_str() == "-" {
        print(STARTER)?;
        return Ok(Ending::Done);
    }
    create(&init.file, STARTER)?;
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

/// Never overwrites.
fn create(path: &Path, text: &str) -> Result<(), Failure> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|cause| match cause.kind() {
        io::ErrorKind::AlreadyExists => Failure::Usage(format!("{} exists; name another file", path.display())),
        _ => Failure::Usage(format!("cannot write {}: {cause}", path.display())),
    })
}
