//! The Job that makes what Reaper needs in Cassandra: first its keyspace and its role with the rights on that keyspace, as the superuser,
//! then its tables, as that role, with Reaper's own migration.
//!
//! A Job is immutable, and this one keeps its name, by which it is known since Cass Operator. So nothing of it follows from the number of
//! nodes: the first container reads that from the desired ring. When the image or a name changes, a delivery tool makes the Job anew, as
//! it is told; what ran already is done again, and changes nothing.

use cassc_ring::names;
use k8s_openapi::api::batch::v1::{Job, JobSpec};
use k8s_openapi::api::core::v1::{
    ConfigMapVolumeSource, Container, PodSpec, PodTemplateSpec, ResourceRequirements, SecretVolumeSource, Volume,
    VolumeMount,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::super::kit::{self, quantities, variable};
use super::super::{Here, steps};
use super::{CONFIG_PATH, REAPER_ID, labels, mount, pull_secrets, restricted, restricted_pod, scratch, variables};
use crate::cluster::{Cluster, Datacenter, Reaper, Steps, StringMap};

const CONFIG: &str = "config";
const TMP: &str = "tmp";
const RING: &str = "ring";
const SUPERUSER: &str = "superuser";
const ROLE: &str = "role";
/// The label value of its pods.
const NAME: &str = "reaper-schema";

/// How often a pod that failed starts again, up to 6 minutes after the failure. The first container waits an hour for Cassandra, so that
/// a ring that takes days to start is waited for, too.
const RETRIES: i32 = 100;

/// What selects its pods.
pub(in crate::render) fn selector(cluster: &Cluster) -> StringMap {
    kit::selector_of_others(cluster, NAME)
}

/// The Job. It has no deadline, and no `ttlSecondsAfterFinished`: Argo CD and Flux would create a Job that is gone anew.
pub(super) fn job(here: Here<'_>, reaper: &Reaper, datacenter: &Datacenter) -> Job {
    let cluster = here.cluster;
    let steps = cluster.steps.as_ref().expect("Reaper is one of the steps");
    let spec = JobSpec {
        backoff_limit: Some(RETRIES),
        completions: Some(1),
        parallelism: Some(1),
        template: PodTemplateSpec {
            metadata: Some(ObjectMeta { labels: Some(labels(cluster, NAME)), ..ObjectMeta::default() }),
            spec: Some(PodSpec {
                automount_service_account_token: Some(false),
                init_containers: Some(vec![role_and_keyspace(cluster, steps, reaper, datacenter)]),
                containers: vec![migration(cluster, reaper, datacenter)],
                enable_service_links: Some(false),
                image_pull_secrets: pull_secrets(cluster.pod_of(datacenter)),
                restart_policy: Some("OnFailure".to_owned()),
                security_context: Some(restricted_pod()),
                volumes: Some(volumes(cluster, reaper)),
                ..PodSpec::default()
            }),
        },
        ..JobSpec::default()
    };
    let metadata = kit::metadata(here, names::reaper_schema(&cluster.name), kit::cluster_selector(cluster));
    Job { metadata, spec: Some(spec), status: None }
}

fn role_and_keyspace(cluster: &Cluster, steps: &Steps, reaper: &Reaper, datacenter: &Datacenter) -> Container {
    let contact = format!("{}:{}", variables::contact(cluster, datacenter), datacenter.native_port);
    let mut args =
        vec!["reaper-schema".to_owned(), "--ring=/ring/ring.json".to_owned(), format!("--contact={contact}")];
    let mut mounts = vec![mount(RING, "/ring")];
    for secret in reaper.role_secret.iter().flat_map(|_| [SUPERUSER, ROLE]) {
        args.push(format!("--{secret}=/secrets/{secret}"));
        mounts.push(mount(secret, &format!("/secrets/{secret}")));
    }
    let read_only = |mount| VolumeMount { read_only: Some(true), ..mount };
    Container {
        name: "role-and-keyspace".to_owned(),
        image: Some(steps.image.clone()),
        image_pull_policy: Some(cluster.image_pull_policy.clone()),
        args: Some(args),
        resources: Some(ResourceRequirements {
            requests: quantities(&steps.requests),
            limits: quantities(&steps.limits),
            claims: None,
        }),
        security_context: Some(restricted(cluster.pod_of(datacenter), steps::USER)),
        termination_message_policy: Some("FallbackToLogsOnError".to_owned()),
        volume_mounts: Some(mounts.into_iter().map(read_only).collect()),
        ..Container::default()
    }
}

/// The JVM gets its heap here by an option of its own: the image gives one to the server alone.
fn migration(cluster: &Cluster, reaper: &Reaper, datacenter: &Datacenter) -> Container {
    let host = variables::contact(cluster, datacenter);
    let mut env = variables::of_storage(reaper, datacenter, &host);
    env.push(variable("JAVA_OPTS", format!("-Xmx{}m", reaper.heap_mebibytes)));
    Container {
        name: "schema-migration".to_owned(),
        image: Some(reaper.image.clone()),
        image_pull_policy: Some(cluster.image_pull_policy.clone()),
        args: Some(vec!["schema-migration".to_owned()]),
        env: Some(env),
        resources: Some(ResourceRequirements {
            requests: quantities(&reaper.requests),
            limits: quantities(&reaper.limits),
            claims: None,
        }),
        security_context: Some(restricted(cluster.pod_of(datacenter), REAPER_ID)),
        termination_message_policy: Some("FallbackToLogsOnError".to_owned()),
        volume_mounts: Some(vec![mount(CONFIG, CONFIG_PATH), mount(TMP, "/tmp")]),
        ..Container::default()
    }
}

fn volumes(cluster: &Cluster, reaper: &Reaper) -> Vec<Volume> {
    let ring = Volume {
        name: RING.to_owned(),
        config_map: Some(ConfigMapVolumeSource {
            name: names::desired_ring(&cluster.name),
            ..ConfigMapVolumeSource::default()
        }),
        ..Volume::default()
    };
    let secret = |name: &str, secret: &str| Volume {
        name: name.to_owned(),
        secret: Some(SecretVolumeSource { secret_name: Some(secret.to_owned()), ..SecretVolumeSource::default() }),
        ..Volume::default()
    };
    let mut volumes = vec![ring, scratch(CONFIG, true), scratch(TMP, false)];
    if let Some(role) = &reaper.role_secret {
        volumes.extend([secret(SUPERUSER, &cluster.superuser_secret), secret(ROLE, role)]);
    }
    volumes
}
