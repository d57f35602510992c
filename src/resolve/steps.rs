//! The program in the cluster: defaults for what is not written. Called by [`super::resolve`].

use cassc_ring::desired;
use cassc_ring::names;
use cassc_ring::operation;

use super::pod::with_defaults;
use super::reaper::reaper;
use crate::cluster::{Steps, generation};
use crate::topology::{Datacenter, Operation, Role, STEP_LIMITS, STEP_REQUESTS, Spec};

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
        operations: spec.operations.iter().map(|it| operation(spec, it)).collect(),
        reaper: reaper(spec, cluster, revision),
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

/// An operation with the rack and the source as Cassandra calls them. A rack always has its datacenter beside it, so that a second
/// datacenter changes nothing about an operation that ran.
fn operation(spec: &Spec, written: &Operation) -> operation::Operation {
    let only = || spec.datacenters.first().map(|it| it.name.clone());
    let datacenter = written.datacenter.clone().or_else(|| written.rack.as_ref().and_then(|_| only()));
    let racks = spec.datacenters.iter().filter(|it| datacenter.as_ref() == Some(&it.name)).flat_map(|it| &it.racks);
    let ring_name = |name: &String| {
        let named = racks.clone().find(|rack| rack.name == *name);
        named.map_or(name, |rack| rack.ring_name.as_ref().unwrap_or(name)).clone()
    };
    operation::Operation {
        rack: written.rack.as_ref().map(ring_name),
        from: written.from.as_ref().map(|it| datacenter_in_ring(spec, it)),
        host_id: written.host_id.as_ref().map(|it| it.to_ascii_lowercase()),
        datacenter,
        ..written.as_written()
    }
}

/// As Cassandra calls it.
pub(super) fn rebuild_from(spec: &Spec, datacenter: &Datacenter) -> Option<String> {
    datacenter.rebuild_from.as_ref().map(|written| datacenter_in_ring(spec, written))
}

/// The name in Cassandra of a datacenter; one that no datacenter of the topology has the name of runs elsewhere.
pub(super) fn datacenter_in_ring(spec: &Spec, written: &str) -> String {
    let named = spec.datacenters.iter().find(|other| other.name == written);
    named.map_or(written, |other| other.ring_name.as_ref().unwrap_or(&other.name)).to_owned()
}
