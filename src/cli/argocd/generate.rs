//! The topologies of an Application and their locks → the manifests, all of them or none. Called by `mod`, which prints.

use cassc_wording::joined;

use super::folder::{Selection, selection};
use super::parameters::Parameters;
use super::told::complaints;
use super::{locks, told};
use crate::assessment::{Assessed, Assessment, assess};
use crate::check::Checked;
use crate::cli::render::refuse_shared_folders;
use crate::cluster::Cluster;
use crate::deliver::{Arranged, arrange, in_order_of_stages};
use crate::deployed::{DeployedCluster, wanted};
use crate::diagnostic::Severity;
use crate::emit::{EmitError, stream};
use crate::topology::Dialect;
use crate::{Compilation, Options, cluster, compile};

/// What a call prints.
pub(super) struct Generated {
    /// One YAML stream.
    pub(super) manifests: Vec<u8>,
    /// What there is to warn of, in the form of complaints; may be empty. Argo CD puts it to the log of the plugin.
    pub(super) warnings: String,
}

/// Renders what an Application asks for. The error is the text that its user reads.
pub(super) fn generate(parameters: &Parameters) -> Result<Generated, String> {
    let selection = selection(parameters.file.as_deref())?;
    let mut compilation = compiled(&selection, parameters)?;
    refuse_shared_folders(&compilation).map_err(|refused| refused.to_string())?;
    let assessment = assessed(&mut compilation, &selection)?;
    let refusals = assessment.refusals();
    if !refusals.is_empty() {
        let against = locks::judged_against(&assessment);
        let told = complaints(&compilation.texts, refusals);
        return Err(format!("{told}the change is judged against {against}; nothing is rendered while it is refused"));
    }
    let clusters = compilation.accepted.iter().zip(&assessment.clusters);
    let rendered: Vec<(Cluster, Arranged)> =
        clusters.map(|(parsed, assessed)| rendered(parsed, assessed, parameters.dialect)).collect();
    let fleet: Vec<&Cluster> = rendered.iter().map(|(cluster, _)| cluster).collect();
    let kube_cluster = kube_cluster(&fleet, parameters.kube_cluster.as_deref())?;
    refuse_obstacles(&compilation, &assessment, &rendered, parameters)?;
    let mut manifests = Vec::new();
    for (_, arranged) in &rendered {
        let files = in_order_of_stages(&arranged.files).into_iter();
        let files = files.filter(|(path, _)| is_for(arranged, path, kube_cluster));
        stream::write(&mut manifests, files).map_err(|cause| format!("cannot keep the manifests: {cause}"))?;
    }
    if manifests.is_empty() {
        return Err("there is no object to render, and an Application without objects would be emptied".to_owned());
    }
    Ok(Generated { manifests, warnings: complaints(&compilation.texts, &compilation.complaints) })
}

fn compiled(selection: &Selection, parameters: &Parameters) -> Result<Compilation, String> {
    // The lock knows the dialect of the topology; another is only rendered.
    let options = Options { dialect: None, warnings: parameters.warnings };
    let compilation = compile(selection.read()?, options);
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

fn assessed(compilation: &mut Compilation, selection: &Selection) -> Result<Assessment, String> {
    let wanted = wanted(&compilation.texts, &compilation.accepted);
    let sources = compilation.accepted.iter().map(|parsed| compilation.source(parsed));
    let deployed = locks::deployed(sources, &wanted, selection)?;
    let after = |parsed: &Checked, deployed: Option<&DeployedCluster>| {
        Ok(cluster(parsed, deployed.map(|deployed| &deployed.cluster)))
    };
    let mut texts = std::mem::take(&mut compilation.texts);
    let assessment = assess(&mut texts, &compilation.accepted, &wanted, deployed, after);
    compilation.texts = texts;
    assessment.map_err(|refused: EmitError| refused.to_string())
}

/// The cluster as its lock would record it, and what is printed of it.
fn rendered(parsed: &Checked, assessed: &Assessed, dialect: Dialect) -> (Cluster, Arranged) {
    let cluster = cluster(parsed, assessed.deployed.as_ref().map(|deployed| &deployed.cluster));
    let arranged = arrange(&Cluster { dialect, ..cluster.clone() });
    (cluster, arranged)
}

/// Refuses what is not in its lock.
fn refuse_obstacles(
    compilation: &Compilation,
    assessment: &Assessment,
    rendered: &[(Cluster, Arranged)],
    parameters: &Parameters,
) -> Result<(), String> {
    let clusters = compilation.accepted.iter().zip(&assessment.clusters).zip(rendered);
    let of_cluster = clusters.filter_map(|((parsed, assessed), (cluster, arranged))| {
        locks::obstacle(compilation.source(parsed), assessed, cluster, arranged, parameters)
    });
    let left_over = assessment.gone.iter().map(locks::left_over);
    let obstacles: Vec<String> = of_cluster.chain(left_over).collect();
    if obstacles.is_empty() { Ok(()) } else { Err(told::sentences(&obstacles)) }
}

/// The Kubernetes cluster to render for: an Application applies to one, so that nobody may get the nodes of another.
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
