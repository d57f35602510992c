//! The topologies of an Application and their locks → the manifests, all of them or none. Called by `mod`, which prints.

use std::collections::BTreeSet;

use cassc_wording::joined;
use rayon::prelude::*;

use super::folder::{TopologyFiles, topology_files};
use super::messages::complaints;
use super::parameters::Parameters;
use super::{locks, messages};
use crate::cli::output::refuse_shared_folders;
use crate::cluster::Cluster;
use crate::deliver::{Arranged, in_order_of_stages};
use crate::deployed::{OwnLock, wanted};
use crate::diagnostic::Severity;
use crate::emit::stream;
use crate::fleet::{Fleet, RenderedCluster};
use crate::{Compilation, Options, compile};

/// What a call prints.
pub(super) struct Generated {
    /// One YAML stream.
    pub(super) manifests: Vec<u8>,
    /// What there is to warn of, in the form of complaints; may be empty. Argo CD puts it to the log of the plugin.
    pub(super) warnings: String,
}

/// Renders what an Application asks for. The error is the text that its user reads.
pub(super) fn generate(parameters: &Parameters) -> Result<Generated, String> {
    let files = topology_files(parameters.file.as_deref())?;
    let compilation = compiled(&files, parameters)?;
    refuse_shared_folders(&compilation).map_err(|refused| refused.to_string())?;
    let wanted = wanted(&compilation.texts, &compilation.accepted);
    let sources = compilation.accepted.iter().map(|parsed| compilation.source(parsed));
    let (deployed, elsewhere) = locks::deployed(sources, &wanted, &files)?;
    let Compilation { mut texts, complaints: warnings, accepted, .. } = compilation;
    let fleet =
        Fleet::judged(&mut texts, accepted, &wanted, deployed, &BTreeSet::new(), elsewhere, |_| OwnLock::Missing);
    let refusals = fleet.refusals();
    if !refusals.is_empty() {
        let against = locks::judged_against(&fleet);
        let told = complaints(&texts, refusals);
        return Err(format!("{told}the change is judged against {against}; nothing is rendered while it is refused"));
    }
    // The lock records the dialect of the topology; another is only rendered.
    let rendered: Vec<RenderedCluster<'_>> =
        fleet.runs.par_iter().map(|run| run.render(Some(parameters.dialect))).collect();
    let clusters: Vec<&Cluster> = rendered.iter().map(|rendered| &*rendered.cluster).collect();
    let kube_cluster = kube_cluster(&clusters, parameters.kube_cluster.as_deref())?;
    refuse_obstacles(&fleet, &rendered, parameters)?;
    let mut manifests = Vec::new();
    for RenderedCluster { arranged, .. } in &rendered {
        let files = in_order_of_stages(&arranged.files).into_iter();
        let files = files.filter(|(path, _)| is_for(arranged, path, kube_cluster));
        stream::write(&mut manifests, files).map_err(|cause| format!("cannot keep the manifests: {cause}"))?;
    }
    if manifests.is_empty() {
        return Err("there is no object to render, and an Application without objects would be emptied".to_owned());
    }
    Ok(Generated { manifests, warnings: complaints(&texts, &warnings) })
}

fn compiled(files: &TopologyFiles, parameters: &Parameters) -> Result<Compilation, String> {
    let options = Options { dialect: None, warnings: parameters.warnings };
    let compilation = compile(files.read()?, options);
    if compilation.complaints.iter().any(|complaint| complaint.severity == Severity::Error) {
        return Err(complaints(&compilation.texts, &compilation.complaints));
    }
    if compilation.topologies == 0 {
        return Err(match &parameters.file {
            None => {
                "there is no CassandraTopology in the folder of the Application: put one there, or name it with the \
                     parameter `file`; nothing is rendered, because an Application without objects would be emptied"
                    .to_owned()
            }
            Some(file) => format!(
                "there is no CassandraTopology in `{file}`, which the parameter `file` names; nothing is rendered, \
                 because an Application without objects would be emptied"
            ),
        });
    }
    Ok(compilation)
}

/// Refuses what is not in its lock.
fn refuse_obstacles(fleet: &Fleet, rendered: &[RenderedCluster<'_>], parameters: &Parameters) -> Result<(), String> {
    let of_cluster = rendered.iter().filter_map(|rendered| locks::obstacle(rendered, parameters));
    let obstacles: Vec<String> = of_cluster.chain(fleet.gone.iter().map(locks::left_over)).collect();
    if obstacles.is_empty() { Ok(()) } else { Err(messages::sentences(&obstacles)) }
}

/// The Kubernetes cluster to render for: an Application applies to one, and must not get the nodes of another.
fn kube_cluster<'c>(fleet: &[&'c Cluster], asked: Option<&str>) -> Result<Option<&'c str>, String> {
    let mut found: Vec<Option<&str>> = fleet.iter().flat_map(|cluster| cluster.kube_clusters()).collect();
    found.sort_unstable();
    found.dedup();
    let name = |name: &str| format!("`{name}`");
    let each = found.iter().map(|it| it.map_or_else(|| "one without a name".to_owned(), name));
    let names = joined(&each.collect::<Vec<_>>());
    match asked {
        Some(asked) => found.iter().find(|it| **it == Some(asked)).copied().ok_or_else(|| {
            format!("no datacenter runs in the Kubernetes cluster `{asked}`, which the parameter `kube-cluster` names: there is {names}")
        }),
        None if found.len() > 1 => Err(format!(
            "the datacenters run in several Kubernetes clusters, {names}, and an Application applies to one: name it with \
             the parameter `kube-cluster`"
        )),
        None => Ok(found.first().copied().flatten()),
    }
}

/// Whether a file is an object for that Kubernetes cluster. What is rendered beside the objects for the delivery tool
/// itself is not: an Application does not apply itself.
fn is_for(arranged: &Arranged, path: &str, kube_cluster: Option<&str>) -> bool {
    arranged.objects.get(path).is_some_and(|object| object.kube_cluster.as_deref() == kube_cluster)
}
