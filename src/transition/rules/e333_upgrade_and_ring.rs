//! E333: the release line or the storage mode changes while nodes join or leave.

use cassc_ring::facts::first_resized_rack;
use cassc_ring::release::Minor;
use cassc_wording::nodes;

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::storage_mode::StorageMode;
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E333",
    name: "upgrade-with-ring-change",
    summary: "the release line or `storage_compatibility_mode` changes while nodes join or leave",
    explain: "\
During the rolling restart, nodes of two release lines run side by side. They cannot stream to each other (CASSANDRA-19126
for the storage modes of 5.0; older lines reject the stream version). A node that joins, leaves or is rebuilt at that time
fails half-way.

The same applies to `storage_compatibility_mode`: new nodes start with the new mode at once, the other nodes only when they
restart.

Use two commits: upgrade, and wait until every node runs the new version and its SSTables are upgraded. Then change the
number of nodes. The reverse order works too. Volumes may grow (`expandTo`) together with an upgrade.",
};

pub(super) const FORCE: Force = Force::Never("two commits do the same safely");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (before, after) = (transition.before, transition.after);
    let Some((scope, label)) = ring_change(transition) else { return };
    let ring = transition.label_after(At::of(scope, "nodes", "nodes"), label);
    let now = "breaks streaming";
    if before.version.minor != after.version.minor {
        let at = At::of(Scope::Cluster, "cassandra.version", "version");
        let message = "the release line changes while nodes join or leave";
        let complaint = transition.refuse(&RULE, message, at, now, format!("deployed: {}", before.version));
        let help = "upgrade first, and change the number of nodes in a later commit";
        complaints.push(complaint.label(ring).help(help));
    } else if after.version.minor == Minor::V5_0
        && let Some(change) = transition.changed_config(StorageMode::of).first()
    {
        let at = change.at("cassandra.config.storage_compatibility_mode", "config.storage_compatibility_mode");
        let message = format!("`storage_compatibility_mode` of {} changes while nodes join or leave", change.whose());
        let complaint = transition.refuse(&RULE, message, at, now, format!("deployed: {}", change.before.word()));
        let help = "change the mode first, and the number of nodes in a later commit";
        complaints.push(complaint.label(ring).help(help));
    }
}

/// The first rack whose number of nodes changes. Datacenters without nodes may be removed.
pub(crate) fn ring_change<'t>(transition: &Transition<'t>) -> Option<(Scope<'t>, String)> {
    let resized = first_resized_rack(&transition.rings.0, &transition.rings.1)?;
    let datacenter = &transition.after.datacenters[resized.datacenter];
    let rack = &datacenter.racks[resized.rack].name;
    let label = format!("rack `{rack}`: {} deployed, now {}", nodes(resized.before), nodes(resized.after));
    Some((Scope::Rack(&datacenter.name, rack), label))
}
