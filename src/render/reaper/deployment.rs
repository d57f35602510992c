//! Reaper in a pod of its own, one for each Kubernetes cluster. It calls the Management API of the nodes.
//!
//! A Deployment also where it keeps what it knows on a volume: a StatefulSet would be taken for a rack. `Recreate` ends the old pod before
//! the new one starts, so that no two write to one volume.

use cassc_ring::names;
use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec, DeploymentStrategy};
use k8s_openapi::api::core::v1::{
    Container, HTTPGetAction, PersistentVolumeClaim, PersistentVolumeClaimSpec, PersistentVolumeClaimVolumeSource,
    PodSecurityContext, PodSpec, PodTemplateSpec, Probe, ResourceRequirements, SecretVolumeSource, Volume, VolumeMount,
    VolumeResourceRequirements,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::super::kit::{self, quantities};
use super::super::{Here, Object, Retirement};
use super::{
    ADMIN, CONFIG_PATH, REAPER_ID, ids_by_platform, labels, mount, ports, pull_secrets, restricted, restricted_pod,
    scratch, variables,
};
use crate::cluster::{Cluster, Datacenter, Reaper, StringMap, VolumeClaim};
use crate::stages::Stage;

const CONFIG: &str = "config";
const TMP: &str = "tmp";
const DATA: &str = "data";
const STORES: &str = "management-api-stores";
/// The label value of its pods.
const NAME: &str = "reaper";
/// Where Reaper keeps what it knows without Cassandra.
const DATA_PATH: &str = "/var/lib/cassandra-reaper/storage";
/// How long a first start may take until the Deployment counts as failed: a ring of hundreds of nodes takes a day to start.
const SECONDS_TO_START: i32 = 24 * 3600;

/// The Deployment, and its claim where it has a volume. The claim is kept when Reaper is no longer rendered: the history of repairs is
/// in it.
pub(super) fn objects(here: Here<'_>, reaper: &Reaper, datacenter: &Datacenter) -> Vec<Object> {
    let claim = reaper.volume.as_ref().map(|volume| Object {
        stage: Stage::Steps,
        retirement: Retirement::Keep,
        resource: claim(here, volume).into(),
    });
    let deployment = Object::pruned(Stage::Steps, deployment(here, reaper, datacenter));
    claim.into_iter().chain([deployment]).collect()
}

/// What selects its pods.
pub(in crate::render) fn selector(cluster: &Cluster) -> StringMap {
    kit::strings([
        ("app.kubernetes.io/name", NAME),
        ("app.kubernetes.io/instance", &format!("cassandra-{}", cluster.label)),
    ])
}

fn deployment(here: Here<'_>, reaper: &Reaper, datacenter: &Datacenter) -> Deployment {
    let cluster = here.cluster;
    let spec = DeploymentSpec {
        replicas: Some(1),
        progress_deadline_seconds: Some(SECONDS_TO_START),
        revision_history_limit: Some(3),
        selector: kit::matching(selector(cluster)),
        strategy: Some(DeploymentStrategy { type_: Some("Recreate".to_owned()), rolling_update: None }),
        template: PodTemplateSpec {
            metadata: Some(ObjectMeta { labels: Some(labels(cluster, NAME)), ..ObjectMeta::default() }),
            spec: Some(pod(here, reaper, datacenter)),
        },
        ..DeploymentSpec::default()
    };
    let metadata = kit::metadata(here, names::reaper(&cluster.name), kit::cluster_selector(cluster));
    Deployment { metadata, spec: Some(spec), status: None }
}

fn pod(here: Here<'_>, reaper: &Reaper, datacenter: &Datacenter) -> PodSpec {
    let cluster = here.cluster;
    let group = (!ids_by_platform(cluster)).then_some(REAPER_ID);
    let change = group.map(|_| "OnRootMismatch".to_owned());
    PodSpec {
        automount_service_account_token: Some(false),
        containers: vec![container(here, reaper, datacenter)],
        enable_service_links: Some(false),
        image_pull_secrets: pull_secrets(cluster),
        security_context: Some(PodSecurityContext {
            fs_group: group,
            fs_group_change_policy: change,
            ..restricted_pod()
        }),
        volumes: Some(volumes(cluster, reaper)),
        ..PodSpec::default()
    }
}

fn container(here: Here<'_>, reaper: &Reaper, datacenter: &Datacenter) -> Container {
    let cluster = here.cluster;
    let host = variables::contact(cluster, datacenter);
    Container {
        name: "reaper".to_owned(),
        image: Some(reaper.image.clone()),
        image_pull_policy: Some(cluster.image_pull_policy.clone()),
        env: Some(variables::of_server(here, reaper, datacenter, &host)),
        ports: Some(ports()),
        resources: Some(ResourceRequirements {
            requests: quantities(&reaper.requests),
            limits: quantities(&reaper.limits),
            claims: None,
        }),
        startup_probe: Some(Probe { failure_threshold: Some(40), ..asks("/ping", 30) }),
        readiness_probe: Some(asks("/healthcheck", 15)),
        liveness_probe: Some(asks("/ping", 30)),
        security_context: Some(restricted(cluster, REAPER_ID)),
        volume_mounts: Some(mounts(reaper)),
        ..Container::default()
    }
}

/// Asks the port for health checks. No port answers before Reaper has reached what it keeps its tables in, for which it waits 12 minutes;
/// `/ping` then answers for as long as the process lives, and `/healthcheck` for as long as it also reaches them.
fn asks(path: &str, period_seconds: i32) -> Probe {
    Probe {
        http_get: Some(HTTPGetAction {
            path: Some(path.to_owned()),
            port: IntOrString::String(ADMIN.to_owned()),
            scheme: Some("HTTP".to_owned()),
            ..HTTPGetAction::default()
        }),
        period_seconds: Some(period_seconds),
        timeout_seconds: Some(10),
        failure_threshold: Some(3),
        ..Probe::default()
    }
}

fn volumes(cluster: &Cluster, reaper: &Reaper) -> Vec<Volume> {
    let mut volumes = vec![scratch(CONFIG, true), scratch(TMP, false)];
    volumes.extend(reaper.volume.as_ref().map(|_| Volume {
        name: DATA.to_owned(),
        persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource {
            claim_name: names::reaper(&cluster.name),
            read_only: None,
        }),
        ..Volume::default()
    }));
    volumes.extend(reaper.keystores_secret.as_ref().map(|name| Volume {
        name: STORES.to_owned(),
        secret: Some(SecretVolumeSource { secret_name: Some(name.clone()), ..SecretVolumeSource::default() }),
        ..Volume::default()
    }));
    volumes
}

