//! What pods carry: defaults for what is not written. Called by [`super::resolve`].

use super::{access_mode, quantity};
use crate::cluster::{AdditionalVolume, Gate, Pod, Probes, StringMap, SystemLogger, VolumeClaim, VolumeSource};
use crate::topology::{self, GATE_LIMITS, GATE_REQUESTS, ResourceTable, SYSTEM_LOGGER_LIMITS, SYSTEM_LOGGER_REQUESTS};

pub(super) fn pod(written: &topology::Pod) -> Pod {
    Pod {
        labels: written.labels.clone(),
        annotations: written.annotations.clone(),
        containers: written.containers.clone().unwrap_or_default(),
        init_containers: written.init_containers.clone().unwrap_or_default(),
        service_account: written.service_account.clone(),
        image_pull_secrets: written.image_pull_secrets.clone().unwrap_or_default(),
        termination_grace_seconds: written.termination_grace_seconds.unwrap_or(120),
        host_network: written.host_network.unwrap_or_default(),
        host_aliases: written.host_aliases.clone().unwrap_or_default(),
        dns_policy: written.dns_policy.map(|policy| policy.word().to_owned()),
        dns_config: written.dns_config.clone(),
        runtime_class_name: written.runtime_class_name.clone(),
        probes: probes(&written.probes),
        security_context: written.security_context.clone(),
    }
}

/// `None` where a datacenter writes nothing: its pods are those of the cluster.
pub(super) fn own_pod(cluster: &topology::Pod, own: &topology::Pod) -> Option<Pod> {
    own.is_written().then(|| pod(&cluster.with(own)))
}

fn probes(written: &topology::Probes) -> Probes {
    Probes { liveness: written.liveness, readiness: written.readiness, startup: written.startup }
}

pub(super) fn gate(written: &topology::Gate) -> Gate {
    Gate {
        requests: with_defaults(&written.resources.requests, GATE_REQUESTS),
        limits: with_defaults(&written.resources.limits, GATE_LIMITS),
    }
}

/// `None` where it is switched off; it runs the image of Cassandra unless the user names one.
pub(super) fn system_logger(written: &topology::SystemLogger, image: &str) -> Option<SystemLogger> {
    written.enabled.then(|| SystemLogger {
        image: written.image.clone().unwrap_or_else(|| image.to_owned()),
        requests: with_defaults(&written.resources.requests, SYSTEM_LOGGER_REQUESTS),
        limits: with_defaults(&written.resources.limits, SYSTEM_LOGGER_LIMITS),
    })
}

pub(super) fn with_defaults(written: &StringMap, defaults: ResourceTable) -> StringMap {
    let written = written.iter().map(|(resource, text)| (resource.clone(), quantity(text)));
    let defaults = defaults.iter().map(|(resource, text)| ((*resource).to_owned(), (*text).to_owned()));
    defaults.chain(written).collect()
}

/// A volume with its one source.
pub(super) fn additional_volume(volume: &topology::AdditionalVolume) -> AdditionalVolume {
    let claim = volume.claim.as_ref().map(|claim| {
        VolumeSource::Claim(VolumeClaim {
            class: claim.class.clone(),
            size: quantity(&claim.size),
            access_mode: access_mode(claim.access_mode),
        })
    });
    let config_map = volume.config_map.as_ref().map(|named| VolumeSource::ConfigMap(named.name.clone()));
    let secret = volume.secret.as_ref().map(|named| VolumeSource::Secret(named.name.clone()));
    let size_limit = |empty: &topology::EmptyDirectory| empty.size_limit.as_deref().map(quantity);
    let empty_dir = volume.empty_dir.as_ref().map(|empty| VolumeSource::EmptyDir(size_limit(empty)));
    let downward_api = volume.downward_api.clone().map(VolumeSource::DownwardApi);
    let projected = volume.projected.clone().map(VolumeSource::Projected);
    let csi = volume.csi.clone().map(VolumeSource::Csi);
    let source = claim.or(config_map).or(secret).or(empty_dir).or(downward_api).or(projected).or(csi);
    AdditionalVolume {
        name: volume.name.clone(),
        mount_path: volume.mount_path.clone(),
        source: source.expect("E504 refused volumes without a source"),
    }
}
