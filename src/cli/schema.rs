//! `cassc schema`: the JSON Schema of the language.

use std::io::{self, Write};

use clap::Args;
use schemars::schema_for;

use super::{Ending, Failure};
use crate::topology::CassandraTopology;

/// Prints the JSON Schema of the topology language, for editors.
#[derive(Debug, Args)]
pub(super) struct Schema {}

pub(super) fn run(_: &Schema) -> Result<Ending, Failure> {
    io::stdout().write_all(text().as_bytes())?;
    Ok(Ending::Done)
}

/// The schema as it is committed under `schemas/`.
pub(super) fn text() -> String {
    let schema = schema_for!(CassandraTopology);
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}
