//! E337: a change that counts on a roll that is held back.

use cassc_ring::release::Minor;

use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::effective::Effective;
use crate::transition::encryption::Internode;
use crate::transition::rules::e333_upgrade_and_ring::ring_change;
use crate::transition::storage_mode::StorageMode;
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E337",
    name: "roll-held-back",
    summary: "a change that every node must be ready for comes while a roll is held back",
    explain: "\
With `rollout.stopped` or `rollout.canary` some pods wait with an older template, and nobody sees from here which. A pod that
is new takes the newest one at once. So nodes that join while an upgrade is held back run another version than those that they
stream from, and a node that was left out of one roll takes two steps with the next: two versions, two storage modes, from
plain to encrypted only. E332, E333, E336 and E342 refuse the same in one commit.

Let the roll end first: remove `rollout.stopped` or `rollout.canary` in a commit of its own, and wait. If nothing waits to
restart, or if the canary is to go back to what the others still run, accept the code and say so as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let held = &transition.before.rollout;
    let (field, in_lock, waits) = match (held.stopped, held.canary_pods) {
        (true, _) => ("rollout.stopped", "rollout.stopped", "no pod restarts"),
        (false, Some(_)) => ("rollout.canary.pods", "rollout.canaryPods", "the others wait"),
        (false, None) => return,
    };
    let Some((at, label)) = step(transition) else { return };
    let complaint = RULE.complain("pods that a roll has left out may not be ready for this", transition.now(at, label));
    let complaint = complaint.labels(transition.was(At::of(Scope::Cluster, field, in_lock), waits));
    complaints.push(
        complaint
            .help("remove `rollout.stopped` or `rollout.canary` in a commit of its own; if no pod waits, accept E337"),
    );
}

/// What all nodes have to be ready for.
fn step<'t>(transition: &Transition<'t>) -> Option<(At<'t>, String)> {
    let (before, after) = (transition.before, transition.after);
    if let Some((scope, label)) = ring_change(before, after) {
        return Some((At::of(scope, "nodes", "nodes"), label));
    }
    if before.version.minor != after.version.minor {
        return Some((At::of(Scope::Cluster, "cassandra.version", "version"), "another release line".to_owned()));
    }
    let of = |cluster: &Cluster, effective: &Effective| {
        let mode = (cluster.version.minor == Minor::V5_0).then(|| StorageMode::of(effective));
        (mode, Internode::of(cluster.version.minor, effective))
    };
    let changes = transition.changed_config_of(of);
    let change = changes.first()?;
    let (field, in_lock, label) = if change.before.0 == change.after.0 {
        let label = "another encryption between nodes";
        ("cassandra.config.server_encryption_options", "config.server_encryption_options", label)
    } else {
        ("cassandra.config.storage_compatibility_mode", "config.storage_compatibility_mode", "another storage mode")
    };
    Some((At::of(change.scope(), field, in_lock), label.to_owned()))
}
