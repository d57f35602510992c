//! The program in the cluster: the Job that runs it, the CronJob that runs it again, and what it may do. One program for
//! each Kubernetes cluster; it runs in the namespace of the first datacenter there.

mod job;
mod rights;

pub(super) use job::USER;

use super::{Here, Object, Resource, workload};
use crate::cluster::{Cluster, Steps, StringMap};
use crate::lock::template_digest;
use crate::stages::Stage;
use cassc_ring::names;

/// The program of a Kubernetes cluster, and where it runs.
#[derive(Clone, Copy)]
struct Program<'c> {
    here: Here<'c>,
    steps: &'c Steps,
}

/// Everything that the program of a Kubernetes cluster needs; nothing where it does not run.
pub(super) fn objects(cluster: &Cluster, kube_cluster: Option<&str>) -> Vec<Object> {
    let Some(steps) = &cluster.steps else { return Vec::new() };
    let namespaces = cluster.namespaces_in(kube_cluster);
    let Some(home) = namespaces.first() else { return Vec::new() };
    let program = Program { here: Here { cluster, kube_cluster, namespace: *home }, steps };
    let mut resources: Vec<Resource> = vec![rights::account(program).into(), job::job(program).into()];
    resources.extend(job::cron_job(program).map(Resource::from));
    for namespace in namespaces {
        resources.push(rights::role(program, namespace).into());
        resources.push(rights::binding(program, namespace).into());
    }
    resources.into_iter().map(|resource| Object::pruned(Stage::Steps, resource)).collect()
}

/// What can be said only once overrides are applied: the digest of each pod template, as `ring.json` has it, and the name
/// of the Job. A Job is immutable, so that another one needs another name.
pub(super) fn complete(cluster: &Cluster, objects: &mut [Object]) {
    if cluster.steps.is_none() {
        return;
    }
    for object in objects {
        if let Some(digest) = digest_of_template(&object.resource) {
            let annotations = object.resource.metadata_mut().annotations.get_or_insert_default();
            annotations.insert(names::TEMPLATE_ANNOTATION.to_owned(), digest);
        } else if is_step(cluster, &object.resource) {
            let job = serde_json::to_value(&object.resource).expect("an object is JSON");
            let name = workload::step_name(cluster, job::STEP, &job["spec"].to_string());
            object.resource.metadata_mut().name = Some(name);
        }
    }
}

/// Whether an object is the Job of the program, by the name that it was made with.
fn is_step(cluster: &Cluster, resource: &Resource) -> bool {
    let beginning = names::step(&cluster.name, job::STEP, "");
    resource.kind().1 == "Job" && resource.metadata().name.as_ref().is_some_and(|name| name.starts_with(&beginning))
}

fn digest_of_template(resource: &Resource) -> Option<String> {
    match resource {
        Resource::StatefulSet(stateful_set) => Some(template_digest(&stateful_set.spec.as_ref()?.template)),
        Resource::Overridden(object) => Some(template_digest(object.pod_template()?)),
        _ => None,
    }
}

/// What selects the program's own pods.
pub(super) fn selector(cluster: &Cluster) -> StringMap {
    super::kit::selector_of_others(cluster, "cassc-step")
}

/// The labels of the program's own pods. None of them is one that selects pods of Cassandra: they must not count in a
/// disruption budget, and no anti-affinity must keep Cassandra from their worker.
fn labels(cluster: &Cluster) -> StringMap {
    let managed = super::kit::strings([(super::MANAGED_BY_LABEL, super::MANAGED_BY)]);
    cluster.labels.clone().into_iter().chain(selector(cluster)).chain(managed).collect()
}
