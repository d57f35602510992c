//! The volumes of a pod, where they are mounted, and the claim templates.

use cassc_ring::names;
use cassc_ring::names::SERVER_DATA;
use k8s_openapi::api::core::v1::{
    CSIVolumeSource, ConfigMapVolumeSource, EmptyDirVolumeSource, PersistentVolumeClaim, PersistentVolumeClaimSpec,
    SecretVolumeSource, Volume, VolumeMount, VolumeResourceRequirements,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::{kit, reaper};
use crate::cluster::{AdditionalVolume, Cluster, Datacenter, Rack, VolumeClaim, VolumeSource};

const SERVER_CONFIG: &str = "server-config";
const SERVER_LOGS: &str = "server-logs";
const ETC_CASSANDRA: &str = "etc-cassandra";
const TMP: &str = "tmp";
/// The hashed ConfigMap.
pub(super) const CONFIGURATION: &str = "cassc-config";
const START_ORDER: &str = "cassc-start-order";
const STATE: &str = "cassc-state";
const MANAGEMENT_API_CERTIFICATES: &str = "management-api-server-certs-volume";

/// Where the files of the hashed ConfigMap are mounted, the scripts among them.
pub(super) const CONFIGURATION_PATH: &str = "/etc/cassc/config";
/// Where certificate and key of the Management API are mounted.
pub(super) const CERTIFICATES_PATH: &str = "/management-api-certs";
/// Where Cassandra writes its logs.
pub(super) const LOGS_PATH: &str = "/var/log/cassandra";

/// Whether the root file system of Cassandra's container is read-only: the images of 4.1 and later are made for it
/// (cass-operator `ReadOnlyFs`); of an image that the user named nothing is known.
pub(super) fn read_only_root(cluster: &Cluster) -> bool {
    cluster.version.minor >= cassc_ring::release::Minor::V4_1 && !cluster.custom_image
}

/// The volumes of a pod, claims left out.
pub(super) fn volumes(cluster: &Cluster, datacenter: &Datacenter, configuration: &str) -> Vec<Volume> {
    let logs = own_logs(cluster).is_none().then(|| empty_dir(SERVER_LOGS, None));
    let mut volumes: Vec<Volume> = std::iter::once(empty_dir(SERVER_CONFIG, None)).chain(logs).collect();
    volumes.extend([
        empty_dir(TMP, None),
        config_map(CONFIGURATION, configuration, None),
        config_map(START_ORDER, &names::start_order(&cluster.name), None),
        config_map(STATE, &names::state(&cluster.name), Some(true)),
    ]);
    if read_only_root(cluster) {
        volumes.push(empty_dir(ETC_CASSANDRA, None));
    }
    volumes.extend(cluster.management_secret(datacenter).map(certificates));
    volumes.extend(reaper::volumes(cluster));
    volumes.extend(cluster.additional_volumes.iter().filter_map(additional));
    volumes
}

/// Certificate and key of the Management API, from its Secret: it asks everybody who calls for one of its authority.
pub(super) fn certificates(name: &str) -> Volume {
    secret(MANAGEMENT_API_CERTIFICATES, name)
}

/// Where they are mounted.
pub(super) fn certificates_mount(cluster: &Cluster) -> Option<VolumeMount> {
    cluster.management_api_secret.as_ref().map(|_| read_only_mount(MANAGEMENT_API_CERTIFICATES, CERTIFICATES_PATH))
}

/// What the gate mounts. The image's own `/etc/cassandra` stays visible to it: it is the base of the configuration. The
/// additional volumes are there because Cassandra's data may lie on them, and the gate asks whether there is any.
pub(super) fn gate_mounts(cluster: &Cluster) -> Vec<VolumeMount> {
    let own = [
        mount(SERVER_CONFIG, "/config"),
        mount(TMP, "/tmp"),
        mount(SERVER_DATA, "/var/lib/cassandra"),
        read_only_mount(CONFIGURATION, CONFIGURATION_PATH),
        read_only_mount(START_ORDER, "/etc/cassc/start-order"),
        read_only_mount(STATE, "/etc/cassc/state"),
    ];
    own.into_iter().chain(additional_mounts(cluster).filter(|mount| mount.mount_path != LOGS_PATH)).collect()
}

/// What Cassandra mounts.
pub(super) fn cassandra_mounts(cluster: &Cluster) -> Vec<VolumeMount> {
    let mut mounts = vec![mount(SERVER_DATA, "/var/lib/cassandra"), mount(SERVER_CONFIG, "/config")];
    mounts.extend(own_logs(cluster).is_none().then(|| mount(SERVER_LOGS, LOGS_PATH)));
    mounts.extend([mount(TMP, "/tmp"), read_only_mount(CONFIGURATION, CONFIGURATION_PATH)]);
    if read_only_root(cluster) {
        mounts.push(mount(ETC_CASSANDRA, "/etc/cassandra"));
    }
    mounts.extend(certificates_mount(cluster));
    mounts.extend(additional_mounts(cluster));
    mounts
}

/// What the system logger mounts.
pub(super) fn logger_mounts(cluster: &Cluster) -> Vec<VolumeMount> {
    vec![read_only_mount(own_logs(cluster).unwrap_or(SERVER_LOGS), LOGS_PATH)]
}

/// The additional volume that takes the place of the one for the logs.
fn own_logs(cluster: &Cluster) -> Option<&str> {
    let mut volumes = cluster.additional_volumes.iter();
    volumes.find(|volume| volume.mount_path == LOGS_PATH).map(|volume| volume.name.as_str())
}

fn additional_mounts(cluster: &Cluster) -> impl Iterator<Item = VolumeMount> {
    cluster.additional_volumes.iter().map(|volume| match volume.source {
        VolumeSource::Claim(_)
        | VolumeSource::EmptyDir(_)
        | VolumeSource::Csi(CSIVolumeSource { read_only: None | Some(false), .. }) => {
            mount(&volume.name, &volume.mount_path)
        }
        VolumeSource::ConfigMap(_)
        | VolumeSource::Secret(_)
        | VolumeSource::DownwardApi(_)
        | VolumeSource::Projected(_)
        | VolumeSource::Csi(_) => read_only_mount(&volume.name, &volume.mount_path),
    })
}

/// The claim templates: the data, and the additional claims. They are immutable, so they carry nothing that may change:
/// no version, no instance, no label of the user; and every field that the API server would fill in, or Argo CD shows
/// a difference for ever (kubernetes `SetDefaults_PersistentVolumeClaimSpec`).
pub(super) fn claim_templates(cluster: &Cluster, datacenter: &Datacenter, rack: &Rack) -> Vec<PersistentVolumeClaim> {
    let claims = std::iter::once((SERVER_DATA, &rack.storage)).chain(additional_claims(cluster));
    claims.map(|(name, claim)| claim_template(name, claim, cluster, datacenter, rack)).collect()
}

/// The names of the claim templates.
pub(super) fn claim_names(cluster: &Cluster) -> impl Iterator<Item = &str> {
    std::iter::once(SERVER_DATA).chain(additional_claims(cluster).map(|(name, _)| name))
}

fn additional_claims(cluster: &Cluster) -> impl Iterator<Item = (&str, &VolumeClaim)> {
    cluster.additional_volumes.iter().filter_map(|volume| match &volume.source {
        VolumeSource::Claim(claim) => Some((volume.name.as_str(), claim)),
        _ => None,
    })
}

fn claim_template(
    name: &str,
    claim: &VolumeClaim,
    cluster: &Cluster,
    datacenter: &Datacenter,
    rack: &Rack,
) -> PersistentVolumeClaim {
    let requests = [("storage".to_owned(), Quantity(claim.size.clone()))].into();
    PersistentVolumeClaim {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            labels: Some(kit::rack_selector(cluster, datacenter, rack)),
            ..ObjectMeta::default()
        },
        spec: Some(PersistentVolumeClaimSpec {
            access_modes: Some(vec![claim.access_mode.clone()]),
            resources: Some(VolumeResourceRequirements { requests: Some(requests), limits: None }),
            storage_class_name: claim.class.clone(),
            volume_mode: Some("Filesystem".to_owned()),
            ..PersistentVolumeClaimSpec::default()
        }),
        status: None,
    }
}