fn mounts(reaper: &Reaper) -> Vec<VolumeMount> {
    let mut mounts = vec![mount(CONFIG, CONFIG_PATH), mount(TMP, "/tmp")];
    mounts.extend(reaper.volume.as_ref().map(|_| mount(DATA, DATA_PATH)));
    let stores = || VolumeMount { read_only: Some(true), ..mount(STORES, variables::STORES_PATH) };
    mounts.extend(reaper.keystores_secret.as_ref().map(|_| stores()));
    mounts
}

/// The claim carries no label of the cluster's pods: it is none of those that nodes leave behind.
fn claim(here: Here<'_>, volume: &VolumeClaim) -> PersistentVolumeClaim {
    let requests = [("storage".to_owned(), Quantity(volume.size.clone()))].into();
    PersistentVolumeClaim {
        metadata: kit::metadata(here, names::reaper(&here.cluster.name), selector(here.cluster)),
        spec: Some(PersistentVolumeClaimSpec {
            access_modes: Some(vec![volume.access_mode.clone()]),
            resources: Some(VolumeResourceRequirements { requests: Some(requests), limits: None }),
            storage_class_name: volume.class.clone(),
            volume_mode: Some("Filesystem".to_owned()),
            ..PersistentVolumeClaimSpec::default()
        }),
        status: None,
    }
}
