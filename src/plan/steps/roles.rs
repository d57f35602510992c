//! What the program in the cluster does of what is otherwise yours: it creates roles and repairs system keyspaces.

use cassc_ring::desired::Role;
use cassc_ring::step::Action;

use super::super::Difference;
use crate::cluster::{Cluster, Steps};
use crate::topology::Authenticator;

/// The first superuser and the declared roles, where they are new or other ones. A ring that was founded elsewhere has its
/// superuser already; the program finds that out.
pub(crate) fn create(difference: &Difference<'_>) -> Vec<Action> {
    let Some((after, steps)) = difference.after.and_then(|after| Some((after, after.steps.as_ref()?))) else {
        return Vec::new();
    };
    let wanted =
        |cluster: &Cluster| (cluster.authenticator, cluster.superuser_secret.clone(), roles(cluster.steps.as_ref()));
    let known = difference.before.filter(|before| before.steps.is_some()).map(wanted);
    if after.authenticator != Authenticator::Password || known == Some(wanted(after)) {
        return Vec::new();
    }
    let roles = steps.roles.iter().map(|role| role.name.clone()).collect();
    vec![Action::CreateRoles { superuser_secret: after.superuser_secret.clone(), roles }]
}

fn roles(steps: Option<&Steps>) -> Vec<Role> {
    steps.map(|steps| steps.roles.clone()).unwrap_or_default()
}

/// New replicas of `system_auth` hold nothing until they are repaired, and a login may fail where it asks them.
pub(crate) fn repair(difference: &Difference<'_>) -> Vec<Action> {
    let has_steps = difference.after.is_some_and(|after| after.steps.is_some());
    if !(has_steps && has_more_replicas(difference)) {
        return Vec::new();
    }
    vec![Action::Repair { keyspace: "system_auth".to_owned() }]
}

/// Whether the system keyspaces are declared to have more replicas than before.
pub(super) fn has_more_replicas(difference: &Difference<'_>) -> bool {
    let both = difference.before.zip(difference.after);
    both.is_some_and(|(before, after)| before.system_replication < after.system_replication)
}
