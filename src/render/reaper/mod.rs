//! Reaper: a container in every pod of Cassandra or a pod of its own, its Service, and the Job that makes its keyspace and tables.
//!
//! Nothing waits for it, so that it can hold up nothing: it is ready long after the ring is, for its role is created once the ring is up.
//! The Deployment and the Job are in the stage of the program in the cluster, which delivery tools do not wait for; the container in the
//! pods has no probe that makes a pod unready.

mod deployment;
mod schema;
mod sidecar;
mod variables;

use cassc_ring::names;
use cassc_ring::reaper::{PORT, ReaperMode};
use k8s_openapi::api::core::v1::{
    Capabilities, ContainerPort, EmptyDirVolumeSource, LocalObjectReference, PodSecurityContext, SeccompProfile,
    SecurityContext, Service, ServicePort, ServiceSpec, Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::kit::{self, not_empty};
use super::{Here, MANAGED_BY, MANAGED_BY_LABEL, Object};
use crate::cluster::{Cluster, Pod, Reaper, StringMap};
use crate::stages::Stage;

pub(super) use deployment::selector;
pub(super) use schema::selector as schema_selector;
pub(super) use sidecar::{container, volumes};

/// User and group `reaper` of the image, which names them only by their name.
const REAPER_ID: i64 = 1001;
/// Where Reaper writes its configuration, with the passwords in it.
const CONFIG_PATH: &str = "/etc/cassandra-reaper/config";
/// The port names.
const UI: &str = "ui";
pub(super) const ADMIN: &str = "admin";

/// Everything of Reaper in a Kubernetes cluster beside what is in the pods of Cassandra. It is in the namespace of the program in the
/// cluster, which makes its Secrets there.
pub(super) fn objects(cluster: &Cluster, kube_cluster: Option<&str>) -> Vec<Object> {
    let Some(reaper) = cluster.reaper() else { return Vec::new() };
    let Some(home) = cluster.datacenters_in(kube_cluster).first().copied() else { return Vec::new() };
    let here = Here { cluster, kube_cluster, namespace: home.namespace.as_deref() };
    let mut objects = vec![service(here, reaper)];
    if reaper.mode == ReaperMode::Deployment {
        objects.extend(deployment::objects(here, reaper, home));
    }
    let writes = cluster.writer_of_reaper().kube_cluster.as_deref() == kube_cluster;
    let tables = reaper.keyspace.as_ref().filter(|_| writes);
    objects.extend(tables.map(|_| Object::pruned(Stage::Steps, schema::job(here, reaper, home))));
    objects
}

/// The web and REST interface. A pod is in it once Reaper's container runs; until Reaper listens, the connection is refused.
fn service(here: Here<'_>, reaper: &Reaper) -> Object {
    let selector = match reaper.mode {
        ReaperMode::Sidecar => kit::cluster_selector(here.cluster),
        ReaperMode::Deployment => deployment::selector(here.cluster),
    };
    let port = ServicePort {
        name: Some(UI.to_owned()),
        port: i32::from(PORT),
        target_port: Some(IntOrString::String(UI.to_owned())),
        protocol: Some("TCP".to_owned()),
        ..ServicePort::default()
    };
    let service = Service {
        metadata: kit::metadata(here, names::reaper_service(&here.cluster.name), kit::cluster_selector(here.cluster)),
        spec: Some(ServiceSpec {
            type_: Some("ClusterIP".to_owned()),
            selector: Some(selector),
            ports: Some(vec![port]),
            ..ServiceSpec::default()
        }),
        status: None,
    };
    Object::pruned(Stage::Base, service)
}

/// The labels of pods of Reaper's own. None of them is one that selects pods of Cassandra.
fn labels(cluster: &Cluster, name: &str) -> StringMap {
    let managed = kit::strings([(MANAGED_BY_LABEL, MANAGED_BY)]);
    let own = kit::selector_of_others(cluster, name);
    cluster.labels.clone().into_iter().chain(own).chain(managed).collect()
}

fn ports() -> Vec<ContainerPort> {
    let port = |(name, number): (&str, u16)| ContainerPort {
        name: Some(name.to_owned()),
        container_port: i32::from(number),
        protocol: Some("TCP".to_owned()),
        ..ContainerPort::default()
    };
    [(UI, PORT), (ADMIN, cassc_ring::reaper::ADMIN_PORT)].map(port).into()
}

/// Whether the platform chooses the ids, such as OpenShift, because the user leaves those of Cassandra's pods to it.
fn ids_by_platform(pods: &Pod) -> bool {
    pods.security_context.as_ref().is_some_and(|it| it.run_as_user.is_none())
}

/// A container without any right, as this user.
fn restricted(pods: &Pod, id: i64) -> SecurityContext {
    let id = (!ids_by_platform(pods)).then_some(id);
    SecurityContext {
        allow_privilege_escalation: Some(false),
        capabilities: Some(Capabilities { add: None, drop: Some(vec!["ALL".to_owned()]) }),
        read_only_root_filesystem: Some(true),
        run_as_user: id,
        run_as_group: id,
        ..SecurityContext::default()
    }
}

/// A pod without any right.
fn restricted_pod() -> PodSecurityContext {
    PodSecurityContext {
        run_as_non_root: Some(true),
        seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), localhost_profile: None }),
        ..PodSecurityContext::default()
    }
}

fn pull_secrets(pods: &Pod) -> Option<Vec<LocalObjectReference>> {
    let secret = |name: &String| LocalObjectReference { name: name.clone() };
    not_empty(pods.image_pull_secrets.iter().map(secret).collect::<Vec<_>>())
}

/// Scratch space: in memory for what holds passwords.
fn scratch(name: &str, in_memory: bool) -> Volume {
    let medium = in_memory.then(|| "Memory".to_owned());
    let source = EmptyDirVolumeSource { medium, size_limit: None };
    Volume { name: name.to_owned(), empty_dir: Some(source), ..Volume::default() }
}

fn mount(volume: &str, path: &str) -> VolumeMount {
    VolumeMount { name: volume.to_owned(), mount_path: path.to_owned(), ..VolumeMount::default() }
}
