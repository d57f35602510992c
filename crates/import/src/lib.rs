//! Reads what describes a Cassandra cluster for other tools (custom resources of operators, values of a Helm chart) and
//! writes a topology of cassc for each cluster, with a report: what was carried, what was changed and why, what was not
//! carried, and what is left to decide. Texts in, texts out: no files, no network, no clock.
//!
//! The modules stand in reading order, and each uses only those above it:
//!
//! 1. `options`: what the user says beside the texts.
//! 2. [`path`]: the name of a field.
//! 3. [`report`]: the four lists, and how they are printed.
//! 4. [`documents`]: texts become documents, in which every field has its line.
//! 5. `draft`: the topology in the making, with a comment at each value that was computed or changed.
//! 6. `names`: how Cass Operator makes names of Kubernetes.
//! 7. `pods`: parts of Kubernetes that several kinds have: resources, claims, affinity, tolerations, containers.
//! 8. `builders`: what the operators write into Cassandra's configuration where their resource is silent.
//! 9. `kinds`: one module for each kind that is read.

mod options;

pub mod path;

pub mod report;

pub mod documents;

mod draft;

mod names;

mod pods;

mod builders;

mod kinds;

use std::collections::BTreeMap;

use crate::documents::{Document, Text, read};
use crate::draft::Draft;
use crate::kinds::KINDS;
pub use crate::options::Options;
use crate::report::{ImportedTopology, Report};

/// A topology that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topology {
    /// The name of its file: `shop.yaml`. No two are equal.
    pub file: String,
    /// Its text, in the language of topologies.
    pub text: String,
}

/// What was made of texts.
#[derive(Clone, Debug)]
pub struct Import {
    /// One topology for each Cassandra cluster, in the order of the texts.
    pub topologies: Vec<Topology>,
    /// What happened to each field.
    pub report: Report,
}

/// Reads the texts and makes a topology of each Cassandra cluster that they describe. Never fails: what cannot be
/// imported is a refusal in the report.
pub fn import(texts: &[Text], options: &Options) -> Import {
    let (documents, mut refused) = read(texts);
    let mut drafts: Vec<Draft> = Vec::new();
    for kind in KINDS {
        let own: Vec<&Document> = documents.iter().filter(|document| (kind.is)(document)).collect();
        for outcome in if own.is_empty() { Vec::new() } else { (kind.import)(&own, options) } {
            match outcome {
                Ok(draft) => drafts.push(draft),
                Err(refusal) => refused.push(refusal),
            }
        }
    }
    let is_read = |document: &Document| KINDS.iter().any(|kind| (kind.is)(document));
    let passed_over = documents.iter().filter(|document| !is_read(document)).map(Document::passed_over).collect();
    let files = file_names(&drafts);
    let topologies = drafts.iter().zip(&files).map(|(draft, file)| Topology { file: file.clone(), text: draft.text() });
    let topologies = topologies.collect();
    let imported = drafts.into_iter().zip(files).map(|(draft, file)| draft.reported(file));
    let imported: Vec<ImportedTopology> = imported.collect();
    Import { topologies, report: Report { imported, refused, passed_over } }
}

/// A name for the file of each: that of the cluster; with the namespace before it, or a number behind it, where others
/// have the same.
fn file_names(drafts: &[Draft]) -> Vec<String> {
    let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
    drafts.iter().for_each(|draft| *wanted.entry(draft.name()).or_default() += 1);
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let name = |draft: &Draft| {
        let plain = draft.name();
        let name = match draft.namespace() {
            Some(namespace) if wanted[&plain] > 1 => format!("{namespace}-{plain}"),
            _ => plain,
        };
        let times = taken.entry(name.clone()).and_modify(|times| *times += 1).or_insert(1);
        if *times == 1 { format!("{name}.yaml") } else { format!("{name}-{times}.yaml") }
    };
    drafts.iter().map(name).collect()
}
