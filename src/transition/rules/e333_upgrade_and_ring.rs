//! E333: another release line, or another storage mode, and another ring in one change.

use cassc_ring::release::Minor;
use cassc_wording::nodes;

use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::storage_mode::StorageMode;
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E333",
    name: "upgrade-with-ring-change",
    summary: "the release line, or the storage mode, changes together with the ring",
    explain: "\
While a roll goes through the racks, nodes of two release lines live side by side, and they do not stream to each other
(CASSANDRA-19126 for the storage modes of 5.0; older lines refuse by their stream version). A node that joins, leaves or is
rebuilt meanwhile fails half-way.

The same goes for a step of `storage_compatibility_mode`: new nodes start with the new mode at once, the others only when they
restart.

Make two commits of it: upgrade, and wait until every node runs the new version and its SSTables are upgraded; then change
the ring. Or the other way round. Growing volumes (`expandTo`) goes together with an upgrade.",
};

pub(super) const FORCE: Force = Force::Never("two commits do the same safely");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (before, after) = (transition.before, transition.after);
    let Some((scope, label)) = ring_change(before, after) else { return };
    let ring = transition.now(At::of(scope, "nodes", "nodes"), label);
    let now = "streams do not work during the upgrade";
    if before.version.minor != after.version.minor {
        let at = At::of(Scope::Cluster, "cassandra.version", "version");
        let message = "the release line and the ring change at once";
        let complaint = transition.refuse(&RULE, message, at, now, format!("was {}", before.version));
        complaints.push(complaint.label(ring).help("upgrade first, and change the ring in a later commit"));
    } else if after.version.minor == Minor::V5_0
        && let Some(change) = transition.changed_config(StorageMode::of).first()
    {
        let at = change.at("cassandra.config.storage_compatibility_mode", "config.storage_compatibility_mode");
        let message = format!("the storage mode of {} and the ring change at once", change.whose());
        let complaint = transition.refuse(&RULE, message, at, now, format!("was {}", change.before.word()));
        complaints.push(complaint.label(ring).help("change the mode first, and the ring in a later commit"));
    }
}

/// Where nodes join or leave. Datacenters that were at 0 nodes may go.
pub(crate) fn ring_change<'t>(before: &Cluster, after: &'t Cluster) -> Option<(Scope<'t>, String)> {
    let racks =
        after.datacenters.iter().flat_map(|datacenter| datacenter.racks.iter().map(move |rack| (datacenter, rack)));
    let mut changes = racks.filter_map(|(datacenter, rack)| {
        let was = before.datacenter(&datacenter.name).and_then(|it| it.rack(&rack.name)).map_or(0, |rack| rack.nodes);
        let scope = Scope::Rack(&datacenter.name, &rack.name);
        (was != rack.nodes)
            .then(|| (scope, format!("rack `{}`: {} before, {} now", rack.name, nodes(was), nodes(rack.nodes))))
    });
    changes.next()
}
