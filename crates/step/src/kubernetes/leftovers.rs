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
pub(super) fn configurations(cluster: &str, found: &[ObjectMeta], used: &BTreeSet<String>, now: Time) -> Vec<Leftover> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: Time = 1_796_083_200; // 2026-12-01T00:00:00Z

    fn metadata(name: &str, created: &str) -> ObjectMeta {
        let value = json!({"name": name, "uid": name, "creationTimestamp": created});
        serde_json::from_value(value).expect("metadata")
    }

    #[test]
    fn a_generation_is_unused_when_nothing_refers_to_it_and_it_is_not_new() {
        let old = "2026-11-30T22:00:00Z";
        let found = [
            metadata("shop-dc1-config-0123abcd", old),
            metadata("shop-dc1-config-89abcdef", old),
            metadata("shop-dc1-config-ffffffff", "2026-11-30T23:30:00Z"),
            // None of these is a generation of configuration.
            metadata("shop-state", old),
            metadata("shop-dc1-config-mine", old),
            metadata("shop-config-0123abcd", old),
            metadata("shopping-dc1-config-0123abcd", old),
        ];
        let used = BTreeSet::from(["shop-dc1-config-89abcdef".to_owned()]);
        let leftovers = configurations("shop", &found, &used, NOW);
        let told: Vec<(&str, bool)> = leftovers.iter().map(|it| (it.name.as_str(), it.is_in_use)).collect();
        let expected = [
            ("shop-dc1-config-0123abcd", false),
            ("shop-dc1-config-89abcdef", true),
            ("shop-dc1-config-ffffffff", true),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_revision_refers_to_what_its_template_mounts() {
        let spec =
            json!({"containers": [], "volumes": [{"name": "c", "configMap": {"name": "shop-dc1-config-0123abcd"}}]});
        let revision = |data: Value| -> ControllerRevision {
            serde_json::from_value(json!({"metadata": {"name": "r"}, "revision": 1, "data": data})).expect("a revision")
        };
        let read = of_revision(&revision(json!({"spec": {"template": {"$patch": "replace", "spec": spec}}})));
        assert_eq!(read, Some(BTreeSet::from(["shop-dc1-config-0123abcd".to_owned()])));
        assert_eq!(of_revision(&revision(json!({"spec": {}}))), None, "then nothing is deleted");
    }

    #[test]
    fn finished_jobs_go_but_not_the_newest() {
        let job = |name: &str, created: &str, condition: Option<&str>| -> Job {
            let conditions: Vec<Value> = condition.iter().map(|it| json!({"type": it, "status": "True"})).collect();
            let metadata = json!({"name": name, "uid": name, "creationTimestamp": created});
            serde_json::from_value(json!({"metadata": metadata, "status": {"conditions": conditions}})).expect("a Job")
        };
        let found = [
            job("shop-settle-1", "2026-11-01T00:00:00Z", Some("Complete")),
            job("shop-settle-2", "2026-11-02T00:00:00Z", Some("Failed")),
            job("shop-settle-3", "2026-11-03T00:00:00Z", None),
            job("shop-settle-4", "2026-11-04T00:00:00Z", Some("Complete")),
            job("shop-reaper-5", "2026-11-01T00:00:00Z", Some("Complete")),
        ];
        let unused = jobs("shop", &found).into_iter().filter(|it| !it.is_in_use).map(|it| it.name).collect::<Vec<_>>();
        assert_eq!(unused, ["shop-settle-1", "shop-settle-2"]);
    }
}