fn additional(volume: &AdditionalVolume) -> Option<Volume> {
    match &volume.source {
        VolumeSource::Claim(_) => None,
        VolumeSource::ConfigMap(name) => Some(config_map(&volume.name, name, None)),
        VolumeSource::Secret(name) => Some(secret(&volume.name, name)),
        VolumeSource::EmptyDir(size_limit) => Some(empty_dir(&volume.name, size_limit.clone())),
        VolumeSource::DownwardApi(source) => Some(Volume { downward_api: Some(source.clone()), ..named(&volume.name) }),
        VolumeSource::Projected(source) => Some(Volume { projected: Some(source.clone()), ..named(&volume.name) }),
        VolumeSource::Csi(source) => Some(Volume { csi: Some(source.clone()), ..named(&volume.name) }),
    }
}

fn empty_dir(name: &str, size_limit: Option<String>) -> Volume {
    let source = EmptyDirVolumeSource { medium: None, size_limit: size_limit.map(Quantity) };
    Volume { empty_dir: Some(source), ..named(name) }
}

fn config_map(name: &str, config_map: &str, optional: Option<bool>) -> Volume {
    let source = ConfigMapVolumeSource { name: config_map.to_owned(), optional, ..ConfigMapVolumeSource::default() };
    Volume { config_map: Some(source), ..named(name) }
}

fn secret(name: &str, secret: &str) -> Volume {
    let source = SecretVolumeSource { secret_name: Some(secret.to_owned()), ..SecretVolumeSource::default() };
    Volume { secret: Some(source), ..named(name) }
}

fn named(name: &str) -> Volume {
    Volume { name: name.to_owned(), ..Volume::default() }
}

fn mount(volume: &str, path: &str) -> VolumeMount {
    VolumeMount { name: volume.to_owned(), mount_path: path.to_owned(), ..VolumeMount::default() }
}

fn read_only_mount(volume: &str, path: &str) -> VolumeMount {
    VolumeMount { read_only: Some(true), ..mount(volume, path) }
}
