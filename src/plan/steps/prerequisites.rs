//! What must exist in Kubernetes before a new cluster, or a datacenter in another namespace, is applied: cassc renders
//! neither namespaces nor Secrets nor classes.

use std::collections::BTreeSet;

use super::super::Difference;
use crate::cluster::{Cluster, VolumeClaim, VolumeSource};
use crate::topology::{Authenticator, EnvironmentValue};

/// The tasks, one for everything that a new cluster refers to and that the deployed one did not.
pub(super) fn before(difference: &Difference<'_>) -> Vec<String> {
    let Some(after) = difference.after else { return Vec::new() };
    let known = difference.before.map(referred).unwrap_or_default();
    let new: Vec<String> = referred(after).difference(&known).cloned().collect();
    if new.is_empty() {
        return Vec::new();
    }
    vec![format!("make sure that these exist, because cassc does not render them:\n{}", new.join("\n"))]
}

/// Everything that the pods refer to by name, as `kind name`.
fn referred(cluster: &Cluster) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut add = |kind: &str, name: &str| names.insert(format!("{kind} `{name}`"));
    for datacenter in &cluster.datacenters {
        if let Some(namespace) = &datacenter.namespace {
            add("namespace", namespace);
        }
        for rack in &datacenter.racks {
            class(&rack.storage, &mut add);
            if let Some(priority_class) = &rack.scheduling.priority_class {
                add("PriorityClass", priority_class);
            }
        }
    }
    for volume in &cluster.additional_volumes {
        match &volume.source {
            VolumeSource::Claim(claim) => class(claim, &mut add),
            VolumeSource::ConfigMap(name) => drop(add("ConfigMap", name)),
            VolumeSource::Secret(name) => drop(add("Secret", name)),
            VolumeSource::Projected(projected) => {
                for source in projected.sources.iter().flatten() {
                    if let Some(secret) = &source.secret {
                        add("Secret", &secret.name);
                    }
                    if let Some(config_map) = &source.config_map {
                        add("ConfigMap", &config_map.name);
                    }
                }
            }
            VolumeSource::EmptyDir(_) | VolumeSource::DownwardApi(_) | VolumeSource::Csi(_) => {}
        }
    }
    for value in cluster.environment.values() {
        if let EnvironmentValue::FromSecret(secret) = value {
            add("Secret", &secret.secret_key_ref.name);
        }
    }
    for secret in secrets_of_roles(cluster) {
        add("Secret", secret);
    }
    let pods = cluster.datacenters.iter().map(|datacenter| cluster.pod_of(datacenter));
    let of_management = cluster.datacenters.iter().filter_map(|datacenter| cluster.management_secret(datacenter));
    for secret in of_management.chain(pods.clone().flat_map(|pod| &pod.image_pull_secrets).map(String::as_str)) {
        add("Secret", secret);
    }
    for account in pods.filter_map(|pod| pod.service_account.as_ref()) {
        add("ServiceAccount", account);
    }
    names
}

/// The Secrets from which the program in the cluster creates roles, and which it does not create itself.
fn secrets_of_roles(cluster: &Cluster) -> impl Iterator<Item = &String> {
    let steps = cluster.steps.iter();
    let superuser = steps.clone().filter(|steps| !steps.generates_superuser).map(|_| &cluster.superuser_secret);
    let superuser = superuser.filter(|_| cluster.authenticator == Authenticator::Password);
    superuser.chain(steps.flat_map(|steps| &steps.roles).filter(|role| !role.generated).map(|role| &role.secret))
}

fn class(claim: &VolumeClaim, add: &mut impl FnMut(&str, &str) -> bool) {
    match &claim.class {
        Some(class) => add("StorageClass", class),
        None => add("StorageClass", "(the default class)"),
    };
}
