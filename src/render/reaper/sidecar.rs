//! Reaper in every pod of Cassandra.
//!
//! It has neither a readiness nor a startup probe: a pod would be ready only when Reaper is, Reaper only when its role exists, and the
//! role is created when the pods are ready. Nor does it have a liveness probe, which would end the container: the script in it starts
//! Reaper again, and the pod stays as ready as Cassandra is.

use k8s_openapi::api::core::v1::{Container, ResourceRequirements, Volume, VolumeMount};

use super::super::containers::script;
use super::super::kit::quantities;
use super::super::volumes::{CONFIGURATION, CONFIGURATION_PATH};
use super::super::{Here, kit};
use super::{CONFIG_PATH, REAPER_ID, mount, ports, restricted, scratch, variables};
use crate::cluster::{Cluster, Datacenter};

const CONFIG: &str = "reaper-config";
const TMP: &str = "reaper-tmp";

/// The container, where Reaper runs in the pods.
pub(in crate::render) fn container(here: Here<'_>, datacenter: &Datacenter) -> Option<Container> {
    let cluster = here.cluster;
    let reaper = cluster.reaper_in_pods()?;
    Some(Container {
        name: "reaper".to_owned(),
        image: Some(reaper.image.clone()),
        image_pull_policy: Some(cluster.image_pull_policy.clone()),
        command: Some(script("reaper.sh")),
        env: kit::not_empty(variables::of_server(here, reaper, datacenter, "127.0.0.1")),
        ports: Some(ports()),
        resources: Some(ResourceRequirements {
            requests: quantities(&reaper.requests),
            limits: quantities(&reaper.limits),
            claims: None,
        }),
        security_context: Some(restricted(cluster.pod_of(datacenter), REAPER_ID)),
        volume_mounts: Some(vec![
            VolumeMount { read_only: Some(true), ..mount(CONFIGURATION, CONFIGURATION_PATH) },
            mount(CONFIG, CONFIG_PATH),
            mount(TMP, "/tmp"),
        ]),
        ..Container::default()
    })
}

/// Its volumes.
pub(in crate::render) fn volumes(cluster: &Cluster) -> Vec<Volume> {
    match cluster.reaper_in_pods() {
        Some(_) => vec![scratch(CONFIG, true), scratch(TMP, false)],
        None => Vec::new(),
    }
}
