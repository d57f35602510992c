//! What nobody needs any more: generations of configuration, and finished Jobs of earlier commits.

use std::collections::BTreeSet;

use cassc_settle::cluster::Time;
use cassc_settle::observed::Leftover;
use k8s_openapi::api::apps::v1::ControllerRevision;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::pods::config_maps;

/// How old a generation of configuration must be before it counts as unused, in seconds: a delivery tool applies it minutes
/// before the StatefulSet that refers to it.
const YOUNG: Time = 3600;

/// How long the hash of a generation is: `<cluster>-<datacenter>-config-<hash8>`.
const HASH: usize = 8;

/// The generations of configuration among ConfigMaps; `used` are the names that something refers to.
pub(super) fn configurations(
    cluster: &str,
    found: &[ObjectMeta],
    used: &BTreeSet<String>,
    now: Time,
) -> Vec<Leftover> {
    let leftover = |metadata: &ObjectMeta| {
        let name = metadata.name.clone().filter(|name| is_configuration(cluster, name))?;
        let created = metadata.creation_timestamp.as_ref().and_then(|time| u64::try_from(time.0.as_second()).ok());
        let is_young = created.is_none_or(|created| now.saturating_sub(created) < YOUNG);
        let is_in_use = is_young || metadata.deletion_timestamp.is_some() || used.contains(&name);
        Some(Leftover { kind: "ConfigMap", uid: metadata.uid.clone()?, name, is_in_use })
    };
    found.iter().filter_map(leftover).collect()
}

/// Whether a name is that of a generation of configuration.
fn is_configuration(cluster: &str, name: &str) -> bool {
    let rest = name.strip_prefix(cluster).and_then(|rest| rest.strip_prefix('-'));
    let parts = rest.and_then(|rest| rest.rsplit_once("-config-"));
    parts.is_some_and(|(datacenter, hash)| {
        !datacenter.is_empty() && hash.len() == HASH && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// The ConfigMaps that a revision of a StatefulSet refers to. `None` where it cannot be read.
pub(super) fn of_revision(revision: &ControllerRevision) -> Option<BTreeSet<String>> {
    let template = revision.data.as_ref()?.0.get("spec")?.get("template")?.get("spec")?;
    serde_json::from_value::<PodSpec>(template.clone()).ok().map(|spec| config_maps(&spec))
}

/// The Jobs of the program itself. In use are those that have not finished (one of them is this one), and the newest: it
/// is the current commit's, and a delivery tool would make it again.
pub(super) fn jobs(cluster: &str, found: &[Job]) -> Vec<Leftover> {
    let prefix = format!("{cluster}-settle-");
    let ours = |job: &&Job| job.metadata.name.as_deref().is_some_and(|name| name.starts_with(&prefix));
    let created = |job: &Job| job.metadata.creation_timestamp.as_ref().map(|time| time.0);
    let newest = found.iter().filter(ours).filter_map(created).max();
    let leftover = |job: &Job| {
        let is_kept = !is_finished(job) || job.metadata.deletion_timestamp.is_some() || created(job) >= newest;
        let (name, uid) = (job.metadata.name.clone()?, job.metadata.uid.clone()?);
        Some(Leftover { kind: "Job", name, uid, is_in_use: is_kept })
    };
    found.iter().filter(ours).filter_map(leftover).collect()
}

fn is_finished(job: &Job) -> bool {
    let conditions = job.status.iter().flat_map(|status| status.conditions.iter().flatten());
    conditions.into_iter().any(|it| matches!(it.type_.as_str(), "Complete" | "Failed") && it.status == "True")
}
