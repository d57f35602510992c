//! The program in the cluster: defaults for what is not written. Called by [`super::resolve`].

use cassc_ring::desired;
use cassc_ring::names;

use super::pod::with_defaults;
use crate::cluster::{Steps, generation};
use crate::topology::{Datacenter, Role, STEP_LIMITS, STEP_REQUESTS, Spec};

/// `None` where it does not run: nothing appears in a cluster because cassc was upgraded. `cluster` is its name in
/// Kubernetes. The default image is that of the generation of defaults.
pub(super) fn steps(spec: &Spec, cluster: &str, revision: u32) -> Option<Steps> {
    let written = spec.steps.as_ref().filter(|steps| steps.enabled)?;
    let image = written.image.clone();
    Some(Steps {
        image: image.unwrap_or_else(|| generation::defaults(revision).step_image.to_owned()),
        requests: with_defaults(&written.resources.requests, STEP_REQUESTS),
        limits: with_defaults(&written.resources.limits, STEP_LIMITS),
        schedule: written.schedule.clone(),
        cleanup: spec.cleanup.unwrap_or_default(),
        stopped: spec.stopped,
        generates_superuser: spec.auth.superuser.generate,
        roles: spec.auth.roles.iter().map(|it| role(cluster, it)).collect(),
    })
}

fn role(cluster: &str, role: &Role) -> desired::Role {
    let secret = role.secret_name.clone();
    desired::Role {
        name: role.name.clone(),
        superuser: role.superuser,
        login: role.login,
        secret: secret.unwrap_or_else(|| names::role_secret(cluster, &role.name)),
        generated: role.generate,
    }
}

/// As Cassandra calls it; one that no datacenter of the topology has the name of runs elsewhere.
pub(super) fn rebuild_from(spec: &Spec, datacenter: &Datacenter) -> Option<String> {
    let written = datacenter.rebuild_from.as_ref()?;
    let named = spec.datacenters.iter().find(|other| other.name == *written);
    Some(named.map_or(written, |other| other.ring_name.as_ref().unwrap_or(&other.name)).clone())
}
