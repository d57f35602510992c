//! E342: internode encryption changes in one step, so that restarted and other nodes cannot connect.

use std::collections::BTreeMap;

use cassc_ring::release::Minor;

use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::effective::Effective;
use crate::transition::encryption::Internode;
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E342",
    name: "internode-encryption-in-one-go",
    summary: "internode encryption changes in one step: restarted and other nodes cannot connect",
    explain: "\
The rolling restart changes one node at a time. Meanwhile nodes with the old and the new configuration must be able to
connect to each other. Otherwise the ring splits into two halves, and quorum requests fail. With `optional: true` a node
(4.0 and later) accepts unencrypted and encrypted connections on the storage port. `internode_encryption` decides how it
connects to other nodes.

To switch encryption on, set in `cassandra.config.server_encryption_options`, each step in a commit of its own and with a
complete rolling restart:
1. `internode_encryption: none` with `optional: true`, keystore and truststore: all nodes accept both.
2. `internode_encryption: all` (or `dc`, `rack`) with `optional: true`: nodes connect encrypted.
3. Without `optional`: nodes accept only encrypted connections.
Complete each step in all datacenters before the next step. A new datacenter starts with the settings of the others.

To switch encryption off, use the reverse order. 3.11 has no `optional`: upgrade first. A 3.11 node with encryption uses a
separate port; the upgrade needs `legacy_ssl_storage_port_enabled: true` (`enable_legacy_ssl_storage_port` in 4.0) until it
is complete. If the cluster may be down while all nodes restart, accept E342 with that as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let internode = |cluster: &Cluster, effective: &Effective| Internode::of(cluster.version.minor, effective);
    let changes = transition.changed_config_of(internode);
    let steps = complaints.len();
    for change in changes {
        let (was, now) = (&change.before, &change.after);
        if now.accepts(was) && was.accepts(now) {
            continue;
        }
        let field = "cassandra.config.server_encryption_options";
        let at = change.at(field, "config.server_encryption_options");
        let message = format!(
            "internode encryption of {} changes in one step: restarted and other nodes cannot connect",
            change.whose()
        );
        let complaint =
            transition.refuse(&RULE, message, at, format!("now {}", shown(now)), format!("deployed: {}", shown(was)));
        complaints.push(complaint.help(help(
            transition.before.version.minor,
            transition.after.version.minor,
            was,
            now,
        )));
    }
    if complaints.len() == steps {
        complaints.extend(apart(transition));
    }
}

/// Two racks that could connect before, or are new, and cannot connect after the rolling restart or during it: a step in
/// only one datacenter, two steps at once, or a new datacenter with different settings.
fn apart(transition: &Transition<'_>) -> Option<Diagnostic> {
    let (before, after) = (modes(transition.before), modes(transition.after));
    let hear = |one: &Internode, other: &Internode| one.accepts(other) && other.accepts(one);
    let were = |one, other| before.get(&one).zip(before.get(&other)).is_some_and(|(one, other)| !hear(one, other));
    let others = || after.iter().chain(before.iter().filter(|(rack, _)| after.contains_key(*rack)));
    let mut pairs = after.iter().flat_map(|one| others().map(move |other| (one, other)));
    let ((one, now), (other, theirs)) = pairs.find(|((one, now), (other, theirs))| {
        before.get(one) != Some(now) && !hear(now, theirs) && !were(**one, **other)
    })?;
    let at = |(datacenter, rack)| {
        let field = "cassandra.config.server_encryption_options";
        At::of(Scope::Rack(datacenter, rack), field, "config.server_encryption_options")
    };
    let name = |(datacenter, rack): (&str, &str)| format!("rack `{rack}` of `{datacenter}`");
    let message = format!("nodes of {} and of {} cannot connect: their encryption differs", name(*one), name(*other));
    let until = if after.get(other) == Some(theirs) { "" } else { " until they restart" };
    let complaint = RULE.complain(message, transition.label_after(at(*one), format!("{} here", shown(now))));
    let complaint = complaint.label(transition.label_after(at(*other), format!("{} there{until}", shown(theirs))));
    Some(complaint.help("complete each step in all datacenters before the next step: `cassc explain E342`"))
}

/// The internode encryption of each rack with nodes, by datacenter and rack.
fn modes(cluster: &Cluster) -> BTreeMap<(&str, &str), Internode> {
    let racks =
        cluster.datacenters.iter().flat_map(|datacenter| datacenter.racks.iter().map(move |it| (datacenter, it)));
    let with_nodes = racks.filter(|(_, rack)| rack.nodes > 0);
    let modes = with_nodes.map(|(datacenter, rack)| {
        let effective = Effective::of(cluster, datacenter, rack);
        ((datacenter.name.as_str(), rack.name.as_str()), Internode::of(cluster.version.minor, &effective))
    });
    modes.collect()
}

fn shown(internode: &Internode) -> String {
    let optional = if internode.optional { ", optional" } else { "" };
    let of = if internode.is_3_11 { " of 3.11" } else { "" };
    format!("`{}`{optional}{of}", internode.mode)
}

/// The next step that lets all nodes connect.
fn help(before: Minor, after: Minor, was: &Internode, now: &Internode) -> String {
    let step = |mode: &str| format!("write `internode_encryption: {mode}` with `optional: true` first");
    match (was.mode.as_str(), now.mode.as_str()) {
        _ if after == Minor::V3_11 => "upgrade first: 3.11 cannot change it in a rolling restart".to_owned(),
        (was, now) if before == Minor::V3_11 && was == now => {
            let old = after == Minor::V4_0;
            let key = if old { "enable_legacy_ssl_storage_port" } else { "legacy_ssl_storage_port_enabled" };
            format!("write `{key}: true` until the upgrade is complete: `cassc explain E342`")
        }
        (mode, _) if !was.optional => step(mode),
        (_, mode) => step(mode),
    }
}
