//! The topology of `cassc adopt` where the user has none: made of the `CassandraDatacenter`s of the dump.

use std::fs;
use std::path::Path;

use cassc_import::documents::Text;
use cassc_import::report::text;
use cassc_import::{Options, import};

use super::{Failure, message, note};
use crate::adopt::Dump;
use crate::parse::source::{Origin, Source};

/// What the user says about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// The Cassandra cluster.
    pub(super) cluster: Option<&'a str>,
    /// The memory of a Cassandra container.
    pub(super) memory: Option<&'a str>,
}

/// What an adopted topology says beside what was imported.
const HELD_BACK: &str = "  # Adopted pods keep running as they are. Remove this to begin the first rolling restart.\n  rollout:\n    stopped: true\n";

/// The topology of the one cluster, written beside the runbook; `None` where something is to be decided or refused, which was said.
pub(super) fn imported(
    asked: Asked<'_>,
    texts: &[Text],
    dump: &Dump,
    output: &Path,
) -> Result<Option<Source>, Failure> {
    let cluster = match (asked.cluster, &dump.clusters()[..]) {
        (Some(cluster), known) if known.contains(&cluster) => cluster,
        (Some(cluster), _) => {
            return Err(Failure::Usage(format!("the dump has no CassandraDatacenter of `{cluster}`")));
        }
        (None, [one]) => one,
        (None, []) => return Err(Failure::Usage("the dump has no CassandraDatacenter".to_owned())),
        (None, several) => {
            return Err(Failure::Usage(format!("the dump has several clusters: --cluster {}", several.join(" or "))));
        }
    };
    // The texts themselves have the lines; of several clusters one is picked.
    let own = if dump.clusters().len() == 1 { texts.to_vec() } else { dump.resources_of(cluster) };
    let mut made = import(&own, &Options { memory: asked.memory.map(str::to_owned), ..Options::default() });
    made.report.passed_over.clear();
    message(&text(&made.report));
    let [topology] = &made.topologies[..] else { return Ok(None) };
    let path = output.join(&topology.file);
    let written = held_back(&topology.text);
    if fs::read_to_string(&path).is_ok_and(|there| there != written) {
        return Err(Failure::Usage(format!("{} exists and is another one: name it with --topology", path.display())));
    }
    let failed = |cause: std::io::Error| Failure::Usage(format!("cannot write {}: {cause}", path.display()));
    fs::create_dir_all(output).map_err(failed)?;
    fs::write(&path, &written).map_err(failed)?;
    if made.report.has_questions() {
        note(&format!(
            "{}: decide what it leaves open, then run again with --topology {}\n",
            path.display(),
            path.display()
        ));
        return Ok(None);
    }
    Ok(Some(Source { name: path.display().to_string(), bytes: written.into_bytes(), origin: Origin::Named }))
}

/// The same topology with its rolling restarts held back.
fn held_back(text: &str) -> String {
    if text.lines().any(|line| line.starts_with("  rollout:")) {
        return text.to_owned();
    }
    text.replacen("\nspec:\n", &format!("\nspec:\n{HELD_BACK}"), 1)
}
