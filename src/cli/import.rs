//! `cassc import`: topologies out of the resources of other operators.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use cassc_import::documents::Text;
use cassc_import::report::{Report, markdown, text};
use cassc_import::{Import, Options, Topology, import};
use cassc_wording::{counted, counted_as};
use clap::{Args, ValueEnum};

use super::{Ending, Failure, message, note, print};
use crate::parse::source::{LARGEST_SOURCE, Source, read_resources};
use crate::report::{json_text, visible_lines};

/// Write topologies from the resources of other operators.
///
/// Reads CassandraDatacenter of Cass Operator, K8ssandraCluster of K8ssandra Operator, CassandraCluster and
/// MultiCasskop of CassKop, and values of Bitnami's Helm chart: YAML or JSON files, folders of them, or what `kubectl
/// get -o yaml` prints. Other objects in them are passed over. Each Cassandra cluster becomes one topology, with a
/// comment at each value that was computed or changed. The report lists what was carried, what was changed and why,
/// what was not carried, and what you have to decide: such values are `TODO` in the topology, which `cassc validate`
/// refuses.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cassc import cassdc.yaml                                print it; the report: standard error
  cassc import clusters -o topologies --memory 8Gi        write one file for each Cassandra cluster
  kubectl get cassdc -A -o yaml | cassc import - -o topologies")]
pub(super) struct ImportArguments {
    /// Files, folders (`*.yaml`, `*.yml` and `*.json` in them), globs, or `-` for standard input.
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
    /// Write the topologies into this directory, and print the report.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// The memory of a Cassandra container, where a resource names none: request and limit, such as 8Gi.
    #[arg(long, value_name = "SIZE")]
    memory: Option<String>,
    /// The namespace of clusters whose resources name none.
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
    /// Exit with 1 if a field was not carried.
    #[arg(long)]
    strict: bool,
    /// Overwrite files that differ.
    #[arg(long, requires = "output")]
    force: bool,
    /// Format of the report.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
    /// Write the report to this file.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ReportFormat {
    /// Text for a terminal.
    Text,
    /// Markdown for a comment on a pull request.
    Markdown,
    /// JSON, for programs.
    Json,
}

pub(super) fn run(arguments: &ImportArguments) -> Result<Ending, Failure> {
    let texts = read_resources(&arguments.inputs)?.into_iter().map(text_of).collect::<Result<Vec<_>, _>>()?;
    let options = Options { memory: arguments.memory.clone(), namespace: arguments.namespace.clone() };
    let Import { topologies, report } = import(&texts, &options);
    if topologies.is_empty() && report.refused.is_empty() {
        message(&format!("error: no resource of a Cassandra cluster in {}\n", arguments.inputs.join(", ")));
        return Ok(Ending::Refused);
    }
    if let Some(directory) = &arguments.output
        && !write(directory, &topologies, arguments.force)?
    {
        return Ok(Ending::Refused);
    }
    tell(arguments, &topologies, &report)?;
    let is_lossy = arguments.strict && report.has_losses();
    Ok(if is_lossy || !report.refused.is_empty() { Ending::Refused } else { Ending::Done })
}

/// The text of a source.
fn text_of(source: Source) -> Result<Text, Failure> {
    let Source { name, bytes, .. } = source;
    if bytes.len() as u64 > LARGEST_SOURCE {
        return Err(Failure::Usage(format!("{name} is larger than {LARGEST_SOURCE} bytes: split it")));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Text { name, text }),
        Err(_) => Err(Failure::Usage(format!("{name} is not UTF-8"))),
    }
}

/// Prints topologies and report, or the report alone where the topologies went to files.
fn tell(arguments: &ImportArguments, topologies: &[Topology], report: &Report) -> Result<(), Failure> {
    let written = match arguments.format {
        ReportFormat::Text => visible_lines(&text(report)),
        ReportFormat::Markdown => visible_lines(&markdown(report)),
        ReportFormat::Json => json_text(report),
    };
    if arguments.output.is_none() {
        let texts: Vec<&str> = topologies.iter().map(|topology| topology.text.as_str()).collect();
        print(&texts.join("---\n"))?;
    }
    match &arguments.report {
        Some(file) => fs::write(file, written)
            .map_err(|cause| Failure::Usage(format!("cannot write the report to {}: {cause}", file.display())))?,
        None if arguments.output.is_some() => print(&written)?,
        None => message(&written),
    }
    note(&summary(topologies, report));
    Ok(())
}

/// What is left to do.
fn summary(topologies: &[Topology], report: &Report) -> String {
    let refused = match report.refused.len() {
        0 => String::new(),
        number => format!(", {} refused", counted(number, "resource")),
    };
    let decide: usize = report.imported.iter().map(|imported| imported.lists.to_decide.len()).sum();
    let lost: usize = report.imported.iter().map(|imported| imported.lists.not_carried.len()).sum();
    let made = counted_as(topologies.len(), "topology", "topologies");
    format!("{made}{refused}; {} to decide, {} not carried\n", counted(decide, "value"), counted(lost, "field"))
}

/// Writes every topology, or none of them. Whether it did: a file that differs stays as it is without `--force`.
fn write(directory: &Path, topologies: &[Topology], force: bool) -> Result<bool, Failure> {
    let failed = |action: &str, path: &Path, cause: io::Error| {
        Failure::Usage(format!("cannot {action} {}: {cause}", path.display()))
    };
    fs::create_dir_all(directory).map_err(|cause| failed("create the directory", directory, cause))?;
    let mut outdated = Vec::new();
    for topology in topologies {
        let path = directory.join(&topology.file);
        match fs::read(&path) {
            Ok(old) if old == topology.text.as_bytes() => {}
            Ok(_) if !force => {
                message(&format!(
                    "error: {} is another text already: move it away, or overwrite it with --force\n",
                    path.display()
                ));
                return Ok(false);
            }
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(failed("read", &path, cause)),
            _ => outdated.push((path, topology)),
        }
    }
    for (path, topology) in outdated {
        let beside = tempfile::Builder::new().prefix(".cassc-import-").tempdir_in(directory);
        let beside = beside.map_err(|cause| failed("write into", directory, cause))?;
        let new = beside.path().join(&topology.file);
        fs::write(&new, &topology.text).map_err(|cause| failed("write", &new, cause))?;
        fs::rename(&new, &path).map_err(|cause| failed("write", &path, cause))?;
        note(&format!("wrote {}\n", path.display()));
    }
    Ok(true)
}
