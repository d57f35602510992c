//! Earlier texts of topologies → deployed clusters, where no lock records what a topology was resolved to. Pure; called
//! by the readers of this module.

use std::sync::Arc;

use rayon::prelude::*;

use super::locks::TopologyPlace;
use super::{DeployedCluster, DeployedError, NamedText};
use crate::check::{Checkup, check};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::overrides;
use crate::parse::source::Source;
use crate::parse::{Committed, Parsed, Reading, Text, parse};
use crate::report::{short, sorted};
use crate::resolve::resolve;

/// An earlier text that may hold topologies.
#[derive(Clone, Debug)]
pub(super) struct Earlier {
    /// The text.
    pub(super) source: Source,
    /// See [`NamedText::committed`].
    pub(super) committed: Option<Committed>,
    /// Where it is or was in the work tree.
    pub(super) place: TopologyPlace,
    /// What becomes of faults in it.
    pub(super) faults: Faults,
}

/// What becomes of faults in an earlier text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Faults {
    /// A cluster that is not read would look new.
    AreErrors,
    /// A topology with faults is passed over.
    ArePassedOver,
}

/// A topology of an earlier text.
pub(super) struct EarlierTopology {
    parsed: Parsed,
    /// The text that it stands in.
    pub(super) text: NamedText,
    place: TopologyPlace,
    faults: Faults,
}

impl EarlierTopology {
    /// The name of the cluster.
    pub(super) fn name(&self) -> &str {
        &self.parsed.topology.metadata.name
    }
}

/// Reads the topologies.
pub(super) fn topologies(earlier: Vec<Earlier>) -> Result<Vec<EarlierTopology>, DeployedError> {
    let (sources, places): (Vec<_>, Vec<_>) =
        earlier.into_iter().map(|it| (it.source, (it.committed, it.place, it.faults))).unzip();
    let Reading { texts, parsed, mut complaints, .. } = parse(sources);
    complaints.retain(|complaint| text_of(complaint).is_none_or(|text| places[text].2 == Faults::AreErrors));
    if let Some(complaint) = first_error(&texts, complaints) {
        return Err(DeployedError::Unreadable { complaint });
    }
    let texts: Vec<(String, Arc<str>)> = texts.into_iter().map(|text| (text.name, text.text.into())).collect();
    let topology = |parsed: Parsed| {
        let (name, text) = texts[parsed.document.text].clone();
        let (committed, place, faults) = places[parsed.document.text].clone();
        let text = NamedText { name, committed, text, document: parsed.document.number };
        EarlierTopology { parsed, text, place, faults }
    };
    Ok(parsed.into_iter().map(topology).collect())
}

/// The position of the text that a complaint is about.
fn text_of(complaint: &Diagnostic) -> Option<usize> {
    complaint.labels.first().map(|label| match &label.place {
        Place::Value { document, .. } => document.text,
        Place::Bytes { text, .. } => *text,
    })
}

/// Resolves topologies as if they were new. A cluster that is resolved from a refused topology would be nonsense.
pub(super) fn clusters(topologies: Vec<EarlierTopology>) -> Result<Vec<DeployedCluster>, DeployedError> {
    topologies.into_par_iter().filter_map(|topology| cluster(topology).transpose()).collect()
}

fn cluster(earlier: EarlierTopology) -> Result<Option<DeployedCluster>, DeployedError> {
    let EarlierTopology { mut parsed, text, place, faults } = earlier;
    // The only text that the complaints are shown with.
    parsed.document.text = 0;
    let cluster = parsed.topology.metadata.name.clone();
    let reading = Reading { parsed: vec![parsed], ..Reading::default() };
    let Checkup { complaints, mut accepted } = check(reading, overrides::complaints, |_, found| found);
    let Some(checked) = accepted.pop() else {
        if faults == Faults::ArePassedOver {
            return Ok(None);
        }
        let text = Text::other(text.name.clone(), text.committed.clone(), text.text.to_string());
        let complaint = first_error(&[text], complaints).unwrap_or_default();
        return Err(DeployedError::Refused { cluster, complaint });
    };
    let (cluster, TopologyPlace { path, file }) = (Arc::new(resolve(&checked, None)), place);
    Ok(Some(DeployedCluster { cluster, lock: None, topology_text: Some(text), path, file }))
}

/// The first error with its place, in one line.
fn first_error(texts: &[Text], mut complaints: Vec<Diagnostic>) -> Option<String> {
    complaints.retain(|complaint| complaint.severity == Severity::Error);
    let first = sorted(texts, complaints).into_iter().next()?;
    Some(short(texts, &[first]).trim_end().to_owned())
}
