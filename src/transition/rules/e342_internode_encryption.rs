//! E342: encryption between nodes that is switched while some nodes do not understand it.

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
    summary: "encryption between nodes is switched so that restarted and other nodes do not hear each other",
    explain: "\
The roll restarts one node after the other. Meanwhile nodes of both configurations must hear each other, or the ring falls
into two halves and no quorum holds. With `optional: true` a node (4.0 and later) accepts plain and encrypted connections on
the storage port; `internode_encryption` says how it speaks itself.

To switch on, in `cassandra.config.server_encryption_options`, each in a commit of its own and rolled to its end:
1. `internode_encryption: none` with `optional: true`, keystore and truststore: all nodes understand both.
2. `internode_encryption: all` (or `dc`, `rack`) with `optional: true`: they speak encrypted.
3. `optional` removed: they accept nothing else.

All datacenters take a step before one of them takes the next, a new one speaks like the others.

To switch off, the same backwards. 3.11 has no `optional`: upgrade first. A 3.11 that encrypts speaks on a port of its own;
its upgrade needs `legacy_ssl_storage_port_enabled: true` (`enable_legacy_ssl_storage_port` in 4.0) until it is done. If the
cluster may stand still while all nodes restart, accept the code and say so as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let internode = |cluster: &Cluster, effective: &Effective| Internode::of(cluster.version.minor, effective);
    let changes = transition.changed_config_of(internode);
    let steps = complaints.len();
    for change in changes {
        let (was, now) = (&change.before, &change.after);
        if now.hears(was) && was.hears(now) {
            continue;
        }
        let field = "cassandra.config.server_encryption_options";
        let at = change.at(field, "config.server_encryption_options");
        let message = format!("restarted nodes of {} and the others would not hear each other", change.whose());
        let complaint = transition.refuse(&RULE, message, at, shown(now), format!("was {}", shown(was)));
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

/// Racks that did not fall out with each other before, or were not there, and will not hear each other once all of it is
/// rolled, or while one has restarted and the other has not: a step that only one datacenter takes, two steps at once, a new
/// datacenter that speaks otherwise.
fn apart(transition: &Transition<'_>) -> Option<Diagnostic> {
    let (before, after) = (spoken(transition.before), spoken(transition.after));
    let hear = |one: &Internode, other: &Internode| one.hears(other) && other.hears(one);
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
    let message = format!("nodes of {} and of {} would not hear each other", name(*one), name(*other));
    let until = if after.get(other) == Some(theirs) { "" } else { " until they restart" };
    let complaint = RULE.complain(message, transition.now(at(*one), shown(now)));
    let complaint = complaint.label(transition.now(at(*other), format!("{} there{until}", shown(theirs))));
    Some(complaint.help("let all datacenters take each step before one takes the next: `cassc explain E342`"))
}

/// What the nodes of each rack say to each other, by datacenter and rack.
fn spoken(cluster: &Cluster) -> BTreeMap<(&str, &str), Internode> {
    let racks =
        cluster.datacenters.iter().flat_map(|datacenter| datacenter.racks.iter().map(move |it| (datacenter, it)));
    let with_nodes = racks.filter(|(_, rack)| rack.nodes > 0);
    let spoken = with_nodes.map(|(datacenter, rack)| {
        let effective = Effective::of(cluster, datacenter, rack);
        ((datacenter.name.as_str(), rack.name.as_str()), Internode::of(cluster.version.minor, &effective))
    });
    spoken.collect()
}

fn shown(internode: &Internode) -> String {
    let optional = if internode.optional { ", optional" } else { "" };
    let of = if internode.is_3_11 { " of 3.11" } else { "" };
    format!("`{}`{optional}{of}", internode.mode)
}

/// The next commit that all nodes understand.
fn help(before: Minor, after: Minor, was: &Internode, now: &Internode) -> String {
    let step = |mode: &str| format!("write `internode_encryption: {mode}` with `optional: true` first");
    match (was.mode.as_str(), now.mode.as_str()) {
        _ if after == Minor::V3_11 => "3.11 cannot change it while it runs; upgrade first".to_owned(),
        (was, now) if before == Minor::V3_11 && was == now => {
            "open the port of 3.11 for the upgrade: `cassc explain E342`".to_owned()
        }
        (mode, _) if !was.optional => step(mode),
        (_, mode) => step(mode),
    }
}
